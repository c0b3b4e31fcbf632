#pragma once

#include "protocol/sensor_questions.hpp"
#include "runtime/hosting/entity_line.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace millwright {

using sensor_lister = std::function<sensor_list(const sensor_filter&)>;

/// The sensors that a person calls so, by their id or as FACILITY/ID (an id may have a slash itself), as `sensors`
/// lists them. @param facility exactly this one; empty: any.
std::vector<sensor_key> sensors_called(const std::string& name, const std::string& facility,
                                       const sensor_lister& sensors);

/// The only one of them. Throws failure(not_found) where none or several are called so, with what to say instead.
sensor_key sensor_called(const std::string& name, const std::string& facility, const sensor_lister& sensors);

/// The units likewise, in the order of `lines`.
std::vector<entity_key> units_called(const std::string& name, const std::string& facility,
                                     std::span<const entity_line> lines);

} // namespace millwright

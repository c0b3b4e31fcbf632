#pragma once

#include "protocol/actors.hpp"
#include "runtime/admin/called_names.hpp"
#include "runtime/admin/shelving_request.hpp"
#include "runtime/hosting/entity_line.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace millwright {

/// The sensor or unit that `request` names; none: no such is called so, or an alarm is meant. Throws
/// failure(not_found) where several are.
std::optional<alarm_shelf> place_of(const shelving_request& request, std::span<const entity_line> units,
                                    const sensor_lister& sensors);

/// What the alarm router is to be asked. `by` of it: whoever is at the other end, as the request and the kernel say.
handle_alarms shelving_of(const shelving_request& request, std::string by, std::span<const entity_line> units,
                          const sensor_lister& sensors);

} // namespace millwright

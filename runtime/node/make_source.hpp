#pragma once

#include "runtime/parse/reading_parser.hpp"
#include "runtime/settings/settings.hpp"
#include "runtime/source/source.hpp"

#include <memory>
#include <optional>
#include <string>

namespace millwright {

/// The source that the settings ask for. @param known_identity of the ledger, if it has one: a simulated plant goes on
/// from its anchor. Throws `failure`.
std::unique_ptr<source> make_source(const source_settings& settings, const sensor_type_table& types,
                                    std::optional<std::string> known_identity);

} // namespace millwright

#pragma once

#include "actors/route/route_coverage.hpp"
#include "runtime/routing/known_plant.hpp"

#include <string>
#include <vector>

namespace millwright {

/// The alarms that there can be: what pages by its rule, at each severity and priority that it may have, in the plant
/// as far as it is known; where it is not, with the names that routes have, and others. @param types names.
alarm_world alarm_world_of(const node_settings& settings, const known_plant& plant, std::vector<std::string> types);

/// What a person should know of the routes, a line each: alarms that none takes, routes that nothing reaches, rotas
/// that none has. Stops
/// nothing. Reads the plant's files; one that cannot be read is a line as well, and that a simulated plant's sensors
/// are not known before it runs.
std::vector<std::string> route_notices(const node_settings& settings, std::vector<std::string> types);

} // namespace millwright

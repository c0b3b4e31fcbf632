#pragma once

#include "actors/route/route_table.hpp"

namespace millwright {

/// Which channels an alert goes to, as the router asks for it.
using routes = route_table;

} // namespace millwright

#pragma once

#include "protocol/row_schema.hpp"

#include <span>

namespace millwright {

/// The kinds of results that sensors, router and node emit, in the order of their stored numbers: append nothing, a
/// new kind is declared (result_catalogue.hpp).
std::span<const row_schema> built_in_schemas();

} // namespace millwright

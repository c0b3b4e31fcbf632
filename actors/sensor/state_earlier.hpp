#pragma once

#include "protocol/binary.hpp"

namespace millwright {

/// Reads over a band as it was stored before rules knew four features; none of it is carried over. Fails on damage.
void skip_earlier_state(binary_reader& in);

/// Reads over the usual step that was stored beside it.
void skip_earlier_step(binary_reader& in);

} // namespace millwright

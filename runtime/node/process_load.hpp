#pragma once

#include <cstdint>

namespace millwright {

/// Memory that this process holds, in bytes; 0 where it cannot be told.
uint64_t resident_bytes();

/// Seconds that all its threads have computed.
double computed_seconds();

} // namespace millwright

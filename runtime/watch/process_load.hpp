#pragma once

#include <cstdint>

namespace millwright {

/// Memory of this process's own (RssAnon), in bytes: what is mapped of files is not in it. 0 where it cannot be told.
uint64_t anonymous_bytes();

/// Seconds that all its threads have computed.
double computed_seconds();

} // namespace millwright

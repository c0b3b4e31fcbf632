#pragma once

#include "protocol/time.hpp"

#include <cstddef>

namespace millwright {

/// What bounds one stream, from one shard to another.
struct flow_limits {
  /// Bundles that are sent and not acknowledged; what is gathered beyond them adds up in one more.
  size_t bundles = 4;
  /// Frames under way, and the size from which on a frame takes no further part.
  size_t frames = 16, frame_bytes = 64 << 10;
  /// Open parts of one target follow each other no faster. With what the shell adds they are under a second old.
  milliseconds open_pace{500};
  /// A frame that nobody has answered for so long is sent again; twice as long each time, up to the longest.
  milliseconds resend{1000}, resend_longest{16'000};
};

} // namespace millwright

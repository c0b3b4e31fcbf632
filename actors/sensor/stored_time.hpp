#pragma once

#include "protocol/binary.hpp"

namespace millwright {

/// Far beyond the years 0001 to 9999, in milliseconds, and such that differences of differences do not overflow.
inline constexpr int64_t largest_time = int64_t{1} << 52;

/// Whether a stored time can be a reading's.
inline bool plausible(event_time at) {
  return epoch_ms(at) <= largest_time && epoch_ms(at) >= -largest_time;
}

/// Times of one sensor lie close together: each is stored as its distance to `origin`, 1 to 5 bytes as a rule.
inline void put_time(binary_writer& out, event_time at, event_time origin) {
  if (at == never)
    return out.varint(0);
  const int64_t away = epoch_ms(at) - epoch_ms(origin);
  out.varint((static_cast<uint64_t>(away) << 1 ^ static_cast<uint64_t>(away >> 63)) + 1);
}

/// Refuses what neither a reading's time nor a delay behind one can be, so that arithmetic on a damaged state cannot
/// overflow.
inline event_time get_time(binary_reader& in, event_time origin) {
  const uint64_t stored = in.varint();
  if (stored == 0)
    return never;
  const uint64_t zigzag = stored - 1;
  const uint64_t away = zigzag >> 1 ^ (~(zigzag & 1) + 1);
  const auto at = from_epoch_ms(static_cast<int64_t>(static_cast<uint64_t>(epoch_ms(origin)) + away));
  if (epoch_ms(at) > 2 * largest_time || epoch_ms(at) < -2 * largest_time) {
    in.fail();
    return never;
  }
  return at;
}

} // namespace millwright

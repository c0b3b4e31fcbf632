#pragma once

#include "protocol/binary.hpp"
#include "protocol/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// How many more dead letters of one split are kept (semantics 1): so many a reason and minute of the split's time, so
/// that neither memory nor disk grows with bad input. Part of the split's committed state: a restart gives no new
/// allowance. Pure.
class letter_allowance {
public:
  /// A letter counts once for so many bytes of payload that it begins.
  static constexpr size_t payload_unit = 4096;

  /// One more letter of `reason`; `at` is the split's time. Whether it is kept, of at most `most`. Minutes before the
  /// newest count as that one.
  bool take(std::string_view reason, event_time at, size_t payload_bytes, uint32_t most);

  void encode(binary_writer& to) const;
  /// False when it is damaged.
  bool decode(binary_reader& from);

private:
  struct entry {
    std::string reason;
    int64_t minute = 0;
    uint64_t kept = 0;
  };

  entry& of(std::string_view reason);

  /// A handful.
  std::vector<entry> reasons_;
};

} // namespace millwright

#pragma once

#include "protocol/binary.hpp"
#include "protocol/time.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace millwright {

/// After how long a split that gives nothing is silent: by the pauses that it is known to make (semantics 8). Pure;
/// times are a steady clock's milliseconds.
class split_silence {
public:
  static constexpr size_t kept = 20;
  /// A shorter pause is none.
  static constexpr milliseconds shortest{1000};
  static constexpr milliseconds least{60'000}, most{3'600'000};

  /// From now on it is listened to: what was before is nobody's pause.
  void listen(int64_t now) {
    last_ = now;
    counts_ = false;
  }
  /// The node itself stood still for so long.
  void stood_still(milliseconds time) { last_ += time.count(); }
  /// At least one reading was accepted. @param at_end it was read at the split's end: a pause in a backlog is none.
  void heard(int64_t now, bool at_end);

  /// `fixed`, where set, in place of what the pauses say. A split that has not been listened to for as long as that is
  /// not known yet, and gets the longest time.
  milliseconds limit(std::optional<milliseconds> fixed) const;
  bool silent(int64_t now, std::optional<milliseconds> fixed) const { return now - last_ > limit(fixed).count(); }
  /// Of the newest accepted reading in this run; none before.
  std::optional<int64_t> last_heard() const { return counts_ ? std::optional{last_} : std::nullopt; }

  void encode(binary_writer& out) const;
  /// False when `in` is damaged.
  bool decode(binary_reader& in);

private:
  int64_t last_ = 0;
  bool counts_ = false;
  /// Newest last.
  std::array<uint32_t, kept> pauses_{};
  size_t known_ = 0;
  /// How long it has been listened to, pauses included.
  milliseconds alive_{0};
};

} // namespace millwright

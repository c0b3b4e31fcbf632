#pragma once

#include "protocol/binary.hpp"
#include "protocol/ids.hpp"
#include "protocol/time.hpp"

#include <vector>

namespace millwright {

/// A reading that waits for its partners.
struct join_reading {
  event_time time;
  double value = 0;
  sensor_id sensor;
  /// Where it stands in its split: which of two of one time comes first.
  uint64_t position = 0;
  uint16_t split = 0;

  friend bool operator==(const join_reading&, const join_reading&) = default;
};

/// By time, then by split and position: no two readings are alike.
bool operator<(const join_reading& a, const join_reading& b);

/// Both sides of a join.
struct join_sides {
  std::vector<join_reading> primary, secondary;

  bool empty() const { return primary.empty() && secondary.empty(); }
  void sort();
  /// Adds those of `other`; both in order, and so are they behind it.
  void merge_sorted(join_sides&& other);

  void encode(binary_writer& out) const;
  /// False when `in` is damaged, or not in order.
  bool decode(binary_reader& in);

  friend bool operator==(const join_sides&, const join_sides&) = default;
};

} // namespace millwright

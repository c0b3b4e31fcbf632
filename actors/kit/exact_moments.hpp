#pragma once

#include "actors/kit/exact_sum.hpp"

#include <cstdint>

namespace millwright {

/// Count, sum, sum of squares, smallest and largest of a set of numbers; the same to the last bit in whatever order and
/// grouping they came.
struct exact_moments {
  // A sum leaves some of its bytes to what stands behind it.
  [[no_unique_address]] exact_sum sum;
  uint32_t count = 0;
  double min = 0, max = 0;
  [[no_unique_address]] exact_sum squares;

  /// @param x finite.
  void add(double x) {
    sum.add(x);
    squares.add_square(x);
    min = count == 0 || x < min ? x : min;
    max = count == 0 || x > max ? x : max;
    ++count;
  }
  void merge(const exact_moments& other);

  bool flat() const { return min == max; }
  /// NaN for none, or beyond a double; exactly the value where all are equal.
  double avg() const;
  /// With n - 1. NaN below two or on overflow; exactly 0 where all are equal.
  double stddev() const;

  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

  friend bool operator==(const exact_moments&, const exact_moments&) = default;
};

static_assert(sizeof(exact_moments) == 96, "a unit's panes and the tallies of all sensors are made of them");

/// Count and sum alone.
struct exact_mean {
  [[no_unique_address]] exact_sum sum;
  uint32_t count = 0;

  void add(double x) {
    sum.add(x);
    ++count;
  }
  void merge(const exact_mean& other) {
    sum.merge(other.sum);
    count += other.count;
  }
  /// NaN for none.
  double avg() const;

  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

  friend bool operator==(const exact_mean&, const exact_mean&) = default;
};
static_assert(sizeof(exact_mean) == 40, "likewise");

} // namespace millwright

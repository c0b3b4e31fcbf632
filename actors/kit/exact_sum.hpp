#pragma once

#include "protocol/binary.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace millwright {

/// A number as the unevaluated sum of two doubles: about 106 bits.
struct double_double {
  double high = 0, low = 0;
};

/// A sum of doubles that does not depend on their order or grouping, to the last bit: shards, threads and nodes may add
/// up what they have and merge it in any order (the sensors of a facility are spread over all of them), and a part that
/// is sent again gives the same digits.
///
/// Each number is cut into slices of 32 bits that lie on one grid, and each place of the grid is summed as an integer.
/// Only the four highest places are kept (at least 96 bits below the largest number's first): a slice is dropped by its
/// place alone, so that no order decides which. After J. Demmel and H. D. Nguyen, "Parallel reproducible summation",
/// IEEE Trans. Computers 64 (2015). Exact up to 2^31 additions.
class exact_sum {
public:
  /// @param x finite.
  void add(double x) {
    const uint64_t mantissa = mantissa_of(x);
    const int exponent = exponent_of(x), place = exponent / width, at = top_ - place;
    const auto wide = static_cast<unsigned __int128>(mantissa) << exponent % width;
    const auto lowest = static_cast<uint32_t>(wide), middle = static_cast<uint32_t>(wide >> width);
    const auto highest = static_cast<uint32_t>(wide >> 2 * width);
    // Nearly always it lies where the others do: two or three places.
    if (at < 1 || at >= places || (highest != 0 && at == 1)) [[unlikely]]
      return add_scaled(mantissa, exponent, x < 0);
    const int64_t sign = x < 0 ? -1 : 1;
    bins_[static_cast<size_t>(at)] += sign * lowest;
    bins_[static_cast<size_t>(at - 1)] += sign * middle;
    if (highest != 0)
      bins_[static_cast<size_t>(at - 2)] += sign * highest;
  }
  /// Adds x * x, exactly. `is_squares` sums are read with `squares` of value() set, and take nothing else.
  void add_square(double x);
  void merge(const exact_sum& other);

  bool empty() const { return top_ < 0; }
  /// The sum divided by `n` (> 0). Infinite where it is beyond a double.
  double_double over(double n) const { return value(n, lowest_exponent); }
  /// Of a sum of squares.
  double_double squares_over(double n) const { return value(n, 2 * lowest_exponent); }

  void encode(binary_writer& out) const;
  /// False when `in` is damaged.
  bool decode(binary_reader& in);

  friend bool operator==(const exact_sum&, const exact_sum&) = default;

private:
  static constexpr int places = 4, width = 32, lowest_exponent = -1074;
  /// Of squares: exponents from 2 * -1074 to 2 * 1024.
  static constexpr int highest_place = (2 * 1074 + 2 * 1024) / width;

  static uint64_t mantissa_of(double x) {
    const auto bits = std::bit_cast<uint64_t>(x);
    const uint64_t fraction = bits & 0xfffffffffffffu;
    return (bits >> 52 & 0x7ff) == 0 ? fraction : fraction | uint64_t{1} << 52;
  }
  /// Of the mantissa's last bit, counted from the smallest number that a double can be.
  static int exponent_of(double x) {
    const int biased = static_cast<int>(std::bit_cast<uint64_t>(x) >> 52 & 0x7ff);
    return biased == 0 ? 0 : biased - 1;
  }
  void add_scaled(unsigned __int128 mantissa, int exponent, bool negative);
  void raise(int top);
  double_double value(double n, int lowest) const;

  /// The highest place first.
  std::array<int64_t, places> bins_{};
  /// Place of bins_[0]; -1: nothing but zeros so far.
  int16_t top_ = -1;
};

} // namespace millwright

#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace millwright {

/// Sensors send decimals: an integer in the last of them is shorter than the number, and gives it back to the last bit.
inline constexpr std::array<double, 7> powers_of_ten{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
/// In place of a count of decimals: it takes more, or a number that is none of decimals.
inline constexpr uint8_t no_decimals = powers_of_ten.size();

/// The integers are smaller than this, with either sign.
template <class Integer>
inline constexpr Integer largest_scaled = 2'000'000'000;
template <>
inline constexpr int64_t largest_scaled<int64_t> = int64_t{1} << 52;

template <class Integer>
double unscaled(Integer x, uint8_t decimals) {
  return static_cast<double>(x) / powers_of_ten[decimals];
}

/// Whether x is a number of that many decimals, to the last bit, and small enough.
template <class Integer>
bool scale(double x, uint8_t decimals, Integer& to) {
  const double product = x * powers_of_ten[decimals];
  if (!(std::abs(product) < static_cast<double>(largest_scaled<Integer>)))
    return false;
  to = static_cast<Integer>(product + std::copysign(0.5, product));
  return std::bit_cast<uint64_t>(unscaled(to, decimals)) == std::bit_cast<uint64_t>(x);
}

} // namespace millwright

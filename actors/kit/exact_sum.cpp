#include "actors/kit/exact_sum.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace millwright {

namespace {

// Knuth's: high + low is exactly a + b.
double_double sum_of(double a, double b) {
  const double high = a + b, part = high - a;
  return {high, (a - (high - part)) + (b - part)};
}

/// In the stored form, so many zero bits at the most are left out behind a sum's last.
constexpr int most_zeros = 31;

int length_of(unsigned __int128 x) {
  const auto high = static_cast<uint64_t>(x >> 64), low = static_cast<uint64_t>(x);
  return high ? 64 + std::bit_width(high) : std::bit_width(low);
}

} // namespace

void exact_sum::raise(int top) {
  if (top <= top_)
    return;
  const int by = top_ < 0 ? places : top - top_;
  for (int i = places - 1; i >= 0; --i)
    bins_[static_cast<size_t>(i)] = i >= by ? bins_[static_cast<size_t>(i - by)] : 0;
  top_ = static_cast<int16_t>(top);
}

void exact_sum::add_scaled(unsigned __int128 mantissa, int exponent, bool negative) {
  if (mantissa == 0)
    return;
  raise((exponent + length_of(mantissa) - 1) / width);
  int place = exponent / width;
  // The lowest slice reaches down to its place's first bit; what is left lies on the grid.
  const int within = exponent % width;
  uint64_t slice = static_cast<uint64_t>(mantissa << within) & 0xffffffffu;
  mantissa >>= width - within;
  for (;; ++place) {
    if (const int at = top_ - place; at < places)
      bins_[static_cast<size_t>(at)] += negative ? -static_cast<int64_t>(slice) : static_cast<int64_t>(slice);
    if (mantissa == 0)
      return;
    slice = static_cast<uint64_t>(mantissa) & 0xffffffffu;
    mantissa >>= width;
  }
}

void exact_sum::add_square(double x) {
  const unsigned __int128 mantissa = mantissa_of(x);
  add_scaled(mantissa * mantissa, 2 * exponent_of(x), false);
}

void exact_sum::merge(const exact_sum& other) {
  if (other.top_ < 0)
    return;
  raise(other.top_);
  for (int i = 0; i < places; ++i)
    if (const int at = top_ - other.top_ + i; at < places)
      bins_[static_cast<size_t>(at)] += other.bins_[static_cast<size_t>(i)];
}

double_double exact_sum::value(double n, int lowest) const {
  if (top_ < 0)
    return {};
  // In units of the lowest place that is kept, so that nothing overflows before it must. From the lowest on: each is
  // far smaller than what is above, and the running sum stays exact to the last of 106 bits.
  double_double sum;
  const auto add = [&](double x) {
    const auto [high, low] = sum_of(sum.high, x);
    sum = sum_of(high, low + sum.low);
  };
  for (int i = places - 1; i >= 0; --i) {
    const int64_t bin = bins_[static_cast<size_t>(i)];
    const double scale = std::ldexp(1.0, width * (places - 1 - i));
    add(static_cast<double>(bin & 0xffffffff) * scale);
    add(static_cast<double>(bin >> 32) * 4294967296.0 * scale);
  }
  const double high = sum.high / n;
  // Dekker's division by a double, with the remainder by splitting: no fused multiply-add, which not every machine has.
  const auto split = [](double x) {
    const double c = 134217729.0 * x, upper = c - (c - x);
    return std::pair{upper, x - upper};
  };
  const auto [qh, ql] = split(high);
  const auto [nh, nl] = split(n);
  const double product = high * n;
  const double rest = ((qh * nh - product) + qh * nl + ql * nh) + ql * nl;
  const auto quotient = sum_of(high, ((sum.high - product) - rest + sum.low) / n);
  const int scale = width * (top_ - places + 1) + lowest;
  return {std::ldexp(quotient.high, scale), std::ldexp(quotient.low, scale)};
}

// What all bins are like decides how each is written: the first and the last that is not zero have few bits, the last
// with zeros behind them; one between them fills its 32 and has a carry of a few.
void exact_sum::encode(binary_writer& out) const {
  out.varint(static_cast<uint64_t>(top_ + 1));
  if (top_ < 0)
    return;
  size_t used = places;
  while (used > 0 && bins_[used - 1] == 0)
    --used;
  const int zeros = used == 0 ? 0 : std::min(std::countr_zero(static_cast<uint64_t>(bins_[used - 1])), most_zeros);
  out.u8(static_cast<uint8_t>(used << 5 | static_cast<size_t>(zeros)));
  for (size_t i = 0; i < used; ++i)
    if (const int64_t bin = bins_[i]; i + 1 == used) {
      out.svarint(bin >> zeros);
    } else if (i == 0) {
      out.svarint(bin);
    } else {
      out.u32(static_cast<uint32_t>(bin));
      out.svarint(bin >> width);
    }
}

bool exact_sum::decode(binary_reader& in) {
  *this = {};
  const uint64_t top = in.varint();
  if (top > static_cast<uint64_t>(highest_place) + 1)
    return false;
  top_ = static_cast<int16_t>(static_cast<int>(top) - 1);
  if (top == 0)
    return in.ok();
  const uint8_t form = in.u8();
  const size_t used = form >> 5;
  const int zeros = form & most_zeros;
  if (used > places)
    return false;
  const auto shifted = [](int64_t x, int by) { return static_cast<int64_t>(static_cast<uint64_t>(x) << by); };
  for (size_t i = 0; i < used; ++i)
    if (auto& bin = bins_[i]; i + 1 == used) {
      bin = shifted(in.svarint(), zeros);
    } else if (i == 0) {
      bin = in.svarint();
    } else {
      const uint32_t low = in.u32();
      bin = shifted(in.svarint(), width) | low;
    }
  return in.ok();
}

} // namespace millwright

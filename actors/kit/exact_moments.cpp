#include "actors/kit/exact_moments.hpp"

#include "protocol/reading.hpp"

#include <algorithm>
#include <cmath>

namespace millwright {

namespace {

double finite(double x) {
  return std::isfinite(x) ? x : absent;
}

// a * a, exactly: Dekker's product without a fused multiply-add.
double_double square_of(double a) {
  const double c = 134217729.0 * a, high = c - (c - a), low = a - high, product = a * a;
  return {product, ((high * high - product) + 2 * high * low) + low * low};
}

} // namespace

void exact_moments::merge(const exact_moments& other) {
  if (other.count == 0)
    return;
  min = count == 0 ? other.min : std::min(min, other.min);
  max = count == 0 ? other.max : std::max(max, other.max);
  count += other.count;
  sum.merge(other.sum);
  squares.merge(other.squares);
}

double exact_moments::avg() const {
  if (count == 0)
    return absent;
  return flat() ? min : finite(std::clamp(sum.over(count).high, min, max));
}

// Mean of the squares less the square of the mean, with 106 bits each: what cancels is far more than what is lost.
double exact_moments::stddev() const {
  if (count < 2)
    return absent;
  if (flat())
    return 0;
  const auto mean = sum.over(count), squared = squares.squares_over(count);
  const auto of_mean = square_of(mean.high);
  const double variance = (squared.high - of_mean.high) + (squared.low - of_mean.low - 2 * mean.high * mean.low);
  const double n = count;
  return finite(std::sqrt(std::max(variance, 0.0) * (n / (n - 1))));
}

void exact_moments::encode(binary_writer& out) const {
  out.varint(count);
  if (count > 1) {
    sum.encode(out);
    squares.encode(out);
    out.f64(max);
  }
  if (count > 0)
    out.f64(min);
}

bool exact_moments::decode(binary_reader& in) {
  *this = {};
  const auto n = static_cast<uint32_t>(in.varint());
  if (n == 0)
    return in.ok();
  if (n == 1) {
    // All that there is to know of one number.
    const double x = in.f64();
    if (!in.ok() || !std::isfinite(x))
      return false;
    add(x);
    return true;
  }
  const bool good = sum.decode(in) && squares.decode(in);
  max = in.f64();
  min = in.f64();
  count = n;
  return good && in.ok() && std::isfinite(min) && std::isfinite(max);
}

double exact_mean::avg() const {
  return count == 0 ? absent : finite(sum.over(count).high);
}

void exact_mean::encode(binary_writer& out) const {
  out.varint(count);
  if (count == 1)
    out.f64(sum.over(1).high);
  else if (count > 1)
    sum.encode(out);
}

bool exact_mean::decode(binary_reader& in) {
  *this = {};
  const auto n = static_cast<uint32_t>(in.varint());
  if (n == 1) {
    const double x = in.f64();
    if (!in.ok() || !std::isfinite(x))
      return false;
    add(x);
    return true;
  }
  count = n;
  return (n == 0 || sum.decode(in)) && in.ok();
}

} // namespace millwright

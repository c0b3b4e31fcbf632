#include "actors/sensor/interval_habit.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

void interval_habit::find() const {
  known_ = true;
  usual_ = second_largest_ = 0;
  // What the compiler cannot see: count_ is never more.
  const size_t n = std::min<size_t>(count_, kept);
  if (n == 0)
    return;
  auto sorted = last_;
  // A few numbers, by insertion: of std::sort GCC 14 believes that it reads beyond them.
  for (size_t i = 1; i < n; ++i)
    for (size_t at = i; at > 0 && sorted[at - 1] > sorted[at]; --at)
      std::swap(sorted[at - 1], sorted[at]);
  const uint64_t low = sorted[(n - 1) / 2], high = sorted[n / 2];
  usual_ = static_cast<uint32_t>((low + high) / 2);
  if (n > 1)
    second_largest_ = sorted[n - 2];
}

void interval_habit::encode(binary_writer& out) const {
  out.varint(count_);
  for (uint32_t i = 0; i < count_; ++i)
    out.varint(last_[(oldest_ + i) % kept]);
}

void interval_habit::decode(binary_reader& in) {
  *this = {};
  const uint64_t n = in.count(1);
  if (n > kept) {
    in.fail();
    return;
  }
  for (uint64_t i = 0; i < n; ++i) {
    const uint64_t ms = in.varint();
    if (ms > 0xffffffff)
      in.fail();
    last_[i] = static_cast<uint32_t>(ms);
  }
  count_ = static_cast<uint8_t>(n);
}

} // namespace millwright

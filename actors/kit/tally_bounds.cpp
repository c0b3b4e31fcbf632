#include "actors/kit/tally_bounds.hpp"

#include <algorithm>
#include <stdexcept>

namespace millwright {

namespace {

// Keeps the order; what is there stays once.
template <class T, size_t N>
void put_in_order(std::array<T, N>& in, size_t& count, T x) {
  const auto end = in.begin() + static_cast<ptrdiff_t>(count);
  const auto at = std::lower_bound(in.begin(), end, x);
  if (at != end && *at == x)
    return;
  if (count == N)
    throw std::length_error{"kinds of actors tell readings apart in too many ways"};
  std::copy_backward(at, end, end + 1);
  *at = x;
  ++count;
}

} // namespace

void tally_bounds::delay(milliseconds longest) {
  put_in_order(delays_, delay_count_, longest);
}

void tally_bounds::below(double quality) {
  put_in_order(qualities_, quality_count_, quality);
}

size_t tally_bounds::classes_below(double quality) const {
  const auto end = qualities_.begin() + static_cast<ptrdiff_t>(quality_count_);
  const auto at = std::find(qualities_.begin(), end, quality);
  if (at == end)
    throw std::logic_error{"readings are not counted by that quality"};
  return static_cast<size_t>(at - qualities_.begin()) + 1;
}

} // namespace millwright

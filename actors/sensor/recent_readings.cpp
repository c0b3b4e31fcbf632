#include "actors/sensor/recent_readings.hpp"

#include <cmath>
#include <cstring>
#include <utility>

namespace millwright {

double recent_readings::value(uint32_t i) const {
  if (decimals_ == no_decimals)
    return values()[i];
  return unscaled(short_ ? middle_ + shorts()[i] : scaled()[i], decimals_);
}

int32_t recent_readings::make_hold(double x) {
  int32_t ignored;
  uint8_t decimals = decimals_;
  while (decimals < no_decimals && !scale(x, decimals, ignored))
    ++decimals;
  move_to(capacity_, wide_, 0, decimals, x);
  int32_t as_decimal = 0;
  // For what was there it took more than x can be kept with.
  if (!can_hold(x, as_decimal))
    move_to(capacity_, wide_, 0, no_decimals);
  return as_decimal;
}

std::optional<int32_t> recent_readings::middle_for_all(uint32_t from, uint8_t decimals, double coming) const {
  int64_t low = std::numeric_limits<int64_t>::max(), high = std::numeric_limits<int64_t>::min();
  const auto look = [&](double x) {
    int32_t as_decimal = 0;
    if (!scale(x, decimals, as_decimal))
      return;
    low = std::min<int64_t>(low, as_decimal);
    high = std::max<int64_t>(high, as_decimal);
  };
  for (uint32_t i = from; i < size_; ++i)
    look(value(i));
  look(coming);
  if (low > high)
    return 0;
  return high - low <= widest_short ? std::optional{static_cast<int32_t>((low + high) / 2)} : std::nullopt;
}

// Of those from there on: what made them long may be gone. Where it is not, the oldest tell as a rule.
bool recent_readings::shorter(uint32_t from) const {
  if (decimals_ == no_decimals)
    return decimals_for_all(from, 0) != no_decimals;
  if (short_)
    return false;
  const auto* const held = scaled();
  int64_t low = held[from], high = low;
  for (uint32_t i = from + 1; i < size_ && high - low <= shorter_again; ++i) {
    low = std::min<int64_t>(low, held[i]);
    high = std::max<int64_t>(high, held[i]);
  }
  return high - low <= shorter_again;
}

// The fewest, from `least` on, with which all from there on can be kept.
uint8_t recent_readings::decimals_for_all(uint32_t from, uint8_t least) const {
  int32_t ignored;
  for (uint32_t i = from; i < size_ && least < no_decimals; ++i)
    while (least < no_decimals && !scale(value(i), least, ignored))
      // One that is too large for so many decimals is for more.
      least = std::abs(value(i)) * powers_of_ten[least] < largest_scaled<int32_t> ? static_cast<uint8_t>(least + 1)
                                                                                  : no_decimals;
  // More decimals may have been too many for one before.
  for (uint32_t i = from; i < size_ && least < no_decimals; ++i)
    if (!scale(value(i), least, ignored))
      return no_decimals;
  return least;
}

std::optional<double> recent_readings::at(event_time time) const {
  if (size_ == 0 || time > last_ || time < first_)
    return {};
  event_time here = last_;
  for (uint32_t i = size_; i-- > 0; here -= gap(i)) {
    if (here == time)
      return value(i);
    if (here < time || i == 0)
      break;
  }
  return {};
}

void recent_readings::insert(event_time time, double value, event_time keep_from) {
  if (size_ == capacity_)
    make_room(keep_from);
  int32_t as_decimal = 0;
  if (!can_hold(value, as_decimal))
    as_decimal = make_hold(value);
  if (size_ == 0) {
    first_ = last_ = time;
    set_value(0, value, as_decimal);
    set_gap(0, milliseconds{0});
    size_ = 1;
    return;
  }
  if (time < last_ || (time == last_ && value < this->value(size_ - 1))) {
    insert_before_last(time, value, as_decimal);
    return;
  }
  const milliseconds step = time - last_;
  if (!wide_ && step.count() > widest_narrow_gap)
    move_to(capacity_, true, 0, no_decimals);
  set_value(size_, value, as_decimal);
  set_gap(size_, step);
  last_ = time;
  ++size_;
}

void recent_readings::insert_before_last(event_time time, double value, int32_t as_decimal) {
  uint32_t i = size_ - 1;
  event_time next = last_, before = next;
  while (i > 0) {
    before = next - gap(i);
    if (before < time || (before == time && this->value(i - 1) <= value))
      break;
    next = before;
    --i;
  }
  // The new reading goes to i, in front of the one at `next`.
  if (!wide_ && i == 0 && (next - time).count() > widest_narrow_gap)
    move_to(capacity_, true, 0, no_decimals);
  auto* const held = memory_.get();
  std::memmove(held + (i + 1) * value_size(), held + i * value_size(), (size_ - i) * value_size());
  std::memmove(gaps() + (i + 1) * gap_size(), gaps() + i * gap_size(), (size_ - i) * gap_size());
  set_value(i, value, as_decimal);
  set_gap(i, i == 0 ? milliseconds{0} : time - before);
  set_gap(i + 1, next - time);
  if (i == 0)
    first_ = time;
  ++size_;
}

uint32_t recent_readings::count_before(event_time keep_from, event_time& first_kept) const {
  first_kept = first_;
  uint32_t n = 0;
  while (n < size_ && first_kept < keep_from)
    if (++n < size_)
      first_kept += gap(n);
  return n;
}

void recent_readings::make_room(event_time keep_from) {
  event_time first_kept;
  const uint32_t old = count_before(keep_from, first_kept), kept = size_ - old;
  const uint32_t spare = spare_for(kept);
  // Narrow again only where it pays: a slow sensor's store is small and would change to and fro.
  bool wide = wide_;
  if (wide_ && kept >= 8) {
    wide = false;
    for (uint32_t i = old + 1; i < size_; ++i)
      wide |= gap(i).count() > widest_narrow_gap;
  }
  if (wide == wide_ && (wide_ || kept < 8 || !shorter(old)) && old >= spare && capacity_ <= 2 * (kept + spare) + 8) {
    std::memmove(memory_.get(), memory_.get() + old * value_size(), kept * value_size());
    std::memmove(gaps(), gaps() + old * gap_size(), kept * gap_size());
    size_ = kept;
    if (kept > 0)
      set_gap(0, milliseconds{0});
  } else {
    move_to(kept + spare, wide, old, 0);
  }
  first_ = first_kept;
}

void recent_readings::move_to(uint32_t capacity, bool wide, uint32_t skip, uint8_t decimals, double coming) {
  recent_readings to;
  to.wide_ = wide;
  to.decimals_ = wide ? no_decimals : decimals_for_all(skip, decimals);
  if (to.decimals_ != no_decimals) {
    const auto middle = middle_for_all(skip, to.decimals_, coming);
    to.short_ = middle.has_value();
    to.middle_ = middle.value_or(0);
  }
  to.capacity_ = capacity;
  to.size_ = size_ - skip;
  if (capacity > 0)
    to.memory_.reset(new std::byte[to.heap_bytes()]);
  for (uint32_t i = skip; i < size_; ++i) {
    const double x = value(i);
    int32_t as_decimal = 0;
    to.can_hold(x, as_decimal);
    to.set_value(i - skip, x, as_decimal);
    to.set_gap(i - skip, i == skip ? milliseconds{0} : gap(i));
  }
  to.first_ = first_;
  to.last_ = last_;
  *this = std::move(to);
}

void recent_readings::shrink(event_time keep_from) {
  event_time first_kept;
  const uint32_t old = count_before(keep_from, first_kept);
  bool wide = false;
  for (uint32_t i = old + 1; i < size_; ++i)
    wide |= gap(i).count() > widest_narrow_gap;
  move_to(size_ - old, wide, old, 0);
  first_ = first_kept;
}

} // namespace millwright

#include "actors/sensor/recent_readings.hpp"

#include <algorithm>
#include <cstring>

namespace millwright {

std::optional<double> recent_readings::at(event_time time) const {
  if (size_ == 0 || time > last_ || time < first_)
    return {};
  event_time here = last_;
  for (uint32_t i = size_; i-- > 0; here -= gap(i)) {
    if (here == time)
      return values()[i];
    if (here < time || i == 0)
      break;
  }
  return {};
}

void recent_readings::insert(event_time time, double value, event_time keep_from) {
  if (size_ == capacity_)
    make_room(keep_from);
  if (size_ == 0) {
    first_ = last_ = time;
    values()[0] = value;
    set_gap(0, milliseconds{0});
    size_ = 1;
    return;
  }
  if (time < last_ || (time == last_ && value < values()[size_ - 1])) {
    insert_before_last(time, value);
    return;
  }
  const milliseconds step = time - last_;
  if (!wide_ && step.count() > widest_narrow_gap)
    move_to(capacity_, true, 0);
  values()[size_] = value;
  set_gap(size_, step);
  last_ = time;
  ++size_;
}

void recent_readings::insert_before_last(event_time time, double value) {
  uint32_t i = size_ - 1;
  event_time next = last_, before = next;
  while (i > 0) {
    before = next - gap(i);
    if (before < time || (before == time && values()[i - 1] <= value))
      break;
    next = before;
    --i;
  }
  // The new reading goes to i, in front of the one at `next`.
  if (!wide_ && i == 0 && (next - time).count() > widest_narrow_gap)
    move_to(capacity_, true, 0);
  std::memmove(values() + i + 1, values() + i, (size_ - i) * sizeof(double));
  std::memmove(gaps() + (i + 1) * gap_size(), gaps() + i * gap_size(), (size_ - i) * gap_size());
  values()[i] = value;
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
  if (wide == wide_ && old >= spare && capacity_ <= 2 * (kept + spare) + 8) {
    std::memmove(values(), values() + old, kept * sizeof(double));
    std::memmove(gaps(), gaps() + old * gap_size(), kept * gap_size());
    size_ = kept;
    if (kept > 0)
      set_gap(0, milliseconds{0});
  } else {
    move_to(kept + spare, wide, old);
  }
  first_ = first_kept;
}

void recent_readings::move_to(uint32_t capacity, bool wide, uint32_t skip) {
  recent_readings to;
  to.wide_ = wide;
  to.capacity_ = capacity;
  to.size_ = size_ - skip;
  if (capacity > 0)
    to.memory_.reset(new std::byte[to.heap_bytes()]);
  for (uint32_t i = skip; i < size_; ++i) {
    to.values()[i - skip] = values()[i];
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
  move_to(size_ - old, wide, old);
  first_ = first_kept;
}

} // namespace millwright

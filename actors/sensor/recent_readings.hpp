#pragma once

#include "actors/sensor/decimals.hpp"
#include "protocol/reading.hpp"
#include "protocol/time.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

namespace millwright {

/// The single readings of one sensor that are still needed, sorted by (time, value): 4 bytes each, since 125,000
/// sensors hold a minute of them. Times are kept as gaps of 16 bits; a gap over 65 s (a slow sensor, a clock far ahead)
/// makes the few readings of that sensor wide. Values of a sensor that sends decimals are kept in their last decimal,
/// and come back bit for bit: as 16 bits from a middle, or 32 where they are further apart; one that is none makes all
/// of that sensor 64 bits. A reading in order costs O(1) and allocates nothing once the store has its size; one out of
/// order costs O(n).
class recent_readings {
public:
  bool empty() const { return size_ == 0; }
  uint32_t size() const { return size_; }
  /// Largest time; only if not empty.
  event_time last() const { return last_; }

  /// The value taken at that very time, if any.
  std::optional<double> at(event_time time) const;

  /// Adds a reading that is newer than all, where there is room for it and nothing of how readings are kept has to
  /// change; else false, and nothing is changed.
  bool append(event_time time, double value) {
    const auto step = time - last_;
    int32_t as_decimal = 0;
    if (size_ == 0 || size_ == capacity_ || step.count() <= 0 || (!wide_ && step.count() > widest_narrow_gap) ||
        !can_hold(value, as_decimal))
      return false;
    set_value(size_, value, as_decimal);
    set_gap(size_, step);
    last_ = time;
    ++size_;
    return true;
  }

  /// Adds a reading. Those before `keep_from` are dropped when room is short, and may be visible until then.
  void insert(event_time time, double value, event_time keep_from);

  /// Room for `n` more, and for some behind them, without growing.
  void reserve_for(uint32_t n) {
    if (const uint32_t all = size_ + n; n > 0 && all > capacity_)
      move_to(all + spare_for(all), wide_, 0, decimals_);
  }

  /// Calls f(time, value) for each reading in [from, to), in order.
  template <class F>
  void each(event_time from, event_time to, F&& f) const {
    event_time time = first_;
    for (uint32_t i = 0; i < size_; ++i) {
      if (i > 0)
        time += gap(i);
      if (time >= to)
        return;
      if (time >= from)
        f(time, value(i));
    }
  }

  /// Drops those before `keep_from` and gives spare memory back.
  void shrink(event_time keep_from);

  /// Asks the memory for what the next reading in order will touch.
  void prefetch() const {
    if (size_ == 0)
      return;
    __builtin_prefetch(memory_.get() + size_ * value_size(), 1);
    __builtin_prefetch(gaps() + size_ * gap_size(), 1);
  }

  /// Heap bytes held.
  size_t heap_bytes() const { return capacity_ * (value_size() + gap_size()); }

private:
  static constexpr int64_t widest_narrow_gap = std::numeric_limits<uint16_t>::max();

  size_t gap_size() const { return wide_ ? sizeof(int64_t) : sizeof(uint16_t); }
  // So far apart, in the last decimal, values may be to be kept as 16 bits when one comes that is too far from the
  // middle; and to be made such again: less, or a sensor near that would change to and fro.
  static constexpr int64_t widest_short = 60'000, shorter_again = 30'000;

  size_t value_size() const {
    return decimals_ == no_decimals ? sizeof(double) : short_ ? sizeof(int16_t) : sizeof(int32_t);
  }
  double* values() const { return reinterpret_cast<double*>(memory_.get()); }
  int32_t* scaled() const { return reinterpret_cast<int32_t*>(memory_.get()); }
  int16_t* shorts() const { return reinterpret_cast<int16_t*>(memory_.get()); }
  std::byte* gaps() const { return memory_.get() + capacity_ * value_size(); }
  double value(uint32_t i) const;
  /// Only what it `can_hold`, with what that gave.
  void set_value(uint32_t i, double x, int32_t as_decimal) {
    if (decimals_ == no_decimals)
      values()[i] = x;
    else if (short_)
      shorts()[i] = static_cast<int16_t>(as_decimal - middle_);
    else
      scaled()[i] = as_decimal;
  }
  bool can_hold(double x, int32_t& as_decimal) const {
    if (decimals_ == no_decimals)
      return true;
    if (!scale(x, decimals_, as_decimal))
      return false;
    const int64_t away = int64_t{as_decimal} - middle_;
    return !short_ || away == static_cast<int16_t>(away);
  }
  /// Changes how values are kept, so that it can hold x.
  int32_t make_hold(double x);
  milliseconds gap(uint32_t i) const {
    if (wide_)
      return milliseconds{reinterpret_cast<const int64_t*>(gaps())[i]};
    return milliseconds{reinterpret_cast<const uint16_t*>(gaps())[i]};
  }
  void set_gap(uint32_t i, milliseconds gap) {
    if (wide_)
      reinterpret_cast<int64_t*>(gaps())[i] = gap.count();
    else
      reinterpret_cast<uint16_t*>(gaps())[i] = static_cast<uint16_t>(gap.count());
  }
  void insert_before_last(event_time time, double value, int32_t as_decimal);
  void make_room(event_time keep_from);
  // A minute at a reading a second fills a block of a size that allocators have.
  static uint32_t spare_for(uint32_t kept) { return std::max(kept < 8 ? 2u : 3u, kept / 32); }
  uint32_t count_before(event_time keep_from, event_time& first_kept) const;
  /// Moves to a block of that capacity, without the first `skip` readings; with values of so many decimals at least,
  /// or as they can be kept. @param coming a value that comes next; NaN: nobody knows.
  void move_to(uint32_t capacity, bool wide, uint32_t skip, uint8_t decimals, double coming = absent);
  uint8_t decimals_for_all(uint32_t from, uint8_t least) const;
  /// Of those from there on the middle, if they and `coming` can be kept as 16 bits of so many decimals.
  std::optional<int32_t> middle_for_all(uint32_t from, uint8_t decimals, double coming) const;
  bool shorter(uint32_t from) const;

  // capacity_ values, then capacity_ gaps to the reading before (the first one's is 0). Wide ones have values of 64
  // bits.
  std::unique_ptr<std::byte[]> memory_;
  event_time first_ = never, last_ = never;
  uint32_t capacity_ = 0, size_ = 0;
  /// Of values of 16 bits.
  int32_t middle_ = 0;
  bool wide_ = false, short_ = true;
  /// `no_decimals`: all 64 bits of each.
  uint8_t decimals_ = 0;
};

// A sensor holds one; a minute at a reading a second is 64 of 4 bytes.
static_assert(sizeof(recent_readings) <= 40);

} // namespace millwright

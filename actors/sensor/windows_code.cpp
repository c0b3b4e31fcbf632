#include "actors/sensor/decimals.hpp"
#include "actors/sensor/stored_time.hpp"
#include "actors/sensor/windows.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <utility>

// The stored form of a sensor's windows. It is written for every active sensor at every barrier, so it is small: times
// as differences of differences (0 for a steady sensor), numbers as decimal differences where the sensor sends
// decimals, else as the bytes in which they differ from the one before.

namespace millwright {

namespace {

constexpr event_time nothing_later = event_time::max();

uint64_t zigzag(int64_t x) {
  return binary_writer::zigzag(x);
}

int64_t unzigzag(uint64_t x) {
  return static_cast<int64_t>(x >> 1 ^ (~(x & 1) + 1));
}

uint8_t bytes_of(uint64_t x) {
  return static_cast<uint8_t>((std::bit_width(x) + 7) / 8);
}

// Not by std::abs: the smallest integer has none.
bool beyond(int64_t x, int64_t most) {
  return x > most || x < -most;
}

// A number as a code of four bits and up to 8 bytes: 0..8 bytes that differ from the number before, or (9 + n) a
// difference in the last decimal of n bytes.
constexpr uint8_t decimal_code = 9, largest_decimal_bytes = 6;

class number_writer {
public:
  explicit number_writer(uint8_t decimals) : decimals_{decimals} {}

  uint8_t code(double x) {
    const uint64_t bits = std::bit_cast<uint64_t>(x), before = std::exchange(bits_, bits);
    int64_t scaled;
    if (decimals_ != no_decimals && scale(x, decimals_, scaled)) {
      payload_ = zigzag(scaled - scaled_);
      bytes_ = bytes_of(payload_);
      if (bytes_ <= largest_decimal_bytes) {
        scaled_ = scaled;
        return decimal_code + bytes_;
      }
    }
    payload_ = bits ^ before;
    return bytes_ = bytes_of(payload_);
  }
  /// Needs room for 8 bytes, of which it leaves those that count.
  char* payload(char* at) const {
    static_assert(std::endian::native == std::endian::little);
    std::memcpy(at, &payload_, sizeof payload_);
    return at + bytes_;
  }

private:
  uint64_t bits_ = 0, payload_ = 0;
  int64_t scaled_ = 0;
  uint8_t decimals_, bytes_ = 0;
};

class number_reader {
public:
  explicit number_reader(uint8_t decimals) : decimals_{decimals} {}

  double read(binary_reader& in, uint8_t code) {
    const bool decimal = code >= decimal_code;
    uint64_t payload = 0;
    for (uint8_t i = 0, n = decimal ? code - decimal_code : code; i < n; ++i)
      payload |= static_cast<uint64_t>(in.u8()) << (8 * i);
    if (!decimal) {
      bits_ ^= payload;
    } else {
      scaled_ += unzigzag(payload);
      if (decimals_ >= no_decimals || beyond(scaled_, largest_scaled<int64_t>)) {
        in.fail();
        scaled_ = 0;
        return 0;
      }
      bits_ = std::bit_cast<uint64_t>(unscaled(scaled_, decimals_));
    }
    return std::bit_cast<double>(bits_);
  }

private:
  uint64_t bits_ = 0;
  int64_t scaled_ = 0;
  uint8_t decimals_;
};

// How many decimals the sensor sends: the most that one of its latest values needs.
class decimals_guess {
public:
  void look(double x) {
    int64_t scaled;
    for (uint8_t n = 0; n < no_decimals; ++n)
      if (scale(x, n, scaled)) {
        most_ = any_ ? std::max(most_, n) : n;
        any_ = true;
        return;
      }
  }
  uint8_t result() const { return any_ ? most_ : no_decimals; }

private:
  uint8_t most_ = 0;
  bool any_ = false;
};

void encode_readings(binary_writer& out, const recent_readings& readings, event_time from, event_time base,
                     uint8_t decimals) {
  uint64_t n = 0;
  readings.each(from, nothing_later, [&](event_time, double) { ++n; });
  out.varint(n);
  number_writer numbers{decimals};
  milliseconds gap{0};
  char* at = out.room(n * 18);
  readings.each(from, nothing_later, [&](event_time time, double value) {
    const auto code = numbers.code(value);
    const auto step = time - base;
    at = numbers.payload(binary_writer::put_varint(at, zigzag((step - gap).count()) << 4 | code));
    base = time;
    gap = step;
  });
  out.wrote(at);
}

bool decode_readings(binary_reader& in, recent_readings& readings, event_time base, uint8_t decimals) {
  const uint64_t n = in.count(1);
  number_reader numbers{decimals};
  milliseconds gap{0};
  readings.reserve_for(static_cast<uint32_t>(n));
  for (uint64_t i = 0; i < n && in.ok(); ++i) {
    const uint64_t head = in.varint();
    const double value = numbers.read(in, head & 15);
    gap += milliseconds{unzigzag(head >> 4)};
    if (beyond(gap.count(), 2 * largest_time))
      return false;
    base += gap;
    if (!plausible(base) || (i > 0 && gap.count() < 0))
      return false;
    readings.insert(base, value, never);
  }
  return in.ok();
}

// Time, flags, type, count, codes and six numbers of 8 bytes.
constexpr size_t largest_pane = 10 + 1 + 3 + 5 + 3 + 6 * 8;

// Beside the number of decimals: readings that were ahead follow at the end.
constexpr uint8_t with_ahead = 0x80;

enum pane_flag : uint8_t { level_bits = 3, sealed_bit = 4, other_type_bit = 8 };

} // namespace

void sensor_windows::encode(binary_writer& out, event_time changed) const {
  const auto& w = settings_->windows;
  const auto from = std::max(keep_from(), changed);
  decimals_guess guess;
  for (size_t i = panes_.size(); i > 0 && i + 4 > panes_.size(); --i)
    guess.look(panes_[i - 1].last);
  const uint8_t decimals = guess.result();

  out.svarint(epoch_ms(newest_));
  out.svarint(epoch_ms(closed_));
  out.u8(static_cast<uint8_t>(decimals | (ahead() ? with_ahead : 0)));
  event_time base = newest_ == never ? event_time{} : newest_;
  if (changed != never) {
    // Of the state before, panes from the first that is still held to these; and where the changes begin.
    out.svarint(panes_.empty() ? largest_time : (start_of(panes_.front()) - base).count());
    out.svarint(changed == nothing_due ? largest_time : (changed - base).count());
  }
  const auto first = changed == never ? panes_.begin() : std::find_if(panes_.begin(), panes_.end(), [&](const pane& p) {
    return start_of(p) >= changed;
  });
  const auto written = static_cast<size_t>(panes_.end() - first);
  out.varint(written);
  number_writer min{decimals}, max{decimals}, last{decimals}, mean{no_decimals}, m2{no_decimals}, rise{no_decimals};
  sensor_type_index type = 0;
  char* at = out.room(written * largest_pane);
  for (auto each = first; each != panes_.end(); ++each) {
    const auto& p = *each;
    at = binary_writer::put_varint(at, zigzag((p.last_time - base).count()));
    base = p.last_time;
    const bool other_type = p.type != type;
    *at++ = static_cast<char>(p.level | (p.sealed ? sealed_bit : 0) | (other_type ? other_type_bit : 0));
    if (other_type)
      at = binary_writer::put_varint(at, type = p.type);
    at = binary_writer::put_varint(at, p.count);
    // No window that needs it is open any more.
    const bool past = p.last_time + w.patterns_length <= closed_ - w.patterns_delay;
    const auto min_code = min.code(p.min), max_code = max.code(p.max), last_code = last.code(p.last);
    const auto mean_code = mean.code(p.mean), m2_code = m2.code(p.m2), rise_code = rise.code(past ? 0 : p.rise);
    *at++ = static_cast<char>(min_code | max_code << 4);
    *at++ = static_cast<char>(last_code | mean_code << 4);
    *at++ = static_cast<char>(m2_code | rise_code << 4);
    for (const auto* numbers : {&min, &max, &last, &mean, &m2, &rise})
      at = numbers->payload(at);
  }
  out.wrote(at);
  encode_readings(out, on_time_, from, base, decimals);
  const recent_readings none;
  encode_readings(out, late() ? *late() : none, from, base, decimals);
  out.varint(fit() ? fit()->size() : 0);
  if (fit())
    for (const auto& [start, all_fit] : *fit()) {
      out.time(start);
      for (const double each : {all_fit.mean, all_fit.m2, all_fit.min, all_fit.max})
        out.f64(each);
      out.u32(all_fit.count);
    }
  if (ahead()) {
    out.time(ahead()->newest);
    encode_readings(out, ahead()->readings, unsealed_from_, base, decimals);
  }
}

uint32_t window_mark(const window_settings& settings) {
  uint64_t mark = 0;
  for (const auto each :
       {settings.pane, settings.statistics_length, settings.statistics_slide, settings.statistics_delay,
        settings.patterns_length, settings.patterns_slide, settings.patterns_delay, settings.averages_length,
        settings.averages_slide, settings.averages_delay, settings.repeat_horizon}) {
    mark = (mark ^ static_cast<uint64_t>(each.count())) * 0x9e3779b97f4a7c15;
    mark ^= mark >> 32;
  }
  return static_cast<uint32_t>(mark);
}

bool sensor_windows::decode(binary_reader& in, bool other_mark, bool changes) {
  sensor_windows to{*settings_};
  const bool good = to.read(in, other_mark, changes, *this) && in.ok();
  *this = good ? std::move(to) : sensor_windows{*settings_};
  return good;
}

bool sensor_windows::read(binary_reader& in, bool other_mark, bool changes, const sensor_windows& before) {
  newest_ = from_epoch_ms(in.svarint());
  closed_ = from_epoch_ms(in.svarint());
  const uint8_t head = in.u8();
  const auto decimals = static_cast<uint8_t>(head & ~with_ahead);
  if ((newest_ != never && !plausible(newest_)) || (closed_ != never && closed_ != forever && !plausible(closed_)))
    return false;
  event_time base = newest_ == never ? event_time{} : newest_;
  event_time first = nothing_due, changed = never;
  if (changes) {
    const int64_t first_step = in.svarint(), changed_step = in.svarint();
    if (beyond(first_step, 2 * largest_time) || beyond(changed_step, 2 * largest_time))
      return false;
    first = base + milliseconds{first_step};
    changed = base + milliseconds{changed_step};
    changed_from_ = std::min(before.changed_from_, changed_step == largest_time ? nothing_due : changed);
  }
  const uint64_t n = in.count(6);
  // Without room for more: an old one goes before the next one comes.
  const auto stays = [&](const pane& p) { return start_of(p) >= first && start_of(p) < changed; };
  const auto kept = std::count_if(before.panes_.begin(), before.panes_.end(), stays);
  panes_.reserve(static_cast<size_t>(kept) + n);
  std::copy_if(before.panes_.begin(), before.panes_.end(), std::back_inserter(panes_), stays);
  number_reader min{decimals}, max{decimals}, last{decimals}, mean{no_decimals}, m2{no_decimals}, rise{no_decimals};
  sensor_type_index type = 0;
  event_time start_before = panes_.empty() ? never : start_of(panes_.back());
  for (uint64_t i = 0; i < n && in.ok(); ++i) {
    pane p;
    const int64_t step = in.svarint();
    if (beyond(step, 2 * largest_time))
      return false;
    p.last_time = base += milliseconds{step};
    const uint8_t flags = in.u8();
    p.level = flags & level_bits;
    p.sealed = (flags & sealed_bit) != 0;
    if (flags & other_type_bit)
      type = static_cast<sensor_type_index>(in.varint());
    p.type = type;
    p.count = static_cast<uint32_t>(in.varint());
    const uint8_t codes[] = {in.u8(), in.u8(), in.u8()};
    p.min = min.read(in, codes[0] & 15);
    p.max = max.read(in, codes[0] >> 4);
    p.last = last.read(in, codes[1] & 15);
    p.mean = mean.read(in, codes[1] >> 4);
    p.m2 = m2.read(in, codes[2] & 15);
    p.rise = rise.read(in, codes[2] >> 4);
    if (!in.ok() || !plausible(base) || p.count == 0 || p.level >= all_kinds.size())
      return false;
    const auto start = start_of(p);
    if (!other_mark && (start < start_before || (start == start_before && p.level <= panes_.back().level)))
      return false;
    start_before = start;
    panes_.push_back(p);
  }
  for (const auto& p : panes_)
    if (!p.sealed)
      unsealed_from_ = std::min(unsealed_from_, start_of(p));
  if (changes)
    before.on_time_.each(keep_from(), changed,
                         [&](event_time time, double value) { on_time_.insert(time, value, never); });
  recent_readings too_late;
  if (!in.ok() || !decode_readings(in, on_time_, base, decimals) || !decode_readings(in, too_late, base, decimals))
    return false;
  if (changes && before.late()) {
    recent_readings all;
    before.late()->each(keep_from(), changed, [&](event_time time, double value) { all.insert(time, value, never); });
    too_late.each(never, nothing_later, [&](event_time time, double value) { all.insert(time, value, never); });
    too_late = std::move(all);
  }
  const uint64_t stretches = in.count(44);
  if (stretches > 0)
    apart_.made().fit = std::make_unique<fit_panes>();
  for (uint64_t i = 0; i < stretches; ++i) {
    const auto start = in.time();
    if (!plausible(start) || (!fit()->empty() && start <= fit()->back().first))
      return false;
    moments all_fit;
    for (double* each : {&all_fit.mean, &all_fit.m2, &all_fit.min, &all_fit.max})
      *each = in.f64();
    all_fit.count = in.u32();
    fit()->emplace_back(start, all_fit);
  }
  if (head & with_ahead) {
    apart_.made().ahead = std::make_unique<readings_ahead>();
    ahead()->newest = in.time();
    if (!plausible(ahead()->newest) || !decode_readings(in, ahead()->readings, base, decimals))
      return false;
  }
  if (!in.ok())
    return false;
  if (!too_late.empty())
    apart_.made().late = std::make_unique<recent_readings>(std::move(too_late));
  if (other_mark) {
    panes_.clear();
    on_time_ = {};
    if (apart_) {
      apart_->late.reset();
      if (ahead())
        ahead()->readings = {};
      apart_->fit.reset();
      drop_empty_parts();
    }
    unsealed_from_ = nothing_due;
  }
  note_edges();
  find_next_close();
  return true;
}

} // namespace millwright

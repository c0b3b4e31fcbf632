#include "actors/sensor/rules.hpp"
#include "actors/sensor/state_earlier.hpp"
#include "actors/sensor/stored_time.hpp"

#include <utility>

namespace millwright {

namespace {

// The first version knew no order of the sensor's own, the second another state rule, the third nobody who had a sensor
// learn anew. Of a sensor whose rules hold in some modes alone its mode is behind all else.
constexpr uint8_t first_version = 1, second_version = 2, third_version = 3, format_version = 4, mode_version = 5;

} // namespace

void sensor_rules::encode(binary_writer& out, bool changes) const {
  const auto* kind = type();
  out.u8(mode_ ? mode_version : format_version);
  clock_.encode(out);
  const auto newest = clock_.newest();
  out.u8(static_cast<uint8_t>((kind ? 1 : 0) | (silence_noticed_ ? 2 : 0) | (run_noticed_ ? 4 : 0) |
                              (state_noticed_ ? 8 : 0) | (run_value_ == last_value_ ? 16 : 0) |
                              (silence_paged_ ? 32 : 0) | (low_side_ ? 64 : 0) |
                              (outside_ != 0 || too_fast_ != 0 ? 128 : 0)));
  if (kind)
    out.text(kind->name);
  for (const uint8_t x : {readings_, taught_, z_votes_, out_of_range_, in_range_})
    out.u8(x);
  if (outside_ != 0 || too_fast_ != 0) {
    out.u8(outside_);
    out.u8(static_cast<uint8_t>(too_fast_));
  }
  put_time(out, last_time_, newest);
  for (const double x : {last_value_, previous_value_, mean_, variance_})
    out.f64(x);
  out.varint(run_count_);
  if (!(run_value_ == last_value_))
    out.f64(run_value_);
  put_time(out, run_start_, newest);
  intervals_.encode(out);
  changes ? novelty_.encode_changes(out, newest) : novelty_.encode(out, newest);
  state_.encode(out, newest, last_value_, changes);
  conditions_.encode(out, newest);
  if (mode_)
    encode_mode(out, newest);
}

bool sensor_rules::decode(binary_reader& in, bool changes) {
  auto habits = std::move(novelty_);
  auto ranges = std::move(state_);
  *this = sensor_rules{*book_};
  if (changes) {
    novelty_ = std::move(habits);
    state_ = std::move(ranges);
  }
  const uint8_t version = in.u8();
  const bool first = version == first_version, earlier = first || version == second_version;
  if (version != format_version && version != mode_version && version != third_version && !earlier)
    in.fail();
  first ? clock_.decode_first(in) : clock_.decode(in);
  const auto newest = clock_.newest();
  const uint8_t flags = in.u8();
  silence_noticed_ = flags & 2;
  run_noticed_ = flags & 4;
  state_noticed_ = flags & 8;
  silence_paged_ = flags & 32;
  low_side_ = flags & 64;
  if (flags & 1) {
    // By name: the table may have changed. A type that is gone is known again with the next reading.
    const auto name = in.text();
    for (size_t i = 0; i < book_->types->size() && !typed_; ++i) {
      typed_ = (*book_->types)[i].name == name;
      type_ = static_cast<sensor_type_index>(i);
    }
  }
  if (earlier)
    in.u32(); // A mark of the calibration date.
  for (uint8_t* x : {&readings_, &taught_, &z_votes_, &out_of_range_, &in_range_})
    *x = in.u8();
  outside_ = first ? 1 : 0;
  if (!first && flags & 128) {
    outside_ = in.u8();
    too_fast_ = static_cast<int8_t>(in.u8());
  }
  last_time_ = get_time(in, newest);
  for (double* x : {&last_value_, &previous_value_, &mean_, &variance_})
    *x = in.f64();
  if (version == second_version)
    skip_earlier_step(in);
  run_count_ = static_cast<uint32_t>(in.varint());
  run_value_ = flags & 16 ? last_value_ : in.f64();
  run_start_ = get_time(in, newest);
  intervals_.decode(in);
  changes ? novelty_.decode_changes(in, newest) : novelty_.decode(in, newest);
  earlier ? skip_earlier_state(in) : state_.decode(in, newest, last_value_, changes);
  conditions_.decode(in, newest, first);
  if (version == mode_version)
    decode_mode(in, newest);
  conditions_.by_reading(rule::limit, !reports_on_change(type()));
  // Silence that has paged, or never will.
  if (first)
    silence_paged_ = silence_noticed_;
  if (in.ok())
    return true;
  *this = sensor_rules{*book_};
  return false;
}

} // namespace millwright

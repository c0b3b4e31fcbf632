#include "actors/sensor/rules.hpp"
#include "actors/sensor/stored_time.hpp"

namespace millwright {

namespace {

constexpr uint8_t format_version = 1;

} // namespace

void sensor_rules::encode(binary_writer& out, bool changes) const {
  const auto* kind = type();
  out.u8(format_version);
  out.time(newest_);
  out.varint(static_cast<uint64_t>(active_at_.count()));
  out.u8(static_cast<uint8_t>((kind ? 1 : 0) | (silence_noticed_ ? 2 : 0) | (run_noticed_ ? 4 : 0) |
                              (state_noticed_ ? 8 : 0) | (run_value_ == last_value_ ? 16 : 0)));
  if (kind)
    out.text(kind->name);
  out.u32(calibration_);
  for (const uint8_t x : {readings_, taught_, z_votes_, out_of_range_, in_range_})
    out.u8(x);
  put_time(out, last_time_, newest_);
  for (const double x : {last_value_, previous_value_, mean_, variance_})
    out.f64(x);
  out.varint(run_count_);
  if (!(run_value_ == last_value_))
    out.f64(run_value_);
  put_time(out, run_start_, newest_);
  intervals_.encode(out);
  changes ? novelty_.encode_changes(out, newest_) : novelty_.encode(out, newest_);
  state_.encode(out, newest_);
  conditions_.encode(out, newest_);
}

bool sensor_rules::decode(binary_reader& in, bool changes) {
  const auto habits = novelty_;
  *this = sensor_rules{*book_};
  novelty_ = habits;
  if (in.u8() != format_version)
    in.fail();
  newest_ = in.time();
  if (newest_ != never && !plausible(newest_)) {
    newest_ = never;
    in.fail();
  }
  const uint64_t active = in.varint();
  if (active > static_cast<uint64_t>(largest_time))
    in.fail();
  active_at_ = milliseconds{static_cast<int64_t>(active)};
  const uint8_t flags = in.u8();
  silence_noticed_ = flags & 2;
  run_noticed_ = flags & 4;
  state_noticed_ = flags & 8;
  if (flags & 1) {
    // By name: the table may have changed. A type that is gone is known again with the next reading.
    const auto name = in.text();
    for (size_t i = 0; i < book_->types->size() && !typed_; ++i) {
      typed_ = (*book_->types)[i].name == name;
      type_ = static_cast<sensor_type_index>(i);
    }
  }
  calibration_ = in.u32();
  for (uint8_t* x : {&readings_, &taught_, &z_votes_, &out_of_range_, &in_range_})
    *x = in.u8();
  last_time_ = get_time(in, newest_);
  for (double* x : {&last_value_, &previous_value_, &mean_, &variance_})
    *x = in.f64();
  run_count_ = static_cast<uint32_t>(in.varint());
  run_value_ = flags & 16 ? last_value_ : in.f64();
  run_start_ = get_time(in, newest_);
  intervals_.decode(in);
  changes ? novelty_.decode_changes(in, newest_) : novelty_.decode(in, newest_);
  state_.decode(in, newest_);
  conditions_.decode(in, newest_);
  if (in.ok())
    return true;
  *this = sensor_rules{*book_};
  return false;
}

} // namespace millwright

#include "actors/sensor/own_clock.hpp"

#include "actors/sensor/stored_time.hpp"

#include <algorithm>

namespace millwright {

namespace {

// The split's activity clock behind the reading, which itself may have moved it (semantics 3).
milliseconds activity_behind(const reading& r) {
  constexpr milliseconds largest_step{10'000};
  if (r.watermark == never || r.is(reading::ahead) || r.is(reading::far_ahead) || r.time <= r.watermark)
    return r.activity;
  return r.activity + std::min(r.time - r.watermark, largest_step);
}

} // namespace

milliseconds own_clock::lived(const reading& r) const {
  const bool same = r.split == split_ || split_ == any_split;
  return same ? now(r.split, activity_behind(r)) - newest_ : milliseconds::max();
}

milliseconds own_clock::take(const reading& r, const set_back_settings& settings) {
  const auto behind = activity_behind(r);
  const bool ordered = in_order(r.time), other_split = r.split != split_ && split_ != any_split;
  if (ordered) {
    newest_ = heard_ = r.time;
    out_of_order_ = 0;
  } else {
    heard_ = now(r.split, behind);
  }
  active_at_ = behind;
  split_ = r.split;
  return ordered ? milliseconds{0} : note_disorder(r, settings, other_split);
}

milliseconds own_clock::note_disorder(const reading& r, const set_back_settings& settings, bool other_split) {
  auto& since = disorder_.made();
  const bool still = r.watermark == since.first_watermark;
  const auto nearer = (since.first_watermark - since.first) - (r.watermark - r.time);
  if (out_of_order_ == 0 || other_split || (!still && std::chrono::abs(nearer) >= settings.steady)) {
    out_of_order_ = 0;
    since = {r.time, r.watermark};
  }
  if (out_of_order_ < 255)
    ++out_of_order_;
  const auto lasted = still ? r.time - since.first : r.watermark - since.first_watermark;
  if (out_of_order_ < settings.readings || r.time <= since.first || lasted < settings.over)
    return milliseconds{0};
  const auto back = newest_ - r.time;
  newest_ = heard_ = r.time;
  out_of_order_ = 0;
  return back;
}

void own_clock::encode(binary_writer& out) const {
  out.time(newest_);
  out.varint(static_cast<uint64_t>(active_at_.count()));
  put_time(out, heard_, newest_);
  out.varint(split_);
  out.u8(out_of_order_);
  if (out_of_order_ > 0) {
    put_time(out, disorder_->first, newest_);
    put_time(out, disorder_->first_watermark, newest_);
  }
}

void own_clock::decode_first(binary_reader& in) {
  *this = {};
  newest_ = in.time();
  if (newest_ != never && !plausible(newest_)) {
    newest_ = never;
    in.fail();
  }
  const uint64_t active = in.varint();
  if (active > static_cast<uint64_t>(largest_time)) {
    in.fail();
    return;
  }
  heard_ = newest_;
  active_at_ = milliseconds{static_cast<int64_t>(active)};
}

void own_clock::decode(binary_reader& in) {
  decode_first(in);
  heard_ = get_time(in, newest_);
  const uint64_t split = in.varint();
  if (split > any_split)
    in.fail();
  split_ = static_cast<uint16_t>(split);
  out_of_order_ = in.u8();
  if (out_of_order_ > 0) {
    disorder_.made().first = get_time(in, newest_);
    disorder_->first_watermark = get_time(in, newest_);
  }
  if ((newest_ == never) != (heard_ == never) || (out_of_order_ > 0 && (newest_ == never || disorder_->first == never)))
    in.fail();
}

} // namespace millwright

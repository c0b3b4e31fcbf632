#include "actors/sensor/state_detector.hpp"

#include "actors/sensor/stored_time.hpp"

namespace millwright {

state_verdict state_detector::take(double x, event_time at, const state_settings& settings) {
  if (first_ == never) {
    first_ = at;
    next_renewal_ = at + day;
  }
  if (anew_ > 0) [[unlikely]] {
    begin_anew(x, settings);
    return {};
  }
  const auto v = features_.take(x, bands_.level_width(), settings);
  if (!bands_.learned()) [[unlikely]] {
    const auto n = features_.readings();
    if (n <= settings.skip)
      return {};
    if (n <= settings.learn) {
      bands_.learn(v);
      return {};
    }
    conclude(v);
  }
  bool was_outside = false;
  const bool renews = at >= next_renewal_;
  if (renews) {
    was_outside = judge(v, settings).s > 0;
    renew(at, settings);
  }
  bands_.see(v);
  state_verdict said;
  said.learning = false;
  if (!(renewed_ ? bands_.holds(v) : v[0] <= hi_ && v[0] >= lo_))
    said.departure = judge(v, settings);
  said.experienced = at - first_ >= learning_time(settings);
  if (said.outside()) {
    last_outside_ = at;
    adapting_ = false;
  } else {
    adapting_ |= was_outside;
    said.inside_for = last_outside_ == never ? milliseconds{0} : at - last_outside_;
    said.adapted = adapting_ || (!renewed_ && (v[0] > bands_.level_hi() || v[0] < bands_.level_lo()));
  }
  if (!renewed_)
    give_way(v[0], settings);
  return said;
}

std::vector<state_standing> state_detector::standing(const state_settings& settings) const {
  std::vector<state_standing> out;
  if (!bands_.learned())
    return out;
  if (!renewed_)
    out.push_back(bands_.level_band(lo_, hi_, settings));
  else
    for (size_t i = 0; i < state_feature_count; ++i)
      out.push_back(bands_.band(i, settings));
  const auto v = features_.figures();
  for (auto& each : out)
    each.v = v[static_cast<size_t>(each.which)];
  return out;
}

// A trend of readings that were outside at the end would be outside for hours.
void state_detector::end_lessons() {
  last_outside_ = never;
  adapting_ = false;
  if (first_ == never)
    return;
  if (bands_.learned())
    features_.keep_trend_within(bands_.trend_lo(), bands_.trend_hi());
  anew_ = not_begun;
}

void state_detector::begin_anew(double x, const state_settings& settings) {
  if (anew_ == not_begun) {
    features_.begin_at(x);
    anew_ = static_cast<uint8_t>(std::clamp<uint32_t>(settings.skip, 1, not_begun - 1));
  }
  features_.take(x, bands_.level_width(), settings);
  if (--anew_ == 0)
    features_.settle();
}

void state_detector::conclude(const state_figures& v) {
  // A setting was changed between two runs: nothing was learned from.
  if (!bands_.any())
    bands_.learn(v);
  bands_.conclude(features_.step(), features_.level());
  lo_ = bands_.level_lo();
  hi_ = bands_.level_hi();
}

void state_detector::renew(event_time at, const state_settings& settings) {
  const auto due = first_ + (at - first_) / day * day;
  bands_.renew(due - first_ <= learning_time(settings), features_.step(), features_.level(), settings);
  bands_.begin_day();
  next_renewal_ = due + day;
  renewed_ = true;
}

void state_detector::give_way(double level, const state_settings& settings) {
  if (level <= hi_ && level >= lo_)
    return;
  const double most = settings.give_way * std::max(hi_ - lo_, bands_.level_scale());
  if (level > hi_)
    hi_ = std::min(level, hi_ + most);
  else
    lo_ = std::max(level, lo_ - most);
}

void state_detector::move_back(milliseconds by) {
  for (auto* at : {&first_, &next_renewal_, &last_outside_})
    *at = *at == never ? never : *at - by;
}

void state_detector::encode(binary_writer& out, event_time origin, double last, bool changes) const {
  const bool first_day = bands_.learned() && !renewed_;
  out.u8(static_cast<uint8_t>((renewed_ ? 1 : 0) | (adapting_ ? 2 : 0) | (first_day ? 4 : 0) | (anew_ > 0 ? 8 : 0) |
                              (anew_by_person_ ? 16 : 0)));
  for (const auto at : {first_, next_renewal_, last_outside_})
    put_time(out, at, origin);
  features_.encode(out, last);
  if (first_day) {
    out.f64(lo_);
    out.f64(hi_);
  }
  if (anew_ > 0)
    out.u8(anew_);
  changes ? bands_.encode_changes(out) : bands_.encode(out);
}

void state_detector::decode(binary_reader& in, event_time origin, double last, bool changes) {
  const uint8_t flags = in.u8();
  renewed_ = flags & 1;
  adapting_ = flags & 2;
  anew_by_person_ = flags & 16;
  for (auto* at : {&first_, &next_renewal_, &last_outside_})
    *at = get_time(in, origin);
  features_.decode(in, last);
  if (flags & 4) {
    lo_ = in.f64();
    hi_ = in.f64();
  }
  anew_ = flags & 8 ? in.u8() : 0;
  bands_.decode(in, changes);
  // Only what was learned is renewed, and a reading comes before its day's end.
  if ((renewed_ && !bands_.learned()) || (first_ == never) != (features_.readings() == 0) ||
      (first_ == never) != (next_renewal_ == never) || (anew_ > 0 && first_ == never))
    in.fail();
}

} // namespace millwright

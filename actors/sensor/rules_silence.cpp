#include "actors/sensor/deadband.hpp"
#include "actors/sensor/rules_step.hpp"

namespace millwright {

bool sensor_rules::watches_silence() const {
  const auto* kind = type();
  return clock_.started() && kind && kind->report == report_kind::periodic &&
         intervals_.count() >= book_->settings->usual_least;
}

milliseconds sensor_rules::stale_limit() const {
  const auto& settings = *book_->settings;
  const auto usual = static_cast<double>(intervals_.usual().count());
  const auto second = static_cast<double>(intervals_.second_largest().count());
  const double limit = second > settings.stale_irregular_above * usual ? settings.stale_irregular_intervals * second
                                                                       : settings.stale_intervals * usual;
  return std::max(settings.stale_least, milliseconds{static_cast<int64_t>(limit)});
}

milliseconds sensor_rules::stale_page_limit() const {
  const auto& settings = *book_->settings;
  const double limit = settings.stale_page_limits * static_cast<double>(stale_limit().count());
  return std::max({settings.stale_page_after, stale_limit(), milliseconds{static_cast<int64_t>(limit)}});
}

// While its whole split was silent, a sensor that sent nothing has not shown that it sometimes does not: an outage
// counts as long as what the split lived of it, or as what calls no sensor irregular.
void sensor_rules::note_interval(const reading& r) {
  const auto interval = r.time - clock_.newest();
  if (intervals_.count() < book_->settings->usual_least)
    return intervals_.add(interval);
  const double regular = book_->settings->stale_irregular_above * static_cast<double>(intervals_.usual().count());
  if (static_cast<double>(interval.count()) <= regular)
    return intervals_.add(interval);
  intervals_.add(std::min(interval, std::max(clock_.lived(r), milliseconds{static_cast<int64_t>(regular)})));
}

void sensor_rules::notice_silence(event_time at, const occasion& when) {
  fire_until(at, when);
  silence_noticed_ = true;
  const auto& row = book_->settings->of(rule::stale);
  when.out.anomalies.push_back(
      {&when.context, at, last_value_, 0.5, {}, clock_.heard(), at, rule::stale, row.level, anomaly_origin::reading});
  if (row.alarm) {
    conditions_.stop(rule::stale);
    // Whether it pages is decided later.
    conditions_.raise(rule::stale, at, {row.level, row.score, false, absent, absent, {}, {}}, when);
  }
  // What was outside for more than a reading and was not seen to come back is not forgotten with the sensor.
  if (conditions_.pending(rule::limit) && outside_ > 1)
    raise_limit(at, conditions_.find(rule::limit)->level, crossed(when.context.thresholds, last_value_), {}, when);
}

void sensor_rules::page_silence(event_time at, const occasion& when) {
  fire_until(at, when);
  silence_paged_ = true;
  const auto& row = book_->settings->of(rule::stale);
  const auto& t = when.context.thresholds;
  const bool watched = std::isfinite(inner_low(t)) || std::isfinite(inner_high(t)) || std::isfinite(t.rate);
  if (row.pages && watched && conditions_.active(rule::stale))
    conditions_.page(*conditions_.find(rule::stale), at,
                     {row.level, row.score, true, absent, absent, {}, "still silent"}, when);
}

// A reading has come, at `at` on the sensor's own clock.
void sensor_rules::end_silence(event_time at, const occasion& when) {
  auto& c = *conditions_.find(rule::stale);
  if (c.timer == timer_kind::clear && c.deadline <= at)
    conditions_.end(c, transition_kind::cleared, c.deadline, {}, when);
  else
    // A slow clock may not have come to where the silence was noticed.
    conditions_.end_after(rule::stale, std::max(at, c.raised[0]), milliseconds{0}, when);
}

} // namespace millwright

#include "actors/sensor/rules_step.hpp"

#include <bit>

namespace millwright {

bool sensor_rules::judge_quality(step& s) {
  const auto& settings = *book_->settings;
  const auto& row = settings.of(rule::bad_quality);
  if (!(s.r.quality < settings.bad_quality_below)) {
    if (s.in_order && conditions_.live(rule::bad_quality))
      conditions_.end_after(rule::bad_quality, s.r.time, settings.bad_quality_after, s.when());
    return true;
  }
  if (!s.in_order || !judges(rule::bad_quality))
    return false;
  found(s, rule::bad_quality, row.level, 0.5);
  if (!row.alarm)
    return false;
  if (conditions_.active(rule::bad_quality))
    conditions_.stop(rule::bad_quality);
  else
    conditions_.raise_at(rule::bad_quality, s.r.time + settings.bad_quality_after, row.level);
  return false;
}

void sensor_rules::judge_z(step& s) {
  const auto& settings = book_->settings->z;
  const auto& panes = s.windows.recent;
  const bool slow = panes.count() < settings.least_readings;
  if (slow && taught_ < settings.least_readings)
    return;
  const bool may_pass = !book_->score_rows && !conditions_.live(rule::z);
  const double near = 0.99 * settings.clear_below;
  // Nearly every reading.
  if (!slow && may_pass && panes.surely_within(s.r.value, near)) {
    z_votes_ = static_cast<uint8_t>(z_votes_ << 1 & 7);
    return;
  }
  const baseline recent = slow ? baseline{mean_, std::sqrt(variance_), absent, absent, taught_} : panes.figures();
  double spread = recent.stddev;
  if (!(spread > s.type.resolution))
    spread = s.type.resolution;
  if (!(spread > 0))
    return;
  const double away = std::abs(s.r.value - recent.avg);
  // Far enough below the bounds to need no division.
  if (may_pass && away < near * spread) {
    z_votes_ = static_cast<uint8_t>(z_votes_ << 1 & 7);
    return;
  }
  const double z = s.z = away / spread;
  const bool hit = z > settings.medium;
  z_votes_ = static_cast<uint8_t>((z_votes_ << 1 | (hit ? 1 : 0)) & 7);
  if (conditions_.live(rule::z)) {
    if (z < settings.clear_below)
      conditions_.end_after(rule::z, s.r.time, settings.clear_after, s.when());
    else
      conditions_.stop(rule::z);
  }
  if (!hit)
    return;
  const auto level = z > settings.critical ? severity::critical : z > settings.high ? severity::high : severity::medium;
  found(s, rule::z, level, bounded(z / settings.medium), recent, slow ? never : s.windows.recent_start,
        slow ? never : s.windows.recent_end);
  const auto& row = book_->settings->of(rule::z);
  if (!row.alarm || std::popcount(z_votes_) < settings.votes)
    return;
  conditions_.raise(rule::z, s.r.time,
                    {level, static_cast<int>(std::min(10 * z, 1000.0)), row.pages && level == severity::critical,
                     absent, z, recent, slow ? "against its exponential mean: too few readings in five minutes" : ""},
                    s.when());
}

void sensor_rules::judge_rate(step& s) {
  const double most = s.r.context->thresholds.rate;
  if (std::isnan(most) || last_time_ == never)
    return;
  const auto& settings = *book_->settings;
  const auto apart = s.r.time - last_time_;
  if (apart < settings.rate_least_interval)
    return;
  const double change = s.r.value - last_value_;
  // Nearly every reading: far enough below to need no division.
  if (std::abs(change) * 1000 < 0.99 * most * static_cast<double>(apart.count())) {
    too_fast_ = 0;
    return;
  }
  const bool across_gap = intervals_.count() >= settings.usual_least &&
                          static_cast<double>(apart.count()) >
                              settings.rate_gap_intervals * static_cast<double>(intervals_.usual().count());
  if (across_gap || !(std::abs(change) / (static_cast<double>(apart.count()) / 1000) > most)) {
    too_fast_ = 0;
    return;
  }
  const int way = change > 0 ? 1 : -1, before = too_fast_ * way > 0 ? std::abs(too_fast_) : 0;
  too_fast_ = static_cast<int8_t>(way * std::min(before + 1, 100));
  const auto& row = settings.of(rule::rate);
  found(s, rule::rate, row.level, 0.5, {}, last_time_, s.r.time);
  if (!row.alarm)
    return;
  // A glitch goes up and down.
  if (static_cast<uint32_t>(std::abs(too_fast_)) >= settings.rate_readings)
    conditions_.raise(rule::rate, s.r.time,
                      {row.level, row.score, row.pages, most, absent, {}, {}, before > 0 ? last_time_ : s.r.time},
                      s.when());
  conditions_.end_after_last(rule::rate, s.r.time, settings.rate_clear_after, s.when());
}

void sensor_rules::judge_stuck(step& s) {
  const double x = s.r.value;
  if (!(x == run_value_) || !judges(rule::stuck)) {
    run_value_ = x;
    run_start_ = s.r.time;
    run_count_ = 1;
    run_noticed_ = false;
    if (conditions_.live(rule::stuck))
      conditions_.end_after(rule::stuck, s.r.time, milliseconds{0}, s.when());
    return;
  }
  if (run_count_ < 1'000'000'000)
    ++run_count_;
  const auto& settings = *book_->settings;
  if (run_noticed_ || !s.type.stuck_after || run_count_ <= settings.windows.stuck_count ||
      s.r.time - run_start_ < std::max(settings.stuck_least, *s.type.stuck_after))
    return;
  run_noticed_ = true;
  const auto& row = settings.of(rule::stuck);
  const baseline against{x, 0, x, x, run_count_};
  found(s, rule::stuck, row.level, 0.5, against, run_start_, s.r.time);
  if (!row.alarm)
    return;
  if (conditions_.active(rule::stuck))
    conditions_.stop(rule::stuck);
  conditions_.raise(rule::stuck, s.r.time, {row.level, row.score, row.pages, absent, absent, against, {}}, s.when());
}

void sensor_rules::judge_novelty(step& s) {
  const auto& settings = book_->settings->novelty;
  s.novelty = novelty_.take(s.r.value, s.r.hour, s.r.time, settings);
  if (!(s.novelty >= 1) || !novelty_.peaks(s.novelty, s.r.time, settings))
    return;
  const auto& row = book_->settings->of(rule::novelty);
  found(s, rule::novelty, row.level, bounded(s.novelty));
  if (!row.alarm)
    return;
  conditions_.raise(rule::novelty, s.r.time, {row.level, row.score, row.pages, absent, absent, {}, {}}, s.when());
  conditions_.end_after_last(rule::novelty, s.r.time, book_->settings->novelty_clear_after, s.when());
}

} // namespace millwright

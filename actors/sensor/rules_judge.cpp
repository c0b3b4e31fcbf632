#include "actors/sensor/rules_step.hpp"

#include <bit>

namespace millwright {

bool sensor_rules::judge_quality(step& s) {
  const auto& settings = *book_->settings;
  const auto& row = settings.of(rule::bad_quality);
  if (!(s.r.quality < settings.bad_quality_below)) {
    if (s.settled && conditions_.live(rule::bad_quality))
      conditions_.end_after(rule::bad_quality, timer_kind::clear, s.at, settings.bad_quality_after, s.when);
    return true;
  }
  found(s, rule::bad_quality, row.level, 0.5);
  if (s.settled && row.alarm) {
    if (conditions_.active(rule::bad_quality))
      conditions_.stop(rule::bad_quality);
    else
      conditions_.raise_at(rule::bad_quality, s.at + settings.bad_quality_after, row.level);
  }
  return false;
}

bool sensor_rules::judge_range(step& s) {
  const double x = s.r.value;
  const auto& settings = *book_->settings;
  const auto enough = static_cast<uint8_t>(std::clamp<uint32_t>(settings.range_readings, 1, 200));
  if (x >= s.type.range_min && x <= s.type.range_max) {
    if (s.settled) {
      out_of_range_ = 0;
      if (conditions_.live(rule::range) && ++in_range_ >= enough) {
        in_range_ = enough;
        conditions_.end_after(rule::range, timer_kind::clear, s.at, milliseconds{0}, s.when);
      }
    }
    return true;
  }
  const auto& row = settings.of(rule::range);
  found(s, rule::range, row.level, 0.5);
  if (s.settled) {
    in_range_ = 0;
    if (conditions_.live(rule::range))
      conditions_.stop(rule::range);
  }
  if (out_of_range_ < enough)
    ++out_of_range_;
  if (out_of_range_ >= enough && row.alarm && (!conditions_.active(rule::range) || conditions_.unpaged(rule::range))) {
    in_range_ = 0;
    const double limit = x > s.type.range_max ? s.type.range_max : s.type.range_min;
    conditions_.raise(rule::range, s.r.time, {row.level, row.score, row.pages, limit, absent, {}, {}}, s.when);
  }
  return false;
}

void sensor_rules::judge_limit(step& s) {
  const auto& t = s.r.context->thresholds;
  const double x = s.r.value;
  const bool critical = x >= t.high_high || x <= t.low_low;
  if (!critical && !(x >= t.high || x <= t.low)) {
    if (s.settled && conditions_.live(rule::limit)) {
      if (inside_by_deadband(t, s.type, x))
        conditions_.end_after(rule::limit, timer_kind::clear, s.at, s.type.alarm_delay, s.when);
      else
        conditions_.stop(rule::limit);
    }
    return;
  }
  const auto& settings = *book_->settings;
  const auto& row = settings.of(rule::limit);
  const auto level = critical ? severity::critical : row.level;
  found(s, rule::limit, level, 0.5);
  if (!row.alarm)
    return;
  if (s.settled && conditions_.active(rule::limit))
    conditions_.stop(rule::limit);
  if (critical || conditions_.unpaged(rule::limit))
    conditions_.raise(
        rule::limit, s.r.time,
        {level, critical ? settings.limit_critical_score : row.score, row.pages, crossed(t, x), absent, {}, {}},
        s.when);
  else if (s.settled)
    conditions_.raise_at(rule::limit, s.at + s.type.alarm_delay, level);
}

void sensor_rules::judge_z(step& s) {
  const auto& settings = book_->settings->z;
  const bool slow = s.windows.recent.count < settings.least_readings;
  if (slow && taught_ < settings.least_readings)
    return;
  const double avg = slow ? mean_ : s.windows.recent.avg;
  double spread = slow ? std::sqrt(variance_) : s.windows.recent.stddev;
  if (!(spread > s.type.resolution))
    spread = s.type.resolution;
  if (!(spread > 0))
    return;
  const double away = std::abs(s.r.value - avg);
  // Nearly every reading: far enough below the bounds to need no division.
  if (!book_->score_rows && !conditions_.live(rule::z) && away < 0.99 * settings.clear_below * spread) {
    z_votes_ = static_cast<uint8_t>(z_votes_ << 1 & 7);
    return;
  }
  const double z = s.z = away / spread;
  const bool hit = z > settings.medium;
  z_votes_ = static_cast<uint8_t>((z_votes_ << 1 | (hit ? 1 : 0)) & 7);
  if (s.settled && conditions_.live(rule::z)) {
    if (z < settings.clear_below)
      conditions_.end_after(rule::z, timer_kind::clear, s.at, settings.clear_after, s.when);
    else
      conditions_.stop(rule::z);
  }
  if (!hit)
    return;
  const auto level = z > settings.critical ? severity::critical : z > settings.high ? severity::high : severity::medium;
  const auto against = slow ? baseline{mean_, std::sqrt(variance_), absent, absent, taught_} : s.windows.recent;
  found(s, rule::z, level, bounded(z / settings.medium), against, slow ? never : s.windows.recent_start,
        slow ? never : s.windows.recent_end);
  const auto& row = book_->settings->of(rule::z);
  if (!row.alarm || std::popcount(z_votes_) < settings.votes)
    return;
  conditions_.raise(rule::z, s.r.time,
                    {level, static_cast<int>(std::min(10 * z, 1000.0)), row.pages && level == severity::critical,
                     absent, z, against, slow ? "against its exponential mean: too few readings in five minutes" : ""},
                    s.when);
}

void sensor_rules::judge_rate(step& s) {
  const double most = s.r.context->thresholds.rate;
  if (std::isnan(most) || !s.settled || !s.newest || last_time_ == never)
    return;
  const auto& settings = *book_->settings;
  const auto apart = s.r.time - last_time_;
  if (apart < settings.rate_least_interval)
    return;
  const double rate = std::abs(s.r.value - last_value_) / (static_cast<double>(apart.count()) / 1000);
  if (!(rate > most))
    return;
  if (intervals_.count() >= settings.usual_least &&
      static_cast<double>(apart.count()) >
          settings.rate_gap_intervals * static_cast<double>(intervals_.usual().count()))
    return;
  const auto& row = settings.of(rule::rate);
  found(s, rule::rate, row.level, 0.5, {}, last_time_, s.r.time);
  if (!row.alarm)
    return;
  conditions_.raise(rule::rate, s.r.time, {row.level, row.score, row.pages, most, absent, {}, {}}, s.when);
  conditions_.end_after_last(rule::rate, s.at, settings.rate_clear_after, s.when);
}

void sensor_rules::judge_stuck(step& s) {
  if (!s.settled)
    return;
  const double x = s.r.value;
  if (!(x == run_value_)) {
    run_value_ = x;
    run_start_ = s.at;
    run_count_ = 1;
    run_noticed_ = false;
    if (conditions_.live(rule::stuck))
      conditions_.end_after(rule::stuck, timer_kind::clear, s.at, milliseconds{0}, s.when);
    return;
  }
  if (run_count_ < 1'000'000'000)
    ++run_count_;
  const auto& settings = *book_->settings;
  if (run_noticed_ || !s.type.stuck_after || run_count_ <= settings.windows.stuck_count ||
      s.at - run_start_ < std::max(settings.stuck_least, *s.type.stuck_after))
    return;
  run_noticed_ = true;
  const auto& row = settings.of(rule::stuck);
  const baseline against{x, 0, x, x, run_count_};
  found(s, rule::stuck, row.level, 0.5, against, run_start_, s.r.time);
  if (!row.alarm)
    return;
  if (conditions_.active(rule::stuck))
    conditions_.stop(rule::stuck);
  conditions_.raise(rule::stuck, s.r.time, {row.level, row.score, row.pages, absent, absent, against, {}}, s.when);
}

void sensor_rules::judge_novelty(step& s) {
  const auto& settings = book_->settings->novelty;
  // The clock that fills the hours is the sensor's own, so that a step back does not make a day longer.
  s.novelty = s.settled ? novelty_.take(s.r.value, s.r.hour, s.at, settings)
                        : novelty_.judge(s.r.value, s.r.hour, s.at, settings);
  if (!(s.novelty >= 1))
    return;
  // A late reading sets no peak: it is news only beside the peaks that stand.
  auto peaks = novelty_;
  if (!(s.settled ? novelty_ : peaks).peaks(s.novelty, s.at, settings))
    return;
  const auto& row = book_->settings->of(rule::novelty);
  found(s, rule::novelty, row.level, bounded(s.novelty));
  if (!row.alarm)
    return;
  conditions_.raise(rule::novelty, s.r.time, {row.level, row.score, row.pages, absent, absent, {}, {}}, s.when);
  const auto last = s.settled || newest_ == never ? s.at : newest_;
  conditions_.end_after_last(rule::novelty, last, book_->settings->novelty_clear_after, s.when);
}

void sensor_rules::judge_state(step& s) {
  const auto& settings = book_->settings->state;
  const auto said = s.settled ? state_.take(s.r.value, s.at, settings) : state_.judge(s.r.value, settings);
  if (said.learning) {
    if (s.settled && conditions_.active(rule::state))
      conditions_.end(*conditions_.find(rule::state), transition_kind::cleared, s.at, "learns its band anew", s.when);
    return;
  }
  s.state = said.d;
  if (!(said.d > settings.threshold)) {
    if (!s.settled)
      return;
    state_noticed_ = false;
    if (!conditions_.live(rule::state))
      return;
    // It is adapted, not on its way back, only if it stays outside what was learned.
    if (said.in_learned_band())
      conditions_.end_after(rule::state, timer_kind::clear, s.at, settings.clear_after, s.when);
    else if (said.from_learned > settings.threshold)
      conditions_.end_after(rule::state, timer_kind::adapt, s.at, settings.clear_after, s.when);
    else
      conditions_.stop(rule::state);
    return;
  }
  const auto& row = book_->settings->of(rule::state);
  const baseline band{absent, absent, state_.lowest(), state_.highest(), settings.learn};
  if (s.settled && conditions_.live(rule::state))
    conditions_.stop(rule::state);
  bool onset = !state_noticed_;
  if (row.alarm) {
    const double edge = said.v > state_.highest() ? state_.highest() : state_.lowest();
    onset = conditions_.raise(rule::state, s.r.time,
                              {row.level, row.score, row.pages, edge, absent, band,
                               state_.drifts() ? "the limit is of the change over its last readings" : ""},
                              s.when);
  }
  if (onset)
    found(s, rule::state, row.level, bounded(said.d / settings.threshold), band);
  if (s.settled)
    state_noticed_ = true;
}

} // namespace millwright

#include "actors/sensor/deadband.hpp"
#include "actors/sensor/rules_step.hpp"

#include <cmath>

namespace millwright {

bool sensor_rules::judge_range(step& s) {
  const double x = s.r.value;
  const auto& settings = *book_->settings;
  const auto enough = static_cast<uint8_t>(std::clamp<uint32_t>(settings.range_readings, 1, 200));
  if (x >= s.type.range_min && x <= s.type.range_max) {
    if (!s.in_order)
      return true;
    out_of_range_ = 0;
    if (conditions_.live(rule::range) && ++in_range_ >= enough) {
      in_range_ = enough;
      conditions_.end_after(rule::range, s.r.time, milliseconds{0}, s.when());
    }
    return true;
  }
  if (!judges(rule::range))
    return false;
  const auto& row = settings.of(rule::range);
  found(s, rule::range, row.level, 0.5);
  if (s.in_order) {
    in_range_ = 0;
    if (conditions_.live(rule::range))
      conditions_.stop(rule::range);
  }
  if (out_of_range_ < enough)
    ++out_of_range_;
  if (out_of_range_ >= enough && row.alarm && !conditions_.active(rule::range)) {
    in_range_ = 0;
    const double limit = x > s.type.range_max ? s.type.range_max : s.type.range_min;
    conditions_.raise(rule::range, s.r.time, {row.level, row.score, row.pages, limit, absent, {}, {}}, s.when());
  }
  return false;
}

void sensor_rules::judge_limit(step& s) {
  if (!judges(rule::limit))
    return;
  const auto& t = s.r.context->thresholds;
  const double x = s.r.value;
  const bool critical = x >= t.high_high || x <= t.low_low;
  if (!critical && !(x >= t.high || x <= t.low)) {
    if (s.in_order)
      come_back(s);
    return;
  }
  const auto& row = book_->settings->of(rule::limit);
  const auto level = critical ? severity::critical : row.level;
  found(s, rule::limit, level, 0.5);
  if (!row.alarm)
    return;
  if (s.in_order) {
    low_side_ = x <= inner_low(t);
    if (conditions_.active(rule::limit))
      conditions_.stop(rule::limit);
  }
  if (critical)
    return raise_limit(s.r.time, level, crossed(t, x), usual(s), s.when());
  if (!s.in_order)
    return;
  if (!conditions_.live(rule::limit)) {
    outside_ = 1;
    conditions_.raise_at(rule::limit, s.r.time + s.type.alarm_delay, level, !reports_on_change(&s.type));
  } else if (conditions_.pending(rule::limit)) {
    // One reading alone never makes a high or low of what is read again and again.
    outside_ = 2;
    if (s.r.time >= conditions_.find(rule::limit)->deadline)
      raise_limit(s.r.time, level, crossed(t, x), usual(s), s.when());
  }
}

// What it was before: of the panes of the last five minutes, or of a slow sensor all that it has sent.
baseline sensor_rules::usual(const step& s) const {
  if ((s.windows.recent.count() > 0 && of_this_mode(s.windows.recent_start)) || taught_ == 0)
    return s.windows.recent.figures();
  return {mean_, std::sqrt(variance_), absent, absent, taught_};
}

void sensor_rules::raise_limit(event_time at, severity level, double limit, const baseline& before,
                               const occasion& when) {
  const auto& settings = *book_->settings;
  const auto& row = settings.of(rule::limit);
  outside_ = 0;
  // What waits to be raised has waited since the first reading outside.
  const auto onset = conditions_.pending(rule::limit) && when.type
                         ? conditions_.find(rule::limit)->deadline - when.type->alarm_delay
                         : at;
  conditions_.raise(rule::limit, at,
                    {level, score_of(settings, rule::limit, level), row.pages, limit, absent, before, {}, onset}, when);
}

// Of what reports on change: the delay is over, and nothing else has come. Unless limits that were set meanwhile call
// it right.
void sensor_rules::raise_standing(const condition& waiting, occasion when) {
  const bool taught = run_value_ == last_value_;
  const bool measured = !when.type || (run_value_ >= when.type->fault_below && run_value_ <= when.type->fault_above);
  when.previous = taught ? previous_value_ : last_value_;
  when.value = measured ? run_value_ : last_value_;
  const double limit = crossed(when.context.thresholds, when.value);
  if (std::isnan(limit))
    return conditions_.stop(rule::limit);
  raise_limit(waiting.deadline, waiting.level, limit, {}, when);
}

// Beyond what the instrument can measure, on the side where the limit alarm is.
bool sensor_rules::at_stop(const step& s) const {
  return low_side_ ? s.r.value < s.type.range_min : s.r.value > s.type.range_max;
}

// In order, and not outside of a limit.
void sensor_rules::come_back(const step& s) {
  if (!conditions_.live(rule::limit))
    return;
  const auto& t = s.r.context->thresholds;
  const auto band = deadband_of(t, s.type, state_.usual_step(), book_->settings->deadband);
  if (!at_stop(s) && inside_by_deadband(t, band, s.r.value))
    conditions_.end_after(rule::limit, s.r.time, s.type.alarm_delay, s.when());
  else
    conditions_.stop(rule::limit);
}

} // namespace millwright

#include "actors/sensor/rules_step.hpp"

namespace millwright {

void sensor_rules::window_closed(const statistics_row& row, uint16_t split, uint64_t position, sensor_output& out) {
  const auto& settings = *book_->settings;
  const occasion when{*book_, *row.context, &(*book_->types)[row.type], split, position, out, row.last, absent};
  if (row.level < severity::medium || !judges(rule::z) || !of_this_mode(row.start))
    return;
  const baseline against{row.avg, row.stddev, row.min, row.max, row.count};
  out.anomalies.push_back({row.context, row.end, row.last, bounded(row.z / settings.z.medium), against, row.start,
                           row.end, rule::z, row.level, anomaly_origin::window});
  const auto& how = settings.of(rule::z);
  // Not one that is on its way back: whether that is over by now depends on another clock than the windows'.
  if (const auto* c = conditions_.find(rule::z); c && c->active && c->timer == timer_kind::none)
    conditions_.raise(rule::z, row.end,
                      {row.level, static_cast<int>(std::min(10 * row.z, 1000.0)),
                       how.pages && row.level == severity::critical, absent, row.z, against,
                       "by the window that closed"},
                      when);
}

void sensor_rules::window_closed(const patterns_row& row, uint16_t split, uint64_t position, sensor_output& out) {
  const auto& settings = *book_->settings;
  const auto* kind = type();
  const occasion when{*book_, *row.context, kind, split, position, out, last_value_, previous_value_};
  if (!of_this_mode(row.start))
    return;
  const auto report = [&](rule which, const baseline& against) {
    out.anomalies.push_back({row.context, row.end, last_value_, 0.5, against, row.start, row.end, which,
                             settings.of(which).level, anomaly_origin::window});
  };
  if (row.rapid_change && judges(rule::rapid_change)) {
    const auto& how = settings.of(rule::rapid_change);
    report(rule::rapid_change, {absent, absent, absent, absent, row.count});
    if (how.alarm) {
      conditions_.raise(rule::rapid_change, row.end, {how.level, how.score, how.pages, absent, absent, {}, {}}, when);
      conditions_.end_after_last(rule::rapid_change, row.end, settings.rate_clear_after, when);
    }
  }
  // The alarm is the readings' own: they tell for how long.
  if (row.stuck && judges(rule::stuck) && kind && kind->stuck_after)
    report(rule::stuck, {absent, absent, absent, absent, row.count});
}

} // namespace millwright

#include "actors/sensor/rules.hpp"

#include "actors/sensor/rules_step.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace millwright {

const sensor_type* sensor_rules::type() const {
  return typed_ && type_ < book_->types->size() ? &(*book_->types)[type_] : nullptr;
}

bool sensor_rules::idle() const {
  const auto& row = book_->settings->of(rule::stale);
  const bool silence_ahead =
      watches_silence() && judges(rule::stale) && (!silence_noticed_ || (!silence_paged_ && row.tells()));
  return !silence_ahead && conditions_.next_deadline() == forever && !conditions_.live(rule::rapid_change);
}

void sensor_rules::pass(event_time closing, milliseconds silent, const occasion& when) {
  if (closing >= forever)
    return;
  if (clock_.started()) {
    const auto heard = clock_.heard();
    // Nobody waited for it before its rules judged again.
    const auto waited = mode_ ? std::max(heard, mode_->returned) : heard;
    const auto quiet = silent - (waited - heard);
    if (watches_silence() && judges(rule::stale)) {
      if (!silence_noticed_ && quiet >= stale_limit())
        notice_silence(waited + stale_limit(), when);
      // Also later: it may have been given limits meanwhile.
      if (silence_noticed_ && quiet >= stale_page_limit())
        page_silence(waited + stale_page_limit(), when);
    }
    fire_until(heard + silent, when);
  }
  // What windows raise goes with their time.
  if (auto* c = conditions_.find(rule::rapid_change);
      c && c->timer != timer_kind::none && c->deadline + book_->settings->windows.patterns_delay <= closing)
    fire(*c, when);
}

void sensor_rules::fire_until(event_time until, const occasion& when) {
  while (conditions_.next_deadline() <= until)
    fire(*conditions_.due(), when);
}

void sensor_rules::fire(condition& c, const occasion& when) {
  const auto at = c.deadline;
  if (c.timer == timer_kind::clear)
    return conditions_.end(c, transition_kind::cleared, at, {}, when);
  if (c.timer == timer_kind::adapt)
    return conditions_.end(c, transition_kind::adapted, at, {}, when);
  if (c.which == rule::limit)
    return raise_standing(c, when);
  const auto& row = book_->settings->of(c.which);
  // Of these only bad quality waits.
  const auto onset = at - book_->settings->bad_quality_after;
  conditions_.raise(c.which, at, {c.level, row.score, row.pages, absent, absent, {}, {}, onset}, when);
}

void sensor_rules::move_back(milliseconds by) {
  for (auto* at : {&last_time_, &run_start_})
    *at = *at == never ? never : *at - by;
  if (mode_ && mode_->returned != never)
    mode_->returned -= by;
  conditions_.move_back(by);
  state_.move_back(by);
  novelty_.move_back(by);
}

void sensor_rules::take_type(sensor_type_index kind) {
  type_ = kind;
  typed_ = true;
  conditions_.by_reading(rule::limit, !reports_on_change(type()));
}

void sensor_rules::judge(const reading& r, const judged& windows, sensor_output& out) {
  if (!typed_ || type_ != r.type)
    take_type(r.type);
  if (readings_ < 255)
    ++readings_;
  step s{r, windows, (*book_->types)[r.type], out, *this, clock_.in_order(r.time)};
  if (s.in_order) {
    // The value before held until now.
    if (conditions_.next_deadline() <= r.time)
      fire_until(r.time, {*book_, *r.context, &s.type, r.split, r.position, out, last_value_, previous_value_,
                          r.is(reading::at_end)});
    if (clock_.started() && judges(rule::stale) && !(mode_ && mode_->comes_back))
      note_interval(r);
    if (mode_)
      mode_->comes_back = false;
  }
  if (conditions_.live(rule::stale))
    end_silence(s.in_order ? r.time : clock_.now(r.split, r.activity), s.when());
  silence_noticed_ = silence_paged_ = false;
  const auto back = clock_.take(r, book_->settings->set_back);
  if (back.count() > 0)
    move_back(back);
  if (s.calm()) [[likely]] {
    out_of_range_ = 0;
    judge_stuck(s);
    judge_measured(s);
  } else if (judge_quality(s)) {
    judge_process(s);
  }
  if (book_->score_rows)
    score(s);
}

void sensor_rules::judge_process(step& s) {
  if (s.in_order)
    judge_stuck(s);
  const bool measured = judge_range(s);
  // A gauge at its stop is still beyond its limit; beyond its fault there is no measurement.
  if (s.r.value >= s.type.fault_below && s.r.value <= s.type.fault_above)
    judge_limit(s);
  else if (s.in_order && at_stop(s) && conditions_.active(rule::limit))
    conditions_.stop(rule::limit);
  if (measured && s.in_order)
    judge_measured(s);
}

void sensor_rules::judge_measured(step& s) {
  if (mode_) [[unlikely]]
    return judge_in_mode(s);
  judge_z(s);
  judge_rate(s);
  judge_novelty(s);
  judge_state(s);
  teach(s);
}

void sensor_rules::teach(const step& s) {
  teach_mean(s.r.value);
  note_taken(s);
}

void sensor_rules::teach_mean(double x) {
  if (taught_ == 0) {
    mean_ = x;
    variance_ = 0;
  } else {
    const double weight = book_->settings->z.slow_weight, away = x - mean_;
    mean_ += weight * away;
    variance_ = (1 - weight) * (variance_ + weight * away * away);
  }
  if (taught_ < 255)
    ++taught_;
}

// What alarms tell, and the rate is reckoned from.
void sensor_rules::note_taken(const step& s) {
  previous_value_ = last_value_;
  last_value_ = s.r.value;
  last_time_ = s.r.time;
}

void sensor_rules::found(step& s, rule which, severity level, double score, const baseline& against, event_time start,
                         event_time end) {
  s.violated = true;
  s.out.anomalies.push_back(
      {s.r.context, s.r.time, s.r.value, score, against, start, end, which, level, anomaly_origin::reading});
}

void sensor_rules::score(const step& s) {
  const double z = bounded(s.z / book_->settings->z.medium), novelty = bounded(s.novelty), state = bounded(s.state);
  double largest = 0;
  const auto states = conditions_.active();
  if (readings_ >= 10) {
    for (const double one : {z, novelty, state})
      largest = std::isnan(one) ? largest : std::max(largest, one);
    // Rules without a measure of their own count half while they hold.
    rule_set measured;
    for (const rule which : {rule::z, rule::state, rule::novelty})
      measured.put(which);
    if (s.violated || (states.bits & ~measured.bits) != 0)
      largest = std::max(largest, 0.5);
  }
  s.out.scores.push_back({s.r.context, s.r.time, largest, states, z, novelty, state});
}

} // namespace millwright

#include "actors/sensor/rules.hpp"

#include "actors/sensor/rules_step.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace millwright {

namespace {

/// Of a text that is rarely longer than a date. Never 0, which stands for no text.
uint32_t hash_of(const std::string& text) {
  uint64_t h = 0x9e3779b97f4a7c15ull + text.size();
  for (size_t i = 0; i < text.size(); i += 8) {
    uint64_t block = 0;
    std::memcpy(&block, text.data() + i, std::min<size_t>(8, text.size() - i));
    h = (h ^ block) * 0xff51afd7ed558ccdull;
    h ^= h >> 32;
  }
  return static_cast<uint32_t>(h) | 1;
}

} // namespace

const sensor_type* sensor_rules::type() const {
  return typed_ && type_ < book_->types->size() ? &(*book_->types)[type_] : nullptr;
}

milliseconds sensor_rules::stale_limit() const {
  const auto& settings = *book_->settings;
  const double limit = settings.stale_intervals * static_cast<double>(intervals_.usual().count());
  return std::max(settings.stale_least, milliseconds{static_cast<int64_t>(limit)});
}

bool sensor_rules::idle() const {
  const auto* kind = type();
  const bool silence_ahead = newest_ != never && !silence_noticed_ && kind && kind->report == report_kind::periodic &&
                             intervals_.count() >= book_->settings->usual_least;
  return !silence_ahead && conditions_.next_deadline() == forever;
}

void sensor_rules::follow_calibration(const sensor_context& context) {
  if (context.calibration_date.empty())
    return;
  const uint32_t now = hash_of(context.calibration_date);
  if (calibration_ != 0 && now != calibration_)
    relearn();
  calibration_ = now;
}

void sensor_rules::relearn() {
  state_ = {};
  novelty_ = {};
  mean_ = variance_ = 0;
  taught_ = 0;
  z_votes_ = 0;
}

void sensor_rules::pass(event_time closing, milliseconds activity, const sensor_context& context, uint16_t split,
                        uint64_t position, sensor_output& out) {
  const occasion when{*book_, context, type(), split, position, out, last_value_, previous_value_};
  const bool silent = newest_ != never && !silence_noticed_ && when.type &&
                      when.type->report == report_kind::periodic &&
                      intervals_.count() >= book_->settings->usual_least && activity - active_at_ >= stale_limit();
  const auto known = closing >= forever ? never : closing;
  if (silent) {
    const auto at = newest_ + stale_limit();
    fire_until(std::min(known, at), when);
    notice_silence(at, when);
  }
  fire_until(known, when);
}

void sensor_rules::notice_silence(event_time at, const occasion& when) {
  silence_noticed_ = true;
  const auto& row = book_->settings->of(rule::stale);
  when.out.anomalies.push_back(
      {&when.context, at, last_value_, 0.5, {}, newest_, at, rule::stale, row.level, anomaly_origin::reading});
  if (!row.alarm)
    return;
  conditions_.stop(rule::stale);
  conditions_.raise(rule::stale, at, {row.level, row.score, row.pages, absent, absent, {}, {}}, when);
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
  const auto& row = book_->settings->of(c.which);
  finding why{c.level, row.score, row.pages, absent, absent, {}, {}};
  if (c.which == rule::limit)
    why.limit = crossed(when.context.thresholds, last_value_);
  conditions_.raise(c.which, at, why, when);
}

void sensor_rules::judge(const reading& r, const judged& windows, sensor_output& out) {
  follow_calibration(*r.context);
  type_ = r.type;
  typed_ = true;
  if (readings_ < 255)
    ++readings_;
  const bool far = r.is(reading::far_ahead) || (r.is(reading::ahead) && r.is(reading::replayed));
  step s{r,
         windows,
         (*book_->types)[r.type],
         {*book_, *r.context, type(), r.split, r.position, out, r.value, last_value_,
          r.watermark != never && r.watermark - r.time > book_->settings->historical_after},
         !windows.late && !far,
         windows.newest && !far,
         r.time};
  if (s.newest) {
    if (s.settled) {
      occasion before = s.when;
      before.value = last_value_;
      before.previous = previous_value_;
      fire_until(r.time, before);
      if (conditions_.live(rule::stale)) {
        auto& c = *conditions_.find(rule::stale);
        if (c.timer == timer_kind::clear && c.deadline <= r.time)
          conditions_.end(c, transition_kind::cleared, c.deadline, {}, before);
        else
          conditions_.end_after(rule::stale, timer_kind::clear, r.time, milliseconds{0}, s.when);
      }
      if (newest_ != never)
        intervals_.add(r.time - newest_);
    }
    newest_ = std::max(newest_, r.time);
    active_at_ = std::max(active_at_, r.activity);
    silence_noticed_ = false;
  }
  // The order of arrival counts: a reading that is on time but older than the newest is taken as if it came now.
  if (s.settled)
    s.at = std::max(newest_, r.time);
  if (judge_quality(s)) {
    judge_stuck(s);
    if (judge_range(s)) {
      judge_limit(s);
      judge_z(s);
      judge_rate(s);
      judge_novelty(s);
      judge_state(s);
      if (s.settled)
        teach(s);
    }
  }
  if (book_->score_rows)
    score(s);
}

void sensor_rules::teach(const step& s) {
  const double x = s.r.value;
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
  if (!s.newest)
    return;
  previous_value_ = last_value_;
  last_value_ = x;
  last_time_ = s.r.time;
}

void sensor_rules::found(step& s, rule which, severity level, double score, const baseline& against, event_time start,
                         event_time end) {
  s.violated = true;
  s.when.out.anomalies.push_back(
      {s.r.context, s.r.time, s.r.value, score, against, start, end, which, level, anomaly_origin::reading});
}

void sensor_rules::score(const step& s) {
  double largest = 0;
  const auto states = conditions_.active();
  if (readings_ >= 10) {
    largest = std::max({bounded(s.z / book_->settings->z.medium), bounded(s.novelty),
                        bounded(std::max(0.0, s.state) / book_->settings->state.threshold)});
    // Rules without a measure of their own count half while they hold.
    rule_set measured;
    for (const rule which : {rule::z, rule::state, rule::novelty})
      measured.put(which);
    if (s.violated || (states.bits & ~measured.bits) != 0)
      largest = std::max(largest, 0.5);
  }
  s.when.out.scores.push_back({s.r.context, s.r.time, largest, states});
}

} // namespace millwright

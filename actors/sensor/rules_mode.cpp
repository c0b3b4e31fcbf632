#include "actors/sensor/deadband.hpp"
#include "actors/sensor/rules_step.hpp"
#include "actors/sensor/stored_time.hpp"
#include "protocol/operating_mode.hpp"

#include <algorithm>
#include <string>

namespace millwright {

void sensor_rules::follow_mode(bool not_judged, event_time at, const occasion& when) {
  const auto mode = operating_mode::of(when.context.when.view()).value_or(operating_mode{});
  const rule_set now = not_judged && !mode.all_of.empty() ? mode.rules : rule_set{};
  const rule_set before = mode_ ? mode_->not_judged : rule_set{};
  if (mode_ || now != before)
    mode_.made().of = when.context.when;
  if (now == before)
    return;
  mode_->not_judged = now;
  const auto each = [](rule_set all, auto&& act) {
    for (int i = 0; i < static_cast<int>(first_node_rule); ++i)
      if (const auto which = static_cast<rule>(i); all.has(which))
        act(which);
  };
  const std::string reason = mode.reason();
  each({now.bits & ~before.bits}, [&](rule which) {
    if (conditions_.active(which))
      conditions_.end(*conditions_.find(which), transition_kind::cleared, at, reason, when);
    else
      conditions_.stop(which);
    leave(which);
  });
  const rule_set back{before.bits & ~now.bits};
  if (back.bits == 0)
    return;
  mode_->returned = at;
  mode_->comes_back = true;
  each(back, [&](rule which) { return_to(which, at, when); });
}

// What was under way does not go on behind it.
void sensor_rules::leave(rule which) {
  switch (which) {
  case rule::limit:
    outside_ = 0;
    break;
  case rule::z:
    z_votes_ = 0;
    break;
  case rule::state:
    state_noticed_ = false;
    break;
  case rule::rate:
    too_fast_ = 0;
    break;
  case rule::range:
    out_of_range_ = in_range_ = 0;
    break;
  case rule::stale:
    silence_noticed_ = silence_paged_ = false;
    break;
  case rule::stuck:
    run_noticed_ = false;
    break;
  default:
    break;
  }
}

// What stands is judged anew, and raised when its delay is over.
void sensor_rules::return_to(rule which, event_time at, const occasion& when) {
  leave(which);
  if (which == rule::state)
    state_.end_lessons();
  if (which == rule::rate)
    last_time_ = never;
  if (which == rule::stuck && run_count_ > 0) {
    run_start_ = at;
    run_count_ = 1;
  }
  // Of what reports on change nothing more need come. What is critical without a delay is so by a reading: it is seen
  // twice, as every other.
  if (which != rule::limit || !reports_on_change(type()) || !book_->settings->of(rule::limit).alarm)
    return;
  const auto& t = when.context.thresholds;
  const double standing = crossed(t, run_value_);
  if (std::isnan(standing))
    return;
  const bool critical = standing == t.high_high || standing == t.low_low;
  low_side_ = run_value_ <= inner_low(t);
  outside_ = 1;
  conditions_.raise_at(rule::limit, at + type()->alarm_delay,
                       critical ? severity::critical : book_->settings->of(rule::limit).level);
}

void sensor_rules::judge_in_mode(step& s) {
  // Panes of another mode say nothing of this one.
  if (judges(rule::z) && (s.windows.recent.count() == 0 || of_this_mode(s.windows.recent_start)))
    judge_z(s);
  else
    z_votes_ = 0;
  if (judges(rule::rate))
    judge_rate(s);
  if (judges(rule::novelty))
    judge_novelty(s);
  if (judges(rule::state))
    judge_state(s);
  if (judges(rule::z))
    teach_mean(s.r.value);
  note_taken(s);
}

void sensor_rules::encode_mode(binary_writer& out, event_time newest) const {
  out.u32(mode_->not_judged.bits);
  out.u8(mode_->comes_back ? 1 : 0);
  put_time(out, mode_->returned, newest);
}

void sensor_rules::decode_mode(binary_reader& in, event_time newest) {
  auto& mode = mode_.made();
  mode.not_judged.bits = in.u32();
  const uint8_t flags = in.u8();
  mode.comes_back = flags & 1;
  mode.returned = get_time(in, newest);
  if ((mode.not_judged.bits & ~judged_by_sensors.bits) != 0 || flags > 1)
    in.fail();
}

} // namespace millwright

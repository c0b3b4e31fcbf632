#include "actors/sensor/rules_step.hpp"
#include "protocol/alarm_reasons.hpp"
#include "protocol/figure.hpp"

namespace millwright {

namespace {

// What a person checks it by: the feature, its value, its range, how often that was tried out, how far outside.
std::string words(const state_departure& x) {
  std::string out{name_of(x.which)};
  out += ' ';
  out += figure_of(x.v);
  out += " outside of its normal ";
  out += figure_of(x.lo);
  out += " .. ";
  out += figure_of(x.hi);
  out += " by ";
  out += figure_of(x.d, 3);
  out += " widths; range tried out " + std::to_string(x.turns) + " times";
  return out;
}

} // namespace

void sensor_rules::judge_state(step& s) {
  const auto& settings = book_->settings->state;
  const auto said = state_.take(s.r.value, s.r.time, settings);
  auto* alarm = conditions_.live(rule::state) ? conditions_.find(rule::state) : nullptr;
  if (said.learning) {
    // Of a rule that knew another kind of range.
    if (alarm && alarm->active)
      conditions_.end(*alarm, transition_kind::cleared, s.r.time, alarm_reason::learns_anew, s.when());
    return;
  }
  s.state = said.departure.s;
  if (said.departure.s > 1)
    return raise_state(s, said);
  state_noticed_ = false;
  if (!alarm || said.outside())
    return;
  const auto delay =
      alarm->chattering ? std::max(settings.clear_after, book_->settings->chatter_within) : settings.clear_after;
  if (said.inside_for >= delay)
    conditions_.end(*alarm, said.adapted ? transition_kind::adapted : transition_kind::cleared, s.r.time, {}, s.when());
}

void sensor_rules::raise_state(step& s, const state_verdict& said) {
  const auto& settings = book_->settings->state;
  const auto& row = book_->settings->of(rule::state);
  const auto& departure = said.departure;
  const bool high = said.experienced && departure.s > settings.pages_at;
  const auto level = high ? row.level : std::min(row.level, severity::medium);
  const auto before = conditions_.active(rule::state) ? conditions_.find(rule::state)->level : severity::normal;
  bool news = !state_noticed_;
  state_noticed_ = true;
  if (row.alarm) {
    news = level > before;
    if (!news)
      return;
    conditions_.raise(rule::state, s.r.time,
                      {level,
                       high ? row.score : settings.shown_score,
                       row.pages && high,
                       absent,
                       absent,
                       {absent, absent, departure.lo, departure.hi, departure.turns},
                       words(departure)},
                      s.when());
  }
  if (news)
    found(s, rule::state, level, bounded(departure.s), {absent, absent, departure.lo, departure.hi, departure.turns});
}

} // namespace millwright

#include "runtime/node/node_conditions.hpp"

namespace millwright {

std::optional<alarm_transition> node_conditions::raise(rule which, const std::string& subject, event_time at,
                                                       std::string reason) {
  if (!settings_->of(which).alarm)
    return std::nullopt;
  auto& state = conditions_[{which, subject}];
  if (state.active)
    return std::nullopt;
  state.active = true;
  ++state.raises;
  state.raised_at = at;
  state.number = 0;
  state.alarm = alarm_id_of({{}, {}, {subject}, which}, at, state.raises);
  return step(which, subject, state, transition_kind::raised, at, std::move(reason));
}

std::optional<alarm_transition> node_conditions::clear(rule which, const std::string& subject, event_time at,
                                                       std::string reason) {
  const auto it = conditions_.find({which, subject});
  if (it == conditions_.end() || !it->second.active)
    return std::nullopt;
  it->second.active = false;
  return step(which, subject, it->second, transition_kind::cleared, at, std::move(reason));
}

bool node_conditions::active(rule which, const std::string& subject) const {
  const auto it = conditions_.find({which, subject});
  return it != conditions_.end() && it->second.active;
}

void node_conditions::restore(rule which, const std::string& subject, const uuid& alarm, uint32_t number,
                              event_time raised_at) {
  auto& state = conditions_[{which, subject}];
  state.active = true;
  state.raises = 1;
  state.alarm = alarm;
  state.number = number;
  state.raised_at = raised_at;
}

alarm_transition node_conditions::step(rule which, const std::string& subject, condition& state, transition_kind kind,
                                       event_time at, std::string reason) const {
  const auto& row = settings_->of(which);
  alarm_transition result;
  result.alarm = state.alarm;
  result.number = ++state.number;
  result.kind = kind;
  result.condition = {{}, {}, {subject}, which};
  result.at = at;
  result.raised_at = state.raised_at;
  result.level = row.level;
  result.priority = priority_of(*settings_, which, row.score, {});
  result.reason = std::move(reason);
  result.pages = kind == transition_kind::raised && row.pages;
  result.position = ~uint64_t{0};
  return result;
}

} // namespace millwright

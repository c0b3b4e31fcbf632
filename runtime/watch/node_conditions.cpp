#include "runtime/watch/node_conditions.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

constexpr milliseconds told_again{60'000};
constexpr const char* was_told = "it was told";

} // namespace

std::optional<alarm_transition> node_conditions::begin(rule which, const std::string& subject, event_time at,
                                                       std::string reason) {
  auto& state = conditions_[{which, subject}];
  const bool again = state.raises > 0 && at - state.ended_at <= settings_->reopen_within && at >= state.ended_at;
  if (!again) {
    ++state.raises;
    state.raised_at = at;
    state.number = 0;
    state.paged = false;
    state.alarm = alarm_id_of({{}, {}, {subject}, which}, at, state.raises);
  }
  std::erase_if(state.recent, [&](event_time each) { return at - each > settings_->chatter_within; });
  state.recent.push_back(at);
  state.active = true;
  state.chattering = state.recent.size() >= std::max<size_t>(settings_->chatter_raises, 2);
  state.ends_at = forever;
  state.told_at = at;
  state.reason = reason;
  return step(which, subject, state, again ? transition_kind::reopened : transition_kind::raised, at,
              std::move(reason));
}

std::optional<alarm_transition> node_conditions::raise(rule which, const std::string& subject, event_time at,
                                                       std::string reason) {
  if (!settings_->of(which).alarm)
    return std::nullopt;
  const auto known = conditions_.find({which, subject});
  if (known == conditions_.end() || !known->second.active)
    return begin(which, subject, at, std::move(reason));
  known->second.ends_at = forever;
  known->second.restored = false;
  return std::nullopt;
}

std::optional<alarm_transition> node_conditions::update(rule which, const std::string& subject, event_time at,
                                                        std::string reason) {
  if (auto raised = raise(which, subject, at, reason))
    return raised;
  const auto known = conditions_.find({which, subject});
  if (known == conditions_.end() || known->second.reason == reason)
    return std::nullopt;
  auto& state = known->second;
  if (state.told_at != never && at - state.told_at < told_again && at >= state.told_at)
    return std::nullopt;
  state.told_at = at;
  state.reason = reason;
  return step(which, subject, state, transition_kind::updated, at, std::move(reason));
}

std::optional<alarm_transition> node_conditions::happened(rule which, const std::string& subject, event_time at,
                                                          std::string reason, milliseconds lasts) {
  auto raised = raise(which, subject, at, std::move(reason));
  if (const auto known = conditions_.find({which, subject}); known != conditions_.end()) {
    known->second.ends_at = at + lasts;
    known->second.end_reason = was_told;
  }
  return raised;
}

alarm_transition node_conditions::end(rule which, const std::string& subject, condition& state, event_time at,
                                      std::string reason) {
  auto result = step(which, subject, state, transition_kind::cleared, at, std::move(reason));
  state.active = state.chattering = state.restored = false;
  state.ended_at = at;
  state.ends_at = forever;
  return result;
}

std::optional<alarm_transition> node_conditions::clear(rule which, const std::string& subject, event_time at,
                                                       std::string reason) {
  const auto it = conditions_.find({which, subject});
  if (it == conditions_.end() || !it->second.active)
    return std::nullopt;
  auto& state = it->second;
  if (!state.chattering)
    return end(which, subject, state, at, std::move(reason));
  if (state.ends_at == forever) {
    state.ends_at = at + settings_->chatter_within;
    state.end_reason = std::move(reason);
  }
  return std::nullopt;
}

std::vector<alarm_transition> node_conditions::due(event_time now) {
  std::vector<alarm_transition> result;
  for (auto& [key, state] : std::exchange(doubled_, {}))
    result.push_back(end(key.first, key.second, state, now, "another alarm tells of it"));
  for (auto it = conditions_.begin(); it != conditions_.end();) {
    auto& [key, state] = *it;
    if (state.active && state.ends_at <= now)
      result.push_back(end(key.first, key.second, state, now, state.end_reason));
    const bool forgotten = !state.active && now - state.ended_at > settings_->reopen_within &&
                           (state.recent.empty() || now - state.recent.back() > settings_->chatter_within);
    it = forgotten ? conditions_.erase(it) : std::next(it);
  }
  return result;
}

bool node_conditions::active(rule which, const std::string& subject) const {
  const auto it = conditions_.find({which, subject});
  return it != conditions_.end() && it->second.active;
}

bool node_conditions::is_left(rule which, const std::string& subject) const {
  const auto it = conditions_.find({which, subject});
  return it != conditions_.end() && it->second.restored;
}

std::vector<std::string> node_conditions::left(rule which) const {
  std::vector<std::string> result;
  for (const auto& [key, state] : conditions_)
    if (key.first == which && state.restored)
      result.push_back(key.second);
  return result;
}

void node_conditions::happened_before(rule which, std::string_view subjects, milliseconds lasts) {
  for (auto& [key, state] : conditions_)
    if (key.first == which && state.restored && key.second.starts_with(subjects)) {
      state.restored = false;
      state.ends_at = state.recent.back() + lasts;
      state.end_reason = was_told;
    }
}

void node_conditions::restore(const alarm_record& known) {
  const auto& of = known.raise.condition;
  condition found;
  found.active = found.restored = known.state != alarm_state::cleared;
  found.paged = known.raise.pages;
  found.chattering = found.active && known.latest.chattering;
  found.raises = raises_in(known.id(), of, known.raise.raised_at);
  found.alarm = known.id();
  found.number = known.last_number;
  found.raised_at = known.raise.raised_at;
  found.ended_at = found.active ? never : known.latest.at;
  found.recent = {known.latest.kind == transition_kind::reopened ? known.latest.at : found.raised_at};
  auto& state = conditions_[{of.which, of.unit.text}];
  if (state.raises > 0) {
    // Times say little where the wall clock was set back meanwhile: what stands is not hidden by what is over.
    const bool older = state.active == found.active ? found.raised_at < state.raised_at : state.active;
    if (state.active && found.active)
      doubled_.emplace_back(std::pair{of.which, of.unit.text}, older ? found : state);
    if (older)
      return;
  }
  state = std::move(found);
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
  // By its rule; whoever was told of the alarm is not woken once more by the same severity.
  const bool wakes = kind == transition_kind::raised || (kind == transition_kind::reopened && !state.paged);
  result.pages = wakes && row.pages;
  state.paged = state.paged || result.pages;
  result.was = kind != transition_kind::raised && state.paged ? row.level : severity::normal;
  result.chattering = state.chattering;
  result.fresh = true;
  result.position = ~uint64_t{0};
  return result;
}

} // namespace millwright

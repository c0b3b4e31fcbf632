#include "runtime/replay/newest_states.hpp"

namespace millwright {

void newest_states::take(const barrier_output& output) {
  std::lock_guard guard{mutex_};
  for (const auto& each : output.states) {
    auto& [whole, changes] = states_[each.context->key];
    (each.whole_at == 0 ? whole : changes) = output.state_of(each);
    if (each.whole_at == 0)
      changes.clear();
  }
}

std::string newest_states::of(const sensor_key& key) const {
  std::lock_guard guard{mutex_};
  const auto it = states_.find(key);
  return it == states_.end() ? std::string{} : it->second.first + it->second.second;
}

void newest_states::each(const visitor& visit) const {
  std::lock_guard guard{mutex_};
  std::string state;
  for (const auto& [key, parts] : states_) {
    state = parts.first;
    state += parts.second;
    visit(key, state);
  }
}

} // namespace millwright

#include "runtime/ledger/memory_ledger.hpp"

#include "protocol/alarm.hpp"
#include "protocol/failure.hpp"

#include <algorithm>
#include <stdexcept>

namespace millwright {

void memory_ledger::commit(const ledger_commit& batch) {
  const std::lock_guard lock{mutex_};
  if (batch.number != state_.number + 1)
    throw std::logic_error{"commit " + std::to_string(batch.number) + " follows " + std::to_string(state_.number)};
  std::vector<transition_name> names;
  for (const auto& encoded : batch.transitions) {
    binary_reader reader{encoded};
    const auto transition = decode_alarm_transition(reader);
    if (!transition)
      throw std::invalid_argument{"an alarm transition that is none was given to the ledger"};
    names.emplace_back(transition->alarm, transition->number);
  }
  uint32_t ordinal = 0;
  const auto take = [&](const result_block& block) {
    if (sink_)
      sink_(block);
    else
      results_.insert_or_assign({block.kind, {batch.number, ordinal++}},
                                kept_block{block.first, block.last, block.rows, std::string{block.lines}});
  };
  if (batch.results)
    batch.results(take);
  for (const auto& [name, state] : batch.splits)
    state_.splits.insert_or_assign(name, state);
  for (const auto& [name, position] : batch.positions)
    state_.positions.insert_or_assign(name, position);
  keep(sensors_, batch.number, batch.sensors, batch.forgotten);
  keep(actors_, batch.number, batch.actors, batch.forgotten_actors);
  for (size_t i = 0; i < names.size(); ++i)
    if (std::find(transition_names_.begin(), transition_names_.end(), names[i]) == transition_names_.end()) {
      transition_names_.push_back(names[i]);
      state_.transitions.push_back(batch.transitions[i]);
    }
  for (const auto& name : batch.journaled)
    if (const auto at = std::find(transition_names_.begin(), transition_names_.end(), name);
        at != transition_names_.end()) {
      state_.transitions.erase(state_.transitions.begin() + (at - transition_names_.begin()));
      transition_names_.erase(at);
    }
  for (const auto& [counter, label, delta] : batch.counters)
    state_.counters[{counter, label}] += delta;
  for (const auto& [name, state] : batch.node)
    if (state.empty())
      state_.node.erase(name);
    else
      state_.node.insert_or_assign(name, state);
  state_.number = batch.number;
}

void memory_ledger::keep(kept_states& in, uint64_t number, const std::vector<state_record>& changed,
                         const std::vector<std::string>& forgotten) {
  for (const auto& key : forgotten)
    in.erase(key);
  for (const auto& each : changed) {
    auto known = in.find(each.key);
    if (known == in.end())
      known = in.emplace(each.key, kept_state{}).first;
    auto& state = known->second;
    if (each.whole_at == 0)
      state = {number, std::string{each.state}, {}};
    else if (state.whole_at != each.whole_at)
      throw std::logic_error{"changes since a whole state that is not there"};
    else
      state.changes = each.state;
  }
}

std::optional<ledger_state> memory_ledger::find(const kept_states& in, std::string_view key) {
  const std::lock_guard lock{mutex_};
  const auto found = in.find(key);
  if (found == in.end())
    return std::nullopt;
  return ledger_state{found->second.whole + found->second.changes, found->second.whole_at};
}

void memory_ledger::visit_all(const kept_states& in, const state_visitor& visit) {
  const std::lock_guard lock{mutex_};
  for (const auto& [key, state] : in)
    visit(key, state.whole + state.changes, state.whole_at);
}

std::optional<stored_sensor> memory_ledger::sensor(std::string_view key) {
  return find(sensors_, key);
}

void memory_ledger::for_each_sensor(const state_visitor& visit) {
  visit_all(sensors_, visit);
}

std::optional<ledger_state> memory_ledger::actor(std::string_view key) {
  return find(actors_, key);
}

void memory_ledger::for_each_actor(const state_visitor& visit) {
  visit_all(actors_, visit);
}

recovered_state memory_ledger::load() {
  const std::lock_guard lock{mutex_};
  return state_;
}

std::string memory_ledger::identity() {
  const std::lock_guard lock{mutex_};
  return state_.identity;
}

void memory_ledger::set_identity(const std::string& identity) {
  const std::lock_guard lock{mutex_};
  if (state_.identity.empty())
    state_.identity = identity;
  else if (state_.identity != identity)
    throw failure{failure_code::ledger_foreign_source, "",
                  "it holds the states of " + state_.identity + ", but the source is " + identity};
}

result_cursor memory_ledger::read_results(result_kind kind, result_cursor after, size_t most_bytes,
                                          const result_visitor& visit) {
  const std::lock_guard lock{mutex_};
  size_t seen = 0;
  for (auto at = results_.upper_bound({kind, after}); at != results_.end() && at->first.first == kind; ++at) {
    if (seen != 0 && seen >= most_bytes)
      break;
    const auto& block = at->second;
    after = at->first.second;
    visit(after, {kind, block.first, block.last, block.rows, block.lines});
    seen += std::max<size_t>(block.lines.size(), 1);
  }
  return after;
}

result_cursor memory_ledger::before_newest(result_kind kind, uint64_t rows) {
  const std::lock_guard lock{mutex_};
  uint64_t behind = 0;
  auto at = results_.upper_bound({kind, {~uint64_t{0}, ~uint32_t{0}}});
  while (at != results_.begin() && std::prev(at)->first.first == kind) {
    --at;
    if (behind >= rows)
      return at->first.second;
    behind += at->second.rows;
  }
  return {};
}

} // namespace millwright

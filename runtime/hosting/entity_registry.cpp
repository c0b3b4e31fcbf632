#include "runtime/hosting/entity_registry.hpp"

#include "runtime/ledger/ledger.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace millwright {

std::vector<gathering_target> entity_registry::targets_of(const sensor_context& sensor) {
  std::vector<gathering_target> out;
  std::lock_guard guard{mutex_};
  for (uint16_t type = 0; type < types_.size(); ++type) {
    found_.clear();
    types_.type(type).targets(sensor, types_.settings(type), found_);
    for (const auto& each : found_)
      out.push_back({add_locked(each, type), type});
  }
  out.shrink_to_fit();
  return out;
}

void entity_registry::moved(uint32_t barrier, const sensor_context& before, const gathering_targets& now) {
  std::lock_guard guard{mutex_};
  for (const auto& each : before.targets)
    if (std::find(now.begin(), now.end(), each) == now.end())
      notices_.push_back({barrier, each.index, {hosted_notice::kind::left, before.key.sensor.text}});
}

void entity_registry::tell(uint32_t barrier, uint32_t index, hosted_notice notice) {
  std::lock_guard guard{mutex_};
  notices_.push_back({barrier, index, std::move(notice)});
}

std::vector<entity_registry::told> entity_registry::notices(uint32_t barrier) {
  std::vector<told> out;
  std::lock_guard guard{mutex_};
  const auto later = std::stable_partition(notices_.begin(), notices_.end(),
                                           [&](const told& each) { return each.barrier <= barrier; });
  out.assign(std::make_move_iterator(notices_.begin()), std::make_move_iterator(later));
  notices_.erase(notices_.begin(), later);
  return out;
}

std::optional<uint32_t> entity_registry::add(const entity_key& key) {
  const uint16_t type = types_.find(key.type);
  if (type == types_.size())
    return std::nullopt;
  std::lock_guard guard{mutex_};
  return add_locked(key, type);
}

uint32_t entity_registry::add_locked(const entity_key& key, uint16_t type) {
  const auto [at, added] = by_key_.emplace(actor_ledger_key(key), static_cast<uint32_t>(entries_.size()));
  if (added)
    entries_.push_back({&at->first, type});
  return at->second;
}

uint32_t entity_registry::size() const {
  std::lock_guard guard{mutex_};
  return static_cast<uint32_t>(entries_.size());
}

entity_key entity_registry::key(uint32_t index) const {
  return actor_of_ledger_key(ledger_key(index));
}

std::string_view entity_registry::ledger_key(uint32_t index) const {
  std::lock_guard guard{mutex_};
  return *entries_[index].key;
}

uint16_t entity_registry::type_of(uint32_t index) const {
  std::lock_guard guard{mutex_};
  return entries_[index].type;
}

std::optional<uint32_t> entity_registry::find(const entity_key& key) const {
  std::lock_guard guard{mutex_};
  const auto found = by_key_.find(actor_ledger_key(key));
  return found == by_key_.end() ? std::nullopt : std::optional{found->second};
}

} // namespace millwright

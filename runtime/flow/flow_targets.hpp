#pragma once

#include "protocol/entity.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace millwright {

/// Targets by number, from 0 on, in the order in which they were first named. None is forgotten: there are as many as a
/// shard has heard of in the life of its owner.
class flow_targets {
public:
  uint32_t number_of(std::string_view type, std::string_view facility, std::string_view id);
  uint32_t number_of(const entity_key& target) { return number_of(target.type, target.facility.text, target.id); }
  const entity_key& operator[](uint32_t number) const { return targets_[number]; }
  size_t size() const { return targets_.size(); }

private:
  std::unordered_map<std::string, uint32_t> numbers_;
  std::deque<entity_key> targets_;
  /// What is looked for.
  std::string key_;
};

} // namespace millwright

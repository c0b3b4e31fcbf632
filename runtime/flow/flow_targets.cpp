#include "runtime/flow/flow_targets.hpp"

#include "protocol/binary.hpp"

namespace millwright {

uint32_t flow_targets::number_of(std::string_view type, std::string_view facility, std::string_view id) {
  key_.clear();
  binary_writer writer{key_};
  writer.text(type);
  writer.text(facility);
  writer.text(id);
  const auto [at, added] = numbers_.try_emplace(key_, static_cast<uint32_t>(targets_.size()));
  if (added)
    targets_.push_back({std::string{type}, {std::string{facility}}, std::string{id}});
  return at->second;
}

} // namespace millwright

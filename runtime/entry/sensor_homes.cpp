#include "runtime/entry/sensor_homes.hpp"

#include <algorithm>

namespace millwright {

bool sensor_homes::took(uint32_t slot, uint16_t home, uint16_t split) {
  const auto [at, is_new] = shared_.try_emplace(slot);
  auto& of = at->second;
  if (is_new)
    of.feeding.push_back(home);
  if (std::find(of.feeding.begin(), of.feeding.end(), split) == of.feeding.end())
    of.feeding.push_back(split);
  of.run = of.run > 0 && of.last == split ? std::min(of.run + 1, in_a_row) : 1;
  of.last = split;
  return is_new;
}

const std::vector<uint16_t>& sensor_homes::feeding(uint32_t slot) const {
  static const std::vector<uint16_t> none;
  const auto at = shared_.find(slot);
  return at == shared_.end() ? none : at->second.feeding;
}

std::map<uint16_t, std::vector<uint32_t>> sensor_homes::settled(size_t most) const {
  std::map<uint16_t, std::vector<uint32_t>> result;
  for (const auto& [slot, of] : shared_) {
    if (of.run < in_a_row)
      continue;
    if (most-- == 0)
      break;
    result[of.last].push_back(slot);
  }
  return result;
}

} // namespace millwright

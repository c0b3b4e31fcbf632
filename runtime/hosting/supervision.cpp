#include "runtime/hosting/supervision.hpp"

namespace millwright {

supervision::verdict supervision::died(uint32_t slot, uint16_t split, std::optional<uint64_t> position,
                                       uint64_t readings) {
  auto& record = records_.try_emplace(slot, limit_).first->second;
  const bool twice = position && record.position == position && record.split == split;
  // The second death of the same reading is the same mishap: it does not count again.
  const bool too_many = !twice && record.intensity.died(readings);
  ++restarts_;
  if (too_many || record.quarantined) {
    record.quarantined = true;
    return verdict::quarantine;
  }
  record.position = twice ? std::nullopt : position;
  record.split = split;
  return twice ? verdict::restart_without : verdict::restart;
}

bool supervision::quarantined(uint32_t slot) const {
  const auto it = records_.find(slot);
  return it != records_.end() && it->second.quarantined;
}

} // namespace millwright

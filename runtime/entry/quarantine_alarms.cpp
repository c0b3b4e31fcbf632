#include "runtime/entry/quarantine_alarms.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <string_view>

namespace millwright {

void quarantine_alarms::quarantined(uint32_t slot, const std::string& reason) {
  const auto& key = sensors_[slot].context->key;
  status_.quarantined.fetch_add(1, std::memory_order_relaxed);
  spdlog::error("sensor {} of {} is quarantined: {}", key.sensor.text, key.facility.text, reason);
  own_.wrong(rule::quarantined, key.facility.text + "/" + key.sensor.text,
             "its actor died again and again; its readings go to the dead letters: " + reason);
}

// A start gives every sensor another chance: what the last run set aside is judged on by what this one sees of it.
void quarantine_alarms::look() {
  for (const auto& subject : own_.left(rule::quarantined)) {
    uint32_t slot = sensor_registry::none;
    for (auto at = subject.find('/'); at != subject.npos && slot == sensor_registry::none;
         at = subject.find('/', at + 1))
      slot = sensors_.find(std::string_view{subject}.substr(0, at), std::string_view{subject}.substr(at + 1));
    if (slot == sensor_registry::none || sensors_[slot].quarantined)
      continue;
    if (const auto taken = sensors_[slot].readings; taken >= 2 * uint64_t{restarts_})
      own_.fine(rule::quarantined, subject, fmt::format("its actor has taken {} readings since a restart", taken));
  }
}

} // namespace millwright

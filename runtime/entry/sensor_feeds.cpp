#include "runtime/entry/sensor_feeds.hpp"

#include "protocol/binary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace millwright {

namespace {

constexpr size_t settled_at_once = 4096;

} // namespace

void sensor_feeds::took_elsewhere(uint32_t slot, uint16_t split) {
  auto& entry = sensors_[slot];
  // A stored split may be one that the source no longer has.
  if (!entry.has_split || entry.split >= splits_.size()) {
    entry.split = split;
    entry.has_split = true;
    ++splits_[split].sensors;
    return;
  }
  if (!homes_.took(slot, entry.split, split))
    return;
  entry.shared = true;
  share_.count("misconfigured", "sensor-in-two-splits");
}

event_time sensor_feeds::smallest_of(uint32_t slot, const split_state& own) const {
  event_time smallest = forever;
  for (const uint16_t each : homes_.feeding(slot))
    if (!splits_[each].silent)
      smallest = std::min(smallest, splits_[each].clock.watermark());
  return smallest == forever ? own.clock.watermark() : smallest;
}

// A sensor whose last readings all came from one split is at home there: an entry of the log, for it decides what
// closes its windows.
void sensor_feeds::settle() {
  for (const auto& [number, settled] : homes_.settled(settled_at_once)) {
    auto& split = splits_[number];
    if (!split.ahead.empty())
      continue;
    std::string content;
    binary_writer out{content};
    for (const auto slot : settled) {
      out.text(sensors_[slot].context->key.facility.text);
      out.text(sensors_[slot].context->key.sensor.text);
    }
    decisions_.decide(split, {decision::kind::moved, split.next, std::move(content)});
  }
}

void sensor_feeds::look() {
  settle();
  if (homes_.empty()) {
    own_.not_found(rule::misconfigured, subject_, "each sensor's readings come in one split");
    return;
  }
  const auto [slot, feeding] = homes_.example();
  const auto& key = sensors_[slot].context->key;
  std::vector<std::string_view> names;
  for (const auto each : feeding)
    names.push_back(splits_[each].name);
  own_.tell_reason(
      rule::misconfigured, subject_,
      fmt::format("readings of {} sensors come in more than one split, for example {}/{} in {}: they have no "
                  "common order",
                  homes_.count(), key.facility.text, key.sensor.text, fmt::join(names, " and ")));
}

void sensor_feeds::move(split_state& split, const std::string& content) {
  binary_reader in{content};
  while (in.ok() && !in.at_end()) {
    const auto facility = in.text(), sensor = in.text();
    const auto slot = in.ok() ? sensors_.find(facility, sensor) : sensor_registry::none;
    if (slot == sensor_registry::none)
      continue;
    auto& entry = sensors_[slot];
    if (entry.has_split && entry.split < splits_.size())
      --splits_[entry.split].sensors;
    entry.split = splits_.number_of(split);
    entry.has_split = true;
    ++split.sensors;
    entry.shared = false;
    // Its metadata is that of another split now.
    entry.joined = 0;
    homes_.settle(slot);
  }
}

void sensor_feeds::left(uint32_t slot, uint16_t split) {
  homes_.settle(slot);
  if (split < splits_.size())
    --splits_[split].sensors;
}

} // namespace millwright

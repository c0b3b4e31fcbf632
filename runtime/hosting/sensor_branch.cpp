#include "runtime/hosting/sensor_branch.hpp"

#include "protocol/json.hpp"
#include "runtime/hosting/ask_actor.hpp"

#include <algorithm>
#include <charconv>

namespace millwright {

namespace {

const actor_path root{"node"};
/// Sensors that are looked at, and told of, in one go on the driver's thread: about a millisecond's work.
constexpr uint64_t slice = 4096;
constexpr uint32_t told_at_once = 1000;

actor_path path_of_shard(uint32_t number) {
  return {"node", "shard", std::to_string(number)};
}

} // namespace

std::optional<uint32_t> sensor_branch::shard_of(const actor_path& path) const {
  if (path.parts.size() < 3 || !path.begins({"node", "shard"}))
    return std::nullopt;
  uint32_t number = 0;
  const auto& text = path.parts[2];
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_one = problem == std::errc{} && end == text.data() + text.size() && number < keeper_.shards().size();
  return is_one ? std::optional{number} : std::nullopt;
}

actor_line sensor_branch::line_of_shard(uint32_t number) const {
  return {path_of_shard(number), root, "shard", actor_state::living};
}

std::optional<actor_line> sensor_branch::line_of_sensor(uint32_t slot) const {
  const auto& entry = keeper_.sensors()[slot];
  if (!entry.context)
    return std::nullopt;
  auto path = path_of_shard(keeper_.shard_of(slot));
  auto own = path;
  const auto& key = entry.context->key;
  own.parts.insert(own.parts.end(), {"sensor", key.facility.text, key.sensor.text});
  const auto state = entry.quarantined ? actor_state::quarantined
                     : entry.actor     ? actor_state::living
                                       : actor_state::resting;
  return actor_line{std::move(own), std::move(path), "sensor", state};
}

// Slots go to the shards in turn (sensor_keeper::shard_of): of one every so many-th is looked at.
uint32_t sensor_branch::slot_at(uint32_t shard, uint64_t index) const {
  return static_cast<uint32_t>(shard + index * keeper_.shards().size());
}

uint64_t sensor_branch::slots_of(uint32_t shard) const {
  const uint64_t shards = keeper_.shards().size(), slots = keeper_.sensors().size();
  return slots > shard ? (slots - shard + shards - 1) / shards : 0;
}

uint64_t sensor_branch::count_sensors(uint32_t shard) {
  uint64_t count = 0, at = 0, size = 1;
  while (at < size) {
    ask_.ask([&] {
      size = slots_of(shard);
      for (const uint64_t end = std::min(size, at + slice); at < end; ++at)
        count += keeper_.sensors()[slot_at(shard, at)].context != nullptr;
    });
  }
  return count;
}

void sensor_branch::count(const actor_path& parent, std::vector<actor_count>& out) {
  if (parent == root) {
    out.push_back({"shard", keeper_.shards().size()});
  } else if (const auto shard = shard_of(parent); shard && parent.parts.size() == 3) {
    if (const auto sensors = count_sensors(*shard); sensors > 0)
      out.push_back({"sensor", sensors});
  }
}

actor_batch sensor_branch::children(const actor_path& parent, std::string_view kind, uint64_t from, uint32_t limit) {
  if (parent == root && kind == "shard")
    return batch_of(from, keeper_.shards().size(), limit, slice,
                    [&](uint64_t number) { return line_of_shard(static_cast<uint32_t>(number)); });
  const auto shard = shard_of(parent);
  if (!shard || parent.parts.size() != 3 || kind != "sensor")
    return {};
  actor_batch out;
  ask_.ask([&] {
    out = batch_of(from, slots_of(*shard), std::min(limit, told_at_once), slice,
                   [&](uint64_t index) { return line_of_sensor(slot_at(*shard, index)); });
  });
  return out;
}

std::optional<actor_line> sensor_branch::find(const actor_path& path) {
  const auto shard = shard_of(path);
  if (!shard)
    return std::nullopt;
  if (path.parts.size() == 3)
    return line_of_shard(*shard);
  if (path.parts.size() != 6 || path.parts[3] != "sensor")
    return std::nullopt;
  std::optional<actor_line> out;
  ask_.ask([&] {
    const auto slot = keeper_.sensors().find(path.parts[4], path.parts[5]);
    if (slot != sensor_registry::none && keeper_.shard_of(slot) == *shard)
      out = line_of_sensor(slot);
  });
  return out;
}

// The driver's thread.
std::string sensor_branch::state_of_sensor(uint32_t slot) const {
  const auto& entry = keeper_.sensors()[slot];
  const auto& context = *entry.context;
  std::string out;
  json_object line{out};
  line.text("facility_id", context.key.facility.text)
      .text("sensor_id", context.key.sensor.text)
      .text_or_null("equipment_id", context.equipment.text)
      .text_or_null("unit", context.unit)
      .text_or_null("split", entry.has_split ? split_name_(entry.split) : std::string{})
      .boolean("fed_by_several_splits", entry.shared)
      .integer("readings", static_cast<int64_t>(entry.readings))
      .time("seen", entry.seen)
      .time("told", entry.told)
      .integer("slot", slot)
      .integer("actors_so_far", entry.incarnation)
      .integer("sent_barrier", entry.changed)
      .integer("answered_barrier", outputs_.answered(slot))
      .close();
  return out;
}

std::optional<std::string> sensor_branch::describe(const actor_line& line) {
  if (line.kind == "shard")
    return description_of(system_, keeper_.shards()[*shard_of(line.path)]);
  std::optional<std::string> out;
  ask_.ask([&] {
    const auto slot = keeper_.sensors().find(line.path.parts[4], line.path.parts[5]);
    if (slot != sensor_registry::none)
      out = state_of_sensor(slot);
  });
  return out;
}

} // namespace millwright

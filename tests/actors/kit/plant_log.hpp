#pragma once

#include "actors/kit/hosted_model.hpp"
#include "tests/actors/kit/tallied.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

/// A log of readings as a node stamps it, and the way from it to an actor's rows: shards that gather, barriers that
/// fall anywhere, bytes in between.
namespace millwright::plant {

using namespace std::chrono_literals;

inline const event_time start = from_epoch_ms(1'767'225'600'000); // 2026-01-01T00:00:00Z

inline sensor_type type_named(std::string name) {
  sensor_type out;
  out.name = std::move(name);
  return out;
}

struct logged {
  reading of;
  const sensor_type* type = nullptr;
  /// Behind it.
  event_time closing = never, newest = never;

  contribution as_contribution() const { return {of, *type}; }
};

/// Splits as the semantics have them: each stamps its readings with its own time before them.
class log {
public:
  explicit log(int splits = 1)
      : times_(static_cast<size_t>(splits), never), silent_(times_.size()), awake_(times_.size(), never) {}

  const sensor_context& sensor(std::string facility, std::string id, std::string unit = {}, std::string line = {},
                               std::string facility_name = {}) {
    auto info = std::make_shared<facility_info>();
    info->id.text = facility;
    info->known = !facility_name.empty();
    info->name = std::move(facility_name);
    info->production_line = std::move(line);
    sensor_context context;
    context.key = {{std::move(facility)}, {std::move(id)}};
    context.facility = std::move(info);
    context.equipment.text = std::move(unit);
    return contexts_.emplace_back(std::move(context));
  }
  const sensor_type& type(const std::string& name) {
    auto found = types_.find(name);
    if (found == types_.end())
      found = types_.emplace(name, std::make_unique<sensor_type>(type_named(name))).first;
    return *found->second;
  }

  struct more {
    double quality = absent;
    uint16_t split = 0;
    uint8_t hour = 0, flags = 0;
    std::string type = std::string{"generic"};
  };

  logged& add(const sensor_context& of, event_time at, double value) { return add(of, at, value, more{}); }
  logged& add(const sensor_context& of, event_time at, double value, const more& what) {
    logged& out = entries.emplace_back();
    auto& time = times_[what.split];
    if (silent_[what.split]) {
      silent_[what.split] = false;
      awake_[what.split] = smallest_but(what.split);
    }
    out.of.time = at;
    out.of.value = value;
    out.of.quality = what.quality;
    out.of.watermark = time;
    out.of.position = entries.size();
    out.of.context = &of;
    out.of.split = what.split;
    out.of.hour = what.hour;
    out.of.flags = what.flags;
    out.type = &type(what.type);
    out.of.awake_from = awake_[what.split];
    time = out.as_contribution().split_time();
    out.closing = closing();
    out.newest = *std::max_element(times_.begin(), times_.end());
    return out;
  }
  void fall_silent(uint16_t split) { silent_[split] = true; }

  std::deque<logged> entries;

private:
  event_time smallest_but(size_t split) const {
    event_time out = forever;
    for (size_t i = 0; i < times_.size(); ++i)
      if (i != split && !silent_[i])
        out = std::min(out, times_[i]);
    return out == forever ? never : out;
  }
  event_time closing() const { return smallest_but(times_.size()); }

  std::deque<sensor_context> contexts_;
  std::map<std::string, std::unique_ptr<sensor_type>> types_;
  std::vector<event_time> times_;
  std::vector<bool> silent_;
  std::vector<event_time> awake_;
};

/// How a log is made into rows.
struct way {
  size_t shards = 1;
  /// Readings between two barriers: up to twice as many, by chance.
  size_t barrier_after = 1000;
  /// Parts and the model become bytes and are read again.
  bool bytes = false;
  uint64_t seed = 1;
  /// The end of a replay.
  bool ends = true;
  /// Readings come as the shards give them, several of a sensor in a tally; else each alone.
  bool tallies = false;
};

inline std::vector<std::string> taken(hosted_output& out) {
  std::vector<std::string> rows;
  for (const auto& each : out.rows)
    rows.push_back(each.json);
  out.clear();
  return rows;
}

/// All rows of an actor, in its order.
template <hosted_model Model>
std::vector<std::string> rows_of(const std::deque<logged>& entries, const hosted_birth& birth, const way& how = {},
                                 std::function<bool(const logged&)> takes = {}) {
  using part = typename Model::part;
  std::mt19937_64 random{how.seed};
  const auto chance = [&](size_t n) { return static_cast<size_t>(random() % n); };
  auto model = std::make_unique<Model>(birth);
  std::vector<part> shards;
  tally_bounds bounds;
  if constexpr (requires { part::bounds(*birth.settings, bounds); })
    if (birth.settings)
      part::bounds(*birth.settings, bounds);
  std::vector<tallied<part>> tallies(how.shards, tallied<part>{bounds});
  hosted_output out;
  std::vector<std::string> rows;
  const auto begin = [&] {
    shards.clear();
    for (size_t i = 0; i < how.shards; ++i)
      shards.push_back(part_of<part>(birth));
  };
  const auto barrier = [&](const logged& last) {
    for (size_t i = 0; i < shards.size(); ++i)
      tallies[i].end(shards[i]);
    std::shuffle(shards.begin(), shards.end(), random);
    part whole;
    for (size_t i = 0; i < shards.size(); ++i) {
      if (how.bytes) {
        std::string bytes;
        shards[i].encode(bytes);
        part read;
        REQUIRE(read.decode(bytes));
        shards[i] = std::move(read);
      }
      if (i == 0)
        whole = std::move(shards[i]);
      else
        whole.merge(shards[i]);
    }
    model->take(std::move(whole), out);
    time_passed time;
    time.closing = last.closing;
    time.newest = last.newest;
    model->pass(time, out);
    if (how.bytes) {
      std::string bytes;
      std::as_const(*model).encode(bytes);
      model = std::make_unique<Model>(birth);
      REQUIRE(model->decode(bytes));
      std::string again;
      std::as_const(*model).encode(again);
      REQUIRE(again == bytes);
    }
    for (auto& each : taken(out))
      rows.push_back(std::move(each));
    begin();
  };
  begin();
  size_t left = 1 + chance(2 * how.barrier_after);
  for (const auto& each : entries) {
    if (!takes || takes(each)) {
      const size_t shard = std::hash<sensor_key>{}(each.of.context->key) % how.shards;
      if (how.tallies)
        tallies[shard].take(shards[shard], each.as_contribution());
      else
        shards[shard].take(each.as_contribution());
    }
    if (--left == 0) {
      barrier(each);
      left = 1 + chance(2 * how.barrier_after);
    }
  }
  if (!entries.empty())
    barrier(entries.back());
  if (how.ends)
    model->end(out);
  for (auto& each : taken(out))
    rows.push_back(std::move(each));
  return rows;
}

/// Bytes of a part and a state with a few of them changed are refused, or read as something that can be gone on with:
/// shown, ended, and stored in a form that is read again.
template <hosted_model Model>
void change_bytes(const std::deque<logged>& entries, const hosted_birth& birth, uint64_t seed) {
  std::mt19937_64 random{seed};
  const auto changed = [&](std::string bytes) {
    for (uint64_t i = 0; i <= random() % 3; ++i)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    return bytes;
  };
  auto part = part_of<typename Model::part>(birth);
  for (const auto& each : entries)
    part.take(each.as_contribution());
  std::string gathered, stored;
  part.encode(gathered);
  Model whole{birth};
  hosted_output out;
  whole.take(std::move(part), out);
  std::as_const(whole).encode(stored);
  size_t read = 0;
  for (int round = 0; round < 300; ++round) {
    Model model{birth};
    typename Model::part damaged;
    const bool good = model.decode(changed(stored));
    read += good;
    if (!good || !damaged.decode(changed(gathered)))
      continue;
    std::string json, again;
    json_object view{json};
    model.show(view, damaged);
    model.take(std::move(damaged), out);
    model.encode(again);
    CHECK(Model{birth}.decode(again));
    model.end(out);
  }
  CHECK(read > 0);
}

/// Everything that readings do: late, ahead, without quality or unit, of several splits of which one falls silent,
/// while metadata name the facility anew. Values are multiples of 1/64, so that a plain sum of them is exact.
inline log random_log(uint64_t seed, size_t readings = 3000) {
  std::mt19937_64 random{seed};
  const auto chance = [&](uint64_t n) { return random() % n; };
  const auto splits = static_cast<int>(1 + chance(3));
  log out{splits};
  const std::vector<std::string> types{"power", "vibration", "temperature", "pressure", "Power"};
  std::vector<std::vector<const sensor_context*>> sensors;
  const size_t count = 1 + chance(30);
  for (size_t i = 0; i < count; ++i) {
    const std::string unit = chance(4) == 0 ? std::string{} : std::string{"U-"} + std::to_string(chance(6));
    auto& of = sensors.emplace_back();
    for (const char* name : {"Plant", "Works", ""})
      of.push_back(&out.sensor("f", std::string{"s"} + std::to_string(i), unit, "L1", name));
  }
  event_time clock = start - 1h * static_cast<int>(chance(1'000'000));
  const auto step = static_cast<int64_t>(1 + chance(4000));
  for (size_t i = 0; i < readings; ++i) {
    clock += milliseconds{static_cast<int64_t>(chance(static_cast<uint64_t>(2 * step)))};
    if (chance(500) == 0)
      clock += milliseconds{static_cast<int64_t>(chance(3'600'000))};
    const size_t sensor = chance(sensors.size());
    const auto split = static_cast<uint16_t>(sensor % static_cast<size_t>(splits));
    if (splits > 1 && chance(300) == 0)
      out.fall_silent(static_cast<uint16_t>(chance(static_cast<uint64_t>(splits - 1))));
    log::more what;
    what.split = split;
    what.hour = static_cast<uint8_t>(epoch_ms(clock) / 3'600'000 % 24);
    what.type = types[sensor % types.size()];
    // On, just below and just above what is counted.
    const double qualities[] = {absent, 0, 0.5, 0.7999999999999999, 0.8, 0.95, 0.9500000000000001, 1};
    what.quality = qualities[chance(8)];
    event_time at =
        clock - milliseconds{chance(3) == 0 ? static_cast<int64_t>(chance(chance(2) == 0 ? 900'000 : 200'000)) : 0};
    if (chance(5) == 0)
      at = align_down(at, 30s) + milliseconds{static_cast<int64_t>(chance(3)) - 1};
    if (chance(50) == 0) {
      what.flags = reading::ahead;
      at += 1h;
      if (chance(3) == 0) {
        what.flags |= reading::far_ahead;
        at += 24h;
      }
    }
    const auto& context = *sensors[sensor][std::min<size_t>(2, i * 3 / readings)];
    out.add(context, at, static_cast<double>(static_cast<int64_t>(chance(2'000'000)) - 1'000'000) / 64, what);
  }
  return out;
}

} // namespace millwright::plant

// Readings at random: late, ahead, of several sensors, types and splits, with pauses and leaps; barriers anywhere,
// parts cut and merged at random, tallies or readings alone, restarts in between. The records are those of the plain
// implementation, to the last bit.

#include "tests/actors/equipment/plain_unit.hpp"
#include "tests/actors/kit/tallied.hpp"

#include <doctest/doctest.h>

#include <random>

namespace unit_property_test {

using namespace millwright;
using namespace millwright::test;

namespace {

struct chance {
  std::mt19937_64 random;

  int64_t below(int64_t n) { return static_cast<int64_t>(random() % static_cast<uint64_t>(n)); }
  bool one_in(int64_t n) { return below(n) == 0; }
  milliseconds up_to(milliseconds most) { return milliseconds{below(most.count() + 1)}; }
};

// What shards gathered, as it arrives: each perhaps stored in between, merged in any order.
unit_part merged(std::vector<unit_part> parts, chance& dice) {
  std::shuffle(parts.begin(), parts.end(), dice.random);
  for (auto& each : parts)
    if (dice.one_in(2)) {
      std::string bytes;
      each.encode(bytes);
      REQUIRE(each.decode(bytes));
    }
  while (parts.size() > 1) {
    const auto last = std::move(parts.back());
    parts.pop_back();
    parts[static_cast<size_t>(dice.below(static_cast<int64_t>(parts.size())))].merge(last);
  }
  return std::move(parts.front());
}

struct run {
  int splits = 1, readings = 400;
  bool between = false;
  /// About so many readings from a barrier to the next.
  int apart = 10;
  /// Readings come as tallies, as from the shards; else each alone.
  bool tallies = false;
};

void compare(const run& how, uint64_t seed) {
  chance dice{std::mt19937_64{seed}};
  actor_settings settings{equipment_settings()};
  REQUIRE(settings.set("runtime", how.between ? "between_readings" : "per_reading"));
  const auto splits = static_cast<size_t>(how.splits);
  unit_log log{splits};
  log.sensors({"temperature", "power", "vibration", "power", "generic"});
  plain_unit plain{log, splits, how.between};
  watched_unit unit{log, &settings};
  std::vector<unit_part> shards(3);
  tally_bounds bounds;
  unit_part::bounds(settings, bounds);
  std::vector<tallied<unit_part>> tallies(3, tallied<unit_part>{bounds});
  const auto end_tallies = [&] {
    for (size_t i = 0; i < shards.size(); ++i)
      tallies[i].end(shards[i]);
  };

  const auto moved = [&](size_t split, auto move) {
    const auto before = log.now().splits[split];
    move();
    const auto after = log.now().splits[split];
    if (before.time != never)
      plain.passed(split, before.time, after.time, after.activity);
  };
  for (size_t split = 0; split < splits; ++split)
    log.others(split, day_begins + dice.up_to(1min));
  for (int i = 0; i < how.readings; ++i) {
    const auto split = static_cast<size_t>(dice.below(how.splits));
    const event_time now = log.time(split);
    if (dice.one_in(60)) {
      // The split as a whole lives on without this unit, step by step.
      const event_time until = now + 8min + dice.up_to(6min);
      while (log.time(split) < until)
        moved(split, [&] { log.others(split, log.time(split) + 1s + dice.up_to(4s)); });
    } else if (dice.one_in(80)) {
      moved(split, [&] { log.leaps(split, now + dice.up_to(30min)); });
    }
    event_time time = log.time(split) + (dice.one_in(20) ? dice.up_to(40s) : dice.up_to(4s));
    uint8_t flags = 0;
    if (dice.one_in(8))
      time = log.time(split) - dice.up_to(dice.one_in(3) ? 20min : 1min);
    else if (dice.one_in(40)) {
      time = log.time(split) + 10s + dice.up_to(30min);
      flags = reading::ahead;
      if (dice.one_in(4))
        flags |= reading::far_ahead;
    }
    const auto sensor = static_cast<size_t>(dice.below(5));
    const double value =
        sensor == 1 ? 5000 + static_cast<double>(dice.below(400)) / 7 : static_cast<double>(dice.below(1000)) / 13;
    const double quality = dice.one_in(10) ? absent : static_cast<double>(dice.below(1000)) / 999;
    const unit_log::entry* said = nullptr;
    // What this reading itself passes over is passed after it.
    const auto before = log.now().splits[split];
    said = &log.speak(split, sensor, time, value, quality, flags);
    plain.reads(*said);
    const auto after = log.now().splits[split];
    plain.passed(split, before.time, after.time, after.activity);
    const auto shard = static_cast<size_t>(how.tallies ? static_cast<int64_t>(sensor) % 3 : dice.below(3));
    if (how.tallies)
      tallies[shard].take(shards[shard], log.contribution_of(*said));
    else
      shards[shard].take(log.contribution_of(*said));

    if (dice.one_in(how.apart)) {
      end_tallies();
      unit.open = merged(std::move(shards), dice);
      shards.assign(3, {});
      unit.barrier();
      if (dice.one_in(3))
        unit.restart();
    }
  }
  end_tallies();
  unit.open = merged(std::move(shards), dice);
  const event_time end = log.now().newest;
  unit.end();
  const auto expected = plain.lines(end);
  for (const std::string kind : {"equipment", "sessions", "equipment-state"}) {
    CAPTURE(kind);
    const auto found = expected.find(kind);
    REQUIRE(found != expected.end());
    const auto& lines = unit.lines[kind];
    for (size_t i = 0; i < std::min(lines.size(), found->second.size()); ++i) {
      CAPTURE(i);
      REQUIRE(lines[i] == found->second[i]);
    }
    REQUIRE(lines.size() == found->second.size());
  }
}

} // namespace

TEST_CASE("the records of a unit that one split feeds are those of the plain implementation wherever barriers fall") {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    compare({1, 400, seed % 2 == 0, seed % 3 == 0 ? 3 : seed % 3 == 1 ? 30 : 1000, seed % 4 < 2}, seed);
  }
}

TEST_CASE("the records of a unit that several splits feed are those of the plain implementation") {
  for (uint64_t seed = 100; seed < 160; ++seed) {
    CAPTURE(seed);
    compare({static_cast<int>(2 + seed % 2), 500, seed % 2 == 0, seed % 3 == 0 ? 3 : 40, seed % 4 < 2}, seed);
  }
}

} // namespace unit_property_test

#include "tests/actors/equipment/unit_log.hpp"

#include <doctest/doctest.h>

#include <random>

namespace unit_part_test {

using namespace millwright;
using namespace millwright::test;

namespace {

unit_part gathered(unit_log& log, int readings) {
  unit_part part;
  for (int i = 0; i < readings; ++i)
    part.take(log.contribution_of(log.speak(0, static_cast<size_t>(i) % 2, day_begins + i * 20s, 0.1 * i, 0.9)));
  return part;
}

} // namespace

TEST_CASE("a part holds its unit's readings by type and minute, by sensor and by stretch") {
  unit_log log;
  log.sensors({"temperature", "power"});
  const auto part = gathered(log, 6);
  CHECK(part.types() == std::vector<std::string>{"temperature", "power"});
  REQUIRE(part.panes().size() == 4);
  CHECK(part.panes()[0].start == day_begins);
  CHECK(part.panes()[0].value.count == 2);
  REQUIRE(part.news().size() == 2);
  CHECK(part.news()[1].sensor == "S-1");
  CHECK(part.news()[1].count == 3);
  CHECK(part.news()[1].value == 0.5);
  CHECK(part.news()[1].time == day_begins + 100s);
  CHECK(part.news()[1].first_heard == day_begins + 20s);
  REQUIRE(part.stretches().size() == 1);
  CHECK(part.stretches()[0].count == 6);
  CHECK(part.stretches()[0].panes.size() == 4);
}

TEST_CASE("a sensor's last reading is the last by time, then by place, whatever the order of arrival") {
  unit_log log;
  log.sensors({"temperature"});
  const auto& first = log.speak(0, 0, day_begins + 10s, 1);
  const auto& late = log.speak(0, 0, day_begins + 5s, 2);
  unit_part one, other;
  one.take(log.contribution_of(late));
  other.take(log.contribution_of(first));
  one.merge(other);
  REQUIRE(one.news().size() == 1);
  CHECK(one.news()[0].value == 1);
  CHECK(one.news()[0].count == 2);
}

TEST_CASE("a part that came from elsewhere goes on with readings of this process") {
  unit_log log;
  log.sensors({"temperature", "power"});
  std::string bytes;
  gathered(log, 6).encode(bytes);
  unit_part part;
  REQUIRE(part.decode(bytes));
  part.take(log.contribution_of(log.speak(0, 0, day_begins + 119s, 7)));
  CHECK(part.types().size() == 2);
  REQUIRE(part.news().size() == 2);
  CHECK(part.news()[0].count == 4);
  CHECK(part.panes().size() == 4);
}

TEST_CASE("two sensors are two though a table elsewhere gave them one place") {
  unit_log log, other;
  log.sensors({"temperature"});
  other.sensors({"temperature", "temperature"});
  unit_part part;
  part.take(log.contribution_of(log.speak(0, 0, day_begins, 1)));
  auto said = other.speak(0, 1, day_begins + 1s, 2);
  auto context = other.context(1);
  context.slot = log.context(0).slot;
  said.of.context = &context;
  part.take(other.contribution_of(said));
  CHECK(part.news().size() == 2);
}

TEST_CASE("stretches that a reading bridges are one, and the first reading is the split's first") {
  unit_log log;
  log.sensors({"temperature"});
  log.others(0, day_begins);
  const auto& first = log.speak(0, 0, day_begins + 5s, 1, 0.2);
  log.others(0, day_begins + 8min);
  const auto& bridge = log.speak(0, 0, day_begins + 8min, 2);
  log.others(0, day_begins + 16min);
  const auto& last = log.speak(0, 0, day_begins + 16min, 3);
  unit_part part;
  part.take(log.contribution_of(last));
  part.take(log.contribution_of(first));
  REQUIRE(part.stretches().size() == 2);
  part.take(log.contribution_of(bridge));
  REQUIRE(part.stretches().size() == 1);
  const auto& stretch = part.stretches()[0];
  CHECK(stretch.count == 3);
  CHECK(stretch.faults == 1);
  CHECK(stretch.began == day_begins + 5s);
  CHECK(stretch.first_fault);
  CHECK(stretch.panes.size() == 3);
}

TEST_CASE("a part survives its stored form; a newer one and damage are refused") {
  unit_log log;
  log.sensors({"temperature", "power"});
  std::string bytes, again;
  gathered(log, 20).encode(bytes);
  unit_part part;
  REQUIRE(part.decode(bytes));
  part.encode(again);
  CHECK(again == bytes);
  for (size_t length = 0; length < bytes.size(); ++length)
    CHECK_FALSE(part.decode(std::string_view{bytes}.substr(0, length)));
  CHECK_FALSE(part.decode(bytes + "x"));
  auto newer = bytes;
  newer[0] = 2;
  CHECK_FALSE(part.decode(newer));
}

TEST_CASE("a part with a byte changed is refused or is another part, and a unit takes what is not refused") {
  unit_log log;
  log.sensors({"temperature", "power"});
  std::string bytes;
  gathered(log, 20).encode(bytes);
  std::mt19937_64 random{5};
  for (int i = 0; i < 20'000; ++i) {
    auto damaged = bytes;
    for (uint64_t n = 1 + random() % 3; n > 0; --n)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    unit_part part;
    if (!part.decode(damaged))
      continue;
    watched_unit unit{log};
    unit.open = std::move(part);
    unit.end();
    unit.restart();
  }
}

} // namespace unit_part_test

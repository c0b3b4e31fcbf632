#include "actors/kit/sensor_tally.hpp"

#include "tests/actors/kit/plant_log.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace millwright;
using namespace std::chrono_literals;

namespace {

plant::log::more of_quality(double quality) {
  plant::log::more out;
  out.quality = quality;
  return out;
}

} // namespace

TEST_CASE("a tally has what the readings of a sensor's pane add up to, the newest by time, the first by place") {
  plant::log log;
  const auto& sensor = log.sensor("f", "a", "U1");
  log.add(sensor, plant::start + 5s, 2, of_quality(0.4));
  log.add(sensor, plant::start + 9s, 4, of_quality(0.9));
  log.add(sensor, plant::start + 7s, 6);
  tally_bounds bounds;
  bounds.below(0.5);
  bounds.above(0.8);
  bounds.above(0.9);
  sensor_tally tally{log.entries[0].as_contribution(), bounds};
  CHECK(tally.add(log.entries[1].as_contribution()));
  CHECK(tally.add(log.entries[2].as_contribution()));
  CHECK(tally.count() == 3);
  CHECK(tally.values.avg() == 4);
  CHECK(tally.values.max == 6);
  CHECK(tally.qualities.count == 2);
  CHECK(tally.below(0.5) == 1);
  CHECK(tally.above(0.8) == 1);
  CHECK(tally.above(0.9) == 0);
  CHECK_THROWS_AS(static_cast<void>(tally.below(0.7)), std::logic_error);
  CHECK(tally.oldest == plant::start + 5s);
  CHECK(tally.newest == plant::start + 9s);
  CHECK(tally.newest_value == 4);
  CHECK(tally.first_time == plant::start + 5s);
  CHECK(tally.heard_least == plant::start + 5s);
  CHECK(tally.heard_most == plant::start + 9s);
}

TEST_CASE("a tally of one reading answers by every quality") {
  plant::log log;
  log.add(log.sensor("f", "a"), plant::start, 2, of_quality(0.4));
  log.add(log.sensor("f", "b"), plant::start, 2);
  const sensor_tally tally{log.entries[0].as_contribution()}, without{log.entries[1].as_contribution()};
  CHECK(tally.below(0.5) == 1);
  CHECK(tally.below(0.4) == 0);
  CHECK(tally.above(0.3) == 1);
  CHECK(tally.above(0.4) == 0);
  CHECK(without.below(0.5) == 0);
  CHECK(without.above(0.3) == 0);
}

TEST_CASE(
    "a reading of another pane, context, split, hour, type or clock, or late for something more, has a tally of its "
    "own") {
  plant::log log{2};
  const auto& sensor = log.sensor("f", "a");
  const auto& moved = log.sensor("f", "a", "U2");
  log.add(sensor, plant::start + 5s, 1);
  tally_bounds bounds;
  bounds.delay(30s);
  bounds.delay(120s);
  const sensor_tally tally{log.entries[0].as_contribution(), bounds};
  const auto takes = [&](const sensor_context& of, event_time at, const plant::log::more& what) {
    auto copy = tally;
    return copy.add(log.add(of, at, 1, what).as_contribution());
  };
  plant::log::more other_hour, other_type, ahead, other_split;
  other_hour.hour = 7;
  other_type.type = std::string{"power"};
  ahead.flags = reading::ahead;
  other_split.split = 1;
  CHECK(takes(sensor, plant::start + 29s, {}));
  CHECK_FALSE(takes(moved, plant::start + 29s, {}));
  CHECK_FALSE(takes(sensor, plant::start + 29s, other_hour));
  CHECK_FALSE(takes(sensor, plant::start + 29s, ahead));
  CHECK_FALSE(takes(sensor, plant::start + 29s, other_split));
  CHECK_FALSE(takes(sensor, plant::start + 30s, {}));
  CHECK_FALSE(takes(sensor, plant::start - 1s, {}));
  auto typed = log.entries.front();
  typed.of.type = 1;
  auto copy = tally;
  CHECK_FALSE(copy.add(typed.as_contribution()));
  // Time goes on: at 60 s the pane is late for what waits 30 s, at 150 s for what waits two minutes.
  const auto& another = log.sensor("f", "b");
  log.add(another, plant::start + 59s, 1);
  CHECK(takes(sensor, plant::start + 6s, {}));
  log.add(another, plant::start + 60s, 1);
  CHECK_FALSE(takes(sensor, plant::start + 6s, {}));
  const sensor_tally later{log.entries.back().as_contribution(), bounds};
  CHECK_FALSE(later.on_time(30s));
  CHECK(later.on_time(120s));
  log.add(another, plant::start + 149s, 1);
  copy = later;
  CHECK(copy.add(log.add(sensor, plant::start + 6s, 1).as_contribution()));
  log.add(another, plant::start + 150s, 1);
  copy = later;
  CHECK_FALSE(copy.add(log.add(sensor, plant::start + 6s, 1).as_contribution()));
}

TEST_CASE("a reading that comes a pause behind the one before has a tally of its own") {
  plant::log log;
  log.add(log.sensor("f", "a"), plant::start, 1);
  tally_bounds bounds;
  bounds.pause(10min);
  bounds.pause(5min);
  const sensor_tally tally{log.entries[0].as_contribution(), bounds};
  auto late = log.entries[0];
  late.of.position = 2;
  late.of.activity = 5min - 1ms;
  auto copy = tally;
  CHECK(copy.add(late.as_contribution()));
  late.of.activity = 5min;
  copy = tally;
  CHECK_FALSE(copy.add(late.as_contribution()));
}

TEST_CASE("readings can be told apart in so many ways, and no more") {
  tally_bounds bounds;
  for (size_t i = 0; i < tally_bounds::most_delays; ++i)
    bounds.delay(milliseconds{static_cast<int64_t>(i)});
  bounds.delay(milliseconds{3});
  CHECK_THROWS_AS(bounds.delay(milliseconds{1000}), std::length_error);
  for (size_t i = 0; i < tally_bounds::most_qualities; ++i)
    bounds.below(0.1 * static_cast<double>(i));
  bounds.below(0.1);
  CHECK_THROWS_AS(bounds.below(0.95), std::length_error);
}

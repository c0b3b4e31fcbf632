#include "actors/kit/sensor_tally.hpp"

#include "tests/actors/kit/plant_log.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>

namespace sensor_tally_test {

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
  CHECK(tally.oldest() == plant::start + 5s);
  CHECK(tally.newest() == plant::start + 9s);
  CHECK(tally.newest_value == 4);
  CHECK(tally.first_time() == plant::start + 5s);
  CHECK(tally.heard_least() == plant::start + 5s);
  CHECK(tally.heard_most() == plant::start + 9s);
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
  CHECK_FALSE(takes(sensor, plant::start + 29s, other_type));
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
  auto copy = later;
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

TEST_CASE("what is too far away from the first reading has a tally of its own, and what is nearly so is told exactly") {
  plant::log log;
  const auto first = log.add(log.sensor("f", "a"), plant::start + 1s, 1);
  const sensor_tally tally{first.as_contribution()};
  const auto with = [&](auto change) {
    auto next = first;
    next.of.time += 1ms;
    next.of.watermark = next.of.time;
    next.of.position += 1;
    change(next.of);
    auto copy = tally;
    return copy.add(next.as_contribution()) ? std::optional{copy} : std::nullopt;
  };
  constexpr uint64_t places = UINT32_MAX;
  constexpr milliseconds later{INT32_MAX}, earlier{INT32_MIN}, longest{UINT32_MAX};
  const auto at_place = with([&](reading& r) { r.position = first.of.position + places; });
  REQUIRE(at_place);
  CHECK(at_place->newest_position() == first.of.position + places);
  CHECK_FALSE(with([&](reading& r) { r.position = first.of.position + places + 1; }));
  const auto heard_late = with([&](reading& r) { r.watermark = first.of.time + later; });
  REQUIRE(heard_late);
  CHECK(heard_late->heard_most() == first.of.time + later);
  CHECK(heard_late->heard_least() == first.of.time);
  CHECK_FALSE(with([&](reading& r) { r.watermark = first.of.time + later + 1ms; }));
  // As a reading that is ahead was heard when nothing had been.
  auto ahead = first;
  ahead.of.flags = reading::ahead;
  ahead.of.watermark = first.of.time + 1s;
  const auto ahead_with = [&](event_time watermark) {
    sensor_tally copy{ahead.as_contribution()};
    auto next = ahead;
    next.of.position += 1;
    next.of.watermark = watermark;
    return copy.add(next.as_contribution()) ? copy.heard_least() : forever;
  };
  CHECK(ahead_with(ahead.of.watermark + earlier) == ahead.of.watermark + earlier);
  CHECK(ahead_with(ahead.of.watermark + earlier - 1ms) == forever);
  CHECK(ahead_with(never) == forever);
  const auto active = with([&](reading& r) { r.activity = longest; });
  REQUIRE(active);
  CHECK(active->activity_last() == longest);
  CHECK_FALSE(with([&](reading& r) { r.activity = longest + 1ms; }));
}

TEST_CASE("a tally ends with the number of readings that it can count") {
  plant::log log;
  auto next = log.add(log.sensor("f", "a"), plant::start, 1, of_quality(0.4));
  tally_bounds bounds;
  bounds.below(0.5);
  sensor_tally tally{next.as_contribution(), bounds};
  for (uint32_t i = 1; i < 0xffff; ++i) {
    ++next.of.position;
    REQUIRE(tally.add(next.as_contribution()));
  }
  CHECK(tally.below(0.5) == 0xffff);
  ++next.of.position;
  CHECK_FALSE(tally.add(next.as_contribution()));
  CHECK(tally.count() == 0xffff);
}

TEST_CASE("of the first reading a tally knows whether it is of a lower quality, whatever came behind it") {
  plant::log log;
  const auto& sensor = log.sensor("f", "a");
  tally_bounds bounds;
  for (size_t i = 0; i < tally_bounds::most_qualities; ++i)
    bounds.below(0.125 * static_cast<double>(i + 1));
  for (const double quality : {0.0, 0.125, 0.25, 0.5, 0.8, 0.875, 1.0, absent}) {
    sensor_tally tally{log.add(sensor, plant::start + 5s, 2, of_quality(quality)).as_contribution(), bounds};
    for (int behind = 0; behind < 2; ++behind) {
      for (size_t i = 0; i < tally_bounds::most_qualities; ++i) {
        const double bound = 0.125 * static_cast<double>(i + 1);
        CHECK(tally.first_below(bound) == (quality < bound));
      }
      CHECK(tally.add(log.add(sensor, plant::start + 9s, 2, of_quality(behind == 0 ? 0.05 : 0.95)).as_contribution()));
    }
    CHECK(tally.below(0.125) == (quality < 0.125 ? 2 : 1));
    CHECK(tally.below(0.875) == (quality < 0.875 ? 2 : 1));
  }
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

} // namespace sensor_tally_test

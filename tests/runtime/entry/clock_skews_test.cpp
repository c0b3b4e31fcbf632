#include "runtime/entry/clock_skews.hpp"

#include "runtime/entry/reading_stamps.hpp"
#include "tests/runtime/entry/watched_splits.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace clock_skews_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

const std::string right_again = "cleared lines/0: the clocks are right again";

bool begins(const std::vector<std::string>& steps, size_t number, std::string_view text) {
  return steps.size() > number && steps[number].starts_with(text);
}

/// Splits whose readings have no arrival, at a moment of the driver's clock that the test chooses.
struct stamped_plant : watched_splits {
  stamped_plant() : watched_splits{2} { pass(0s); }

  void pass(std::chrono::seconds time) {
    now += time;
    stamps.polled(now);
    clock.looked(now);
  }
  uint32_t sensor(const std::string& name, uint16_t split = 0) {
    sensor_context context;
    context.key = {{"plant"}, {name}};
    const auto slot = sensors.add(std::move(context));
    sensors[slot].split = split;
    sensors[slot].has_split = true;
    return slot;
  }
  /// Readings of one sensor, so far beyond the node's clock.
  void speak(uint32_t slot, milliseconds beyond, int count) {
    auto& entry = sensors[slot];
    auto& split = splits[entry.split];
    for (int i = 0; i < count; ++i) {
      raw_record record;
      record.split = entry.split;
      record.position = split.next;
      stamps.stamp(split, record, entry.context->key, clock.wall() + beyond);
      ++split.next;
      entry.spoke = clock.second();
    }
  }
  std::vector<std::string> look() {
    skews.look(now);
    return steps(rule::clock_skew);
  }

  steady::time_point now = clock.begun();
  reading_stamps stamps{readings, true, splits, decisions, sensors, clock};
  clock_skews skews{readings, stamps.recorded(), splits, sensors, clock, own};
};

/// A split that is read to its end, speaks, and says what time it is.
struct late_split : watched_splits {
  explicit late_split(milliseconds behind, bool recorded = false)
      : skews{readings, recorded, splits, sensors, clock, own} {
    clock.polled(now);
    splits[0].clock.take_live(clock.wall() - behind, forever, forever);
  }

  /// Look for look, each second.
  std::vector<std::string> pass(std::chrono::seconds time, bool speaks = true, uint64_t left = 0) {
    for (const auto until = now + time; now < until;) {
      now += 1s;
      clock.polled(now);
      splits[0].end.polled(now, left);
      if (speaks)
        splits[0].silence.heard(milliseconds_of(now), true);
      skews.look(now);
    }
    return steps(rule::clock_skew);
  }

  steady::time_point now = clock.begun();
  clock_skews skews;
};

} // namespace

TEST_CASE("where every reading of a split is beyond the node's clock, it is told that this is the one that is behind") {
  stamped_plant x;
  const auto first = x.sensor("TI-1"), second = x.sensor("TI-2");
  for (int i = 0; i < 50; ++i)
    for (const auto each : {first, second})
      x.speak(each, 2h + 30s, 1);
  CHECK(begins(x.look(), 0,
               "raised lines/0: every reading is 2 h 0 min and more beyond the node's clock: it is the node's clock "
               "that is behind"));
  // That one is set, and what is raised ends with what was logged.
  x.speak(first, 0s, 50);
  CHECK(x.look().size() == 2);
  CHECK(begins(x.look(), 1, right_again));
}

TEST_CASE("a sensor that spoke in the last ten minutes and was right says that the node's clock is, too") {
  for (const auto ago : {2min, 9min}) {
    stamped_plant x;
    x.pass(20min);
    x.speak(x.sensor("TI-2"), 0s, 20);
    x.pass(ago);
    x.speak(x.sensor("TI-1"), 2h, 200);
    CHECK(x.splits[0].bound.all_beyond());
    CHECK(x.splits[0].bound.raised_by() == 0ms);
    CHECK(x.look().empty());
  }
}

TEST_CASE("one that spoke longer ago, or in another split, says nothing of the node's clock") {
  stamped_plant x;
  x.pass(20min);
  x.speak(x.sensor("TI-2"), 0s, 20);
  x.pass(11min);
  x.speak(x.sensor("TI-3", 1), 0s, 20);
  x.pass(1min);
  x.speak(x.sensor("TI-1"), 2h, 200);
  CHECK(x.splits[0].bound.raised_by() == 2h);
  CHECK(x.splits[1].bound.raised_by() == 0ms);
  CHECK(x.look().size() == 1);
  CHECK(begins(x.look(), 0, "raised lines/0: every reading is 2 h 0 min and more"));
}

TEST_CASE("a split whose time is over a quarter of an hour behind for five minutes is told of, and when it is not") {
  late_split x{20min + 5s};
  CHECK(x.pass(300s).empty());
  REQUIRE(begins(x.pass(1s), 0, "raised lines/0: its time is 20 min "));
  CHECK(x.steps(rule::clock_skew)[0].ends_with(" behind the node's clock, though it is read to its end"));
  CHECK(x.pass(60s).size() == 1);
  x.splits[0].clock.take_live(x.clock.wall(), forever, forever);
  CHECK(x.pass(1s).size() == 2);
  CHECK(begins(x.steps(rule::clock_skew), 1, right_again));
}

TEST_CASE("a split that catches up, or fell silent, is none whose time is behind: the five minutes begin anew") {
  late_split backlog{20min}, silent{20min};
  backlog.pass(200s);
  CHECK(backlog.pass(10s, true, 50'000).empty());
  CHECK(backlog.pass(299s).empty());
  CHECK(backlog.pass(5s).size() == 1);
  silent.pass(200s);
  CHECK(silent.pass(600s, false).empty());
  CHECK(silent.pass(299s).empty());
  CHECK(silent.pass(5s).size() == 1);
}

TEST_CASE("a split that is nearly in time, was recorded, or lives at a time of its own is not behind") {
  late_split near{14min}, recorded{20min, true}, simulated{20min};
  simulated.readings.own_days = false;
  CHECK(near.pass(10min).empty());
  CHECK(recorded.pass(10min).empty());
  CHECK(simulated.pass(10min).empty());
}

} // namespace clock_skews_test

#include "runtime/entry/split_silences.hpp"

#include "tests/runtime/entry/watched_splits.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace split_silences_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

struct heard_splits : watched_splits {
  explicit heard_splits(size_t count, milliseconds fixed = 0ms)
      : watched_splits{count}, silences{readings, fixed, splits, decisions, sensors, own, status} {
    for (auto& each : splits)
      each.silence.listen(milliseconds_of(now));
  }

  /// A split speaks at this pace, read at its end.
  void speak(size_t split, milliseconds pace, int times) {
    for (int i = 0; i < times; ++i) {
      now += pace;
      splits[split].end.polled(now, 0);
      splits[split].end.polled(now, 0);
      splits[split].heard = true;
      silences.hear(now);
    }
  }
  /// For how long the node is well without another reading.
  milliseconds left() {
    silences.look(now, false);
    return std::chrono::duration_cast<milliseconds>(status.heard_until.load() - now);
  }

  node_status status;
  steady::time_point now = std::chrono::floor<milliseconds>(steady::now());
  split_silences silences;
};

} // namespace

TEST_CASE("a node is well without another reading for as long as its split may be quiet, and no longer") {
  heard_splits x{1};
  x.speak(0, 90s, 30);
  CHECK(x.left() == 270s);
  x.now += 271s;
  CHECK(x.left() == -1s);
  heard_splits busy{1};
  busy.speak(0, 100ms, 3000);
  CHECK(busy.left() == 60s);
}

TEST_CASE("of several splits the one that may be quiet for longest says how long a node is well") {
  heard_splits x{2};
  x.speak(0, 10min, 5);
  x.speak(1, 100ms, 3000);
  CHECK(x.left() == 30min - 300s);
}

TEST_CASE("what was set in place of the pauses is how long a node is well, too") {
  heard_splits x{1, 5s};
  x.speak(0, 90s, 30);
  CHECK(x.left() == 5s);
}

TEST_CASE("a node that never had a reading is not well, however new its splits are") {
  heard_splits x{2};
  x.silences.look(x.now, false);
  CHECK(x.status.heard_until.load() <= x.now);
}

} // namespace split_silences_test

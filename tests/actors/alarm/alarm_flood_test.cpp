#include "tests/actors/alarm/outbox_world.hpp"

#include <doctest/doctest.h>

namespace alarm_flood_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

struct plant {
  outbox_world world{{{"slack"}}};
  int raised = 0;

  plant() {
    world.book_limits.first_out.within = 10min;
    world.load();
  }
  void raise_one(severity level = severity::high, bool pages = true) {
    auto x = raise(numbered("t", ++raised));
    x.at = x.onset = world.now;
    x.level = level;
    x.pages = pages;
    x.fresh = true;
    world.take(x);
    world.settle();
  }
  bool flood() { return world.book->flooding(world.now).flood().has_value(); }
};

} // namespace

TEST_CASE("more than ten alarms in ten minutes are a flood, told behind one or not, until there are fewer than five") {
  plant p;
  for (int i = 0; i < 10; ++i) {
    p.raise_one();
    p.world.now += 30s;
  }
  CHECK_FALSE(p.flood());
  const auto from = p.world.now;
  p.raise_one();
  REQUIRE(p.flood());
  CHECK(p.world.book->flooding(p.world.now).flood()->from == from);
  CHECK(p.world.book->flooding(p.world.now).count() == 11);
  // All but one stand behind the first.
  CHECK(p.world.came.size() < 5);
  p.world.now = start + 1s + 10min + 6 * 30s;
  CHECK(p.flood());
  p.world.now += 31s;
  CHECK_FALSE(p.flood());
}

TEST_CASE("a restart amid a flood knows of it, and its end is due without anybody asking") {
  plant p;
  for (int i = 0; i < 12; ++i)
    p.raise_one();
  REQUIRE(p.flood());
  p.world.acknowledge(p.world.came.front().second.about.alarm);
  p.world.settle();
  p.world.load();
  CHECK(p.flood());
  for (int i = 0; i < 40 && p.flood(); ++i) {
    p.world.now = std::max(p.world.now, p.world.book->due(p.world.now));
    p.world.settle();
  }
  CHECK_FALSE(p.flood());
  CHECK(p.world.now <= start + 11min);
}

TEST_CASE("what pages nobody is no part of a flood, nor is a reminder or what gets worse") {
  plant p;
  for (int i = 0; i < 20; ++i)
    p.raise_one(severity::medium, false);
  CHECK_FALSE(p.flood());
  CHECK(p.world.book->flooding(p.world.now).count() == 0);
  for (int i = 0; i < 6; ++i)
    p.raise_one(severity::medium);
  for (int i = 0; i < 6; ++i) {
    auto x = transition(numbered("t", 21 + i), 2, transition_kind::updated);
    x.at = p.world.now;
    x.pages = true;
    x.fresh = true;
    x.was = severity::medium;
    p.world.take(x);
    p.world.settle();
  }
  CHECK(p.world.book->flooding(p.world.now).count() == 6);
  CHECK_FALSE(p.flood());
}

TEST_CASE("a clock that was ahead and is set back leaves no flood behind") {
  plant p;
  p.world.now += 24h;
  for (int i = 0; i < 12; ++i)
    p.raise_one();
  REQUIRE(p.flood());
  p.world.now -= 24h;
  CHECK_FALSE(p.flood());
}

} // namespace alarm_flood_test

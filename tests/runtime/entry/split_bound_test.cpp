#include "runtime/entry/split_bound.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace split_bound_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'790'000'000'000);

/// A split that is read, by a node whose log can be written or not; positions and clocks as they go.
struct reader {
  split_bound bound;
  event_time wall = start;
  int64_t steady = 1'000'000;
  uint64_t next = 0;
  bool writable = true, every_sensor = true;
  std::vector<bound_entry> log;

  void pass(milliseconds time) {
    wall += time;
    steady += time.count();
  }
  void look(std::optional<uint64_t> waiting = 0, bool at_end = true) {
    bound.tick(wall);
    bound.progress(steady, next, waiting, at_end);
    if (const auto from = bound.due(next))
      write(*from);
  }
  bool write(uint64_t from) {
    if (!writable)
      return false;
    log.push_back(bound.make(from, bound.all_beyond() && every_sensor));
    bound.logged(log.back(), next);
    return true;
  }
  /// Whether the reading is ahead.
  bool read(event_time time) {
    if (!bound.reach(next) && !write(next))
      bound.follow_clock();
    REQUIRE(bound.reach(next));
    ++next;
    const bool ahead = time > bound.bound();
    bound.took(time);
    return ahead;
  }
};

} // namespace

TEST_CASE("nothing is read before an entry is logged, and that is the node's clock and 90 s") {
  reader r;
  r.look();
  CHECK(r.log.empty());
  CHECK_FALSE(r.bound.reach(0));
  CHECK_FALSE(r.read(start + 90s));
  CHECK(r.read(start + 90s + 1ms));
  REQUIRE(r.log.size() == 1);
  CHECK(r.log[0].from == 0);
  CHECK(r.log[0].bound == start + 90s);
}

TEST_CASE("a minute later another entry holds, and a reading a minute old is never ahead") {
  reader r;
  for (int second = 0; second < 3600; ++second) {
    r.look();
    for (int i = 0; i < 10; ++i)
      CHECK_FALSE(r.read(r.wall));
    r.pass(1s);
  }
  CHECK(r.log.size() >= 60);
  CHECK(r.log.size() < 80);
}

TEST_CASE("a steady split is never without an entry for its next second: nothing waits") {
  reader r;
  for (int tenth = 0; tenth < 6000; ++tenth) {
    r.look();
    for (int i = 0; i < 100; ++i, ++r.next)
      if (tenth > 20)
        REQUIRE(r.bound.reach(r.next));
      else if (!r.bound.reach(r.next))
        r.write(r.next);
    r.pass(100ms);
  }
}

TEST_CASE("what waits in a backlog is in the range, and beyond it only what comes in a minute") {
  reader r;
  for (int second = 0; second < 30; ++second) {
    r.look();
    for (int i = 0; i < 100; ++i)
      r.read(r.wall);
    r.pass(1s);
  }
  for (int second = 0; second < 90; ++second, r.pass(1s)) {
    r.look(1'000'000 - 10'000u * static_cast<unsigned>(second), false);
    for (int i = 0; i < 10'000; ++i)
      r.read(r.wall - 10h);
  }
  CHECK(r.log.back().until >= r.next);
  CHECK(r.log.back().until < r.next + 1'000'000 + 60 * 110);
}

TEST_CASE("a recovered entry holds for its whole range, however old it is") {
  reader r;
  r.bound.recovered({100, 150, start + 90s, false});
  r.next = 120;
  r.wall = start + 5h;
  r.look();
  CHECK(r.log.empty());
  for (int i = 120; i < 150; ++i)
    CHECK(r.read(r.wall));
  CHECK_FALSE(r.read(r.wall));
  REQUIRE(r.log.size() == 1);
  CHECK(r.log[0].from == 150);
}

TEST_CASE("recovered entries hold each from its own position on") {
  reader r;
  r.bound.recovered({100, 200, start, false});
  r.bound.recovered({130, 260, start + 60s, false});
  r.next = 129;
  CHECK(r.read(start + 1s));
  CHECK_FALSE(r.read(start + 1s));
}

TEST_CASE("behind an orderly end nothing was read: the next run has its own entry at once") {
  reader r;
  r.bound.recovered({100, 1000, start, false});
  r.next = 130;
  r.bound.forget_before(130);
  r.wall = start + 5h;
  r.look();
  REQUIRE(r.log.size() == 1);
  CHECK(r.log[0].from == 130);
  CHECK_FALSE(r.read(r.wall));
}

TEST_CASE("an idle split has a fresh entry at its place, so that its next reading need not wait") {
  reader r;
  r.read(r.wall);
  for (int second = 0; second < 600; ++second, r.pass(1s))
    r.look();
  CHECK(r.log.size() >= 9);
  CHECK(r.bound.reach(r.next));
  CHECK_FALSE(r.read(r.wall));
}

TEST_CASE("a split that has become slow is not held to an entry that was planned for a fast one") {
  reader r;
  for (int second = 0; second < 60; ++second, r.pass(1s)) {
    r.look();
    for (int i = 0; i < 1000; ++i)
      r.read(r.wall);
  }
  for (int second = 0; second < 600; ++second, r.pass(1s)) {
    r.look();
    CHECK_FALSE(r.read(r.wall));
  }
}

TEST_CASE("a node that stood still, or whose clock was set, reads nothing by an old entry") {
  reader r;
  r.read(r.wall);
  SUBCASE("stood still") {
    r.pass(20min);
  }
  SUBCASE("set forward") {
    r.wall += 3h;
  }
  SUBCASE("set back") {
    r.wall -= 3h;
    r.bound.tick(r.wall);
    CHECK_FALSE(r.bound.reach(r.next));
    CHECK_FALSE(r.read(r.wall));
    CHECK(r.read(r.wall + 91s));
    return;
  }
  r.bound.tick(r.wall);
  CHECK_FALSE(r.bound.reach(r.next));
  CHECK_FALSE(r.read(r.wall));
}

TEST_CASE("when every reading is beyond the bound it is the node's clock that is behind") {
  reader r;
  const auto plant = [&] { return r.wall + 1h; };
  for (int second = 0; second < 30; ++second, r.pass(1s)) {
    r.look();
    for (int i = 0; i < 10; ++i)
      r.read(plant());
  }
  CHECK(r.bound.raised_by() > 55min);
  int ahead = 0;
  for (int second = 0; second < 600; ++second, r.pass(1s)) {
    r.look();
    for (int i = 0; i < 10; ++i)
      ahead += r.read(plant());
  }
  CHECK(ahead == 0);
  CHECK(r.bound.raised_by() > 55min);
  CHECK(r.log.back().raised);

  SUBCASE("and it is over when one of them is within what the clock allows") {
    for (int second = 0; second < 60; ++second, r.pass(1s)) {
      r.look();
      r.read(plant());
      r.read(r.wall);
    }
    CHECK(r.bound.raised_by() == 0ms);
    CHECK(r.read(plant()));
  }
}

TEST_CASE("fewer than 64 readings raise nothing, nor do some sensors alone, nor all but one reading") {
  reader r;
  int per_second = 10;
  bool one_within = false;
  SUBCASE("few") {
    per_second = 0;
  }
  SUBCASE("some sensors") {
    r.every_sensor = false;
  }
  SUBCASE("all but one") {
    one_within = true;
  }
  for (int second = 0; second < 40; ++second, r.pass(1s)) {
    r.look();
    for (int i = 0; i < per_second; ++i)
      r.read(r.wall + 1h);
    if (one_within)
      r.read(r.wall);
    else
      r.read(r.wall + 1h);
  }
  CHECK(r.bound.raised_by() == 0ms);
}

TEST_CASE("what a former run's entry calls ahead says nothing of the node's clock") {
  reader r;
  r.bound.recovered({0, 100, start - 5h, false});
  for (int i = 0; i < 100; ++i)
    CHECK(r.read(r.wall));
  r.look();
  CHECK_FALSE(r.read(r.wall));
  CHECK_FALSE(r.log.back().raised);
}

TEST_CASE("while none can be logged the last bound follows the clock, and nothing beyond its range may be committed") {
  reader r;
  r.read(r.wall);
  const auto until = r.log[0].until;
  r.writable = false;
  for (int second = 0; second < 300; ++second, r.pass(1s)) {
    r.look();
    CHECK_FALSE(r.read(r.wall + 80s));
    CHECK(r.bound.may_commit(r.next) == (r.next <= until || !r.bound.unlogged()));
  }
  CHECK(r.bound.unlogged());
  CHECK_FALSE(r.bound.may_commit(r.next));
  r.writable = true;
  r.write(r.next);
  CHECK(r.bound.may_commit(r.next));
  CHECK_FALSE(r.read(r.wall));
  CHECK(r.read(r.wall + 91s));
}

TEST_CASE("nothing from an entry's place on is read while it is on its way to the log") {
  reader r;
  r.read(r.wall);
  r.bound.under_way(r.bound.make(5, false));
  while (r.next < 5)
    r.read(r.wall);
  CHECK_FALSE(r.bound.reach(5));
  r.bound.failed();
  CHECK(r.bound.reach(5));
}

TEST_CASE("an entry is read from the log as it was written, and nonsense is not") {
  const bound_entry entry{7, 99, start + 3ms, true};
  const auto read = bound_entry::of(7, entry.content());
  REQUIRE(read);
  CHECK(read->until == 99);
  CHECK(read->bound == start + 3ms);
  CHECK(read->raised);
  for (const char* bad : {"", "1", "1 2", "x 2 0", "1 2 0 3", "1 9223372036854775807 0"})
    CHECK_FALSE(bound_entry::of(7, bad));
}

} // namespace split_bound_test

#include "runtime/watch/source_reach.hpp"

#include <doctest/doctest.h>

namespace source_reach_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

const source_reach::time_point start{1h};

} // namespace

TEST_CASE("a source that is away from the first second on is told after the patience, once, with its reason") {
  source_reach reach{60s, start};
  CHECK_FALSE(reach.look(start + 59s));
  // The source itself needs a while to know.
  reach.unreachable(start + 5s, "h:9092: Connection refused");
  CHECK(reach.away());
  CHECK_FALSE(reach.look(start + 59s));
  const auto told = reach.look(start + 60s);
  REQUIRE(told);
  CHECK(told->wrong);
  CHECK(told->text == "it cannot be reached for 60 s: h:9092: Connection refused");
  for (int i = 61; i < 4000; ++i)
    REQUIRE_FALSE(reach.look(start + std::chrono::seconds{i}));
}

TEST_CASE("a better reason counts until it is told, and does not begin the wait anew") {
  source_reach reach{60s, start};
  reach.unreachable(start + 1s, "timed out");
  reach.unreachable(start + 50s, "the login was refused");
  CHECK(reach.look(start + 60s)->text.find("the login was refused") != std::string::npos);
}

TEST_CASE("it is over when readings come, not when somebody answers") {
  source_reach reach{60s, start};
  reach.unreachable(start, "away");
  REQUIRE(reach.look(start + 60s));
  // What had been fetched before.
  reach.reading();
  CHECK_FALSE(reach.look(start + 61s));
  reach.reachable();
  CHECK_FALSE(reach.away());
  CHECK_FALSE(reach.look(start + 62s));
  reach.reading();
  const auto over = reach.look(start + 63s);
  REQUIRE(over);
  CHECK_FALSE(over->wrong);
  reach.reading();
  CHECK_FALSE(reach.look(start + 64s));
}

TEST_CASE("a source that was there is given the patience from its going on, and short absences are nothing") {
  source_reach reach{60s, start};
  reach.reachable();
  reach.reading();
  // A former run may have left an alarm: that is over.
  REQUIRE(reach.look(start + 1s));
  for (int i = 0; i < 100; ++i) {
    reach.unreachable(start + 10s * i, "short");
    CHECK_FALSE(reach.look(start + 10s * i + 9s));
    reach.reachable();
  }
  reach.unreachable(start + 2000s, "long");
  CHECK_FALSE(reach.look(start + 2059s));
  CHECK(reach.look(start + 2060s)->wrong);
  // Away once more, without a reading in between: it is known.
  reach.reachable();
  reach.unreachable(start + 2100s, "again");
  CHECK_FALSE(reach.look(start + 2130s));
}

TEST_CASE("a node that stood still itself does not blame its source") {
  source_reach reach{60s, start};
  reach.reachable();
  reach.unreachable(start + 10s, "away");
  reach.stood_still(600s);
  CHECK_FALSE(reach.look(start + 660s));
  CHECK(reach.look(start + 670s));
}

} // namespace source_reach_test

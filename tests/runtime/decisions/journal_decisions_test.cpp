#include "runtime/decisions/journal_decisions.hpp"

#include "runtime/journal/memory_journal.hpp"

#include <doctest/doctest.h>

namespace journal_decisions_test {

using namespace millwright;

namespace {

struct bench {
  memory_journal kept;
  journal_decisions decisions{kept};
};

} // namespace

TEST_CASE("decisions come back in order, with the newest of each kind that was in effect before") {
  bench b;
  b.decisions.append("readings/0", {decision::kind::metadata, 0, "1"});
  b.decisions.append("readings/0", {decision::kind::silent, 10, {}});
  b.decisions.append("readings/0", {decision::kind::awake, 20, {}});
  b.decisions.append("readings/0", {decision::kind::metadata, 20, "2"});
  b.decisions.append("readings/0", {decision::kind::silent, 30, {}});
  b.decisions.append("readings/1", {decision::kind::silent, 5, {}});
  const auto all = b.decisions.since("readings/0", 25);
  REQUIRE(all.size() == 3);
  CHECK(all[0].what == decision::kind::awake);
  CHECK(all[1].what == decision::kind::metadata);
  CHECK(all[1].content == "2");
  CHECK(all[2].what == decision::kind::silent);
  CHECK(all[2].position == 30);
}

TEST_CASE("two decisions at one position keep their order") {
  bench b;
  b.decisions.append("a", {decision::kind::silent, 7, {}});
  b.decisions.append("a", {decision::kind::awake, 7, {}});
  const auto all = b.decisions.since("a", 0);
  REQUIRE(all.size() == 2);
  CHECK(all[0].what == decision::kind::silent);
  CHECK(all[1].what == decision::kind::awake);
}

TEST_CASE("pruning leaves what a recovery at that position needs") {
  bench b;
  b.decisions.append("a", {decision::kind::metadata, 0, "1"});
  b.decisions.append("a", {decision::kind::metadata, 10, "2"});
  b.decisions.append("a", {decision::kind::metadata, 20, "3"});
  b.decisions.prune("a", 15);
  const auto all = b.decisions.since("a", 15);
  REQUIRE(all.size() == 2);
  CHECK(all[0].content == "2");
  CHECK(all[1].content == "3");
}

TEST_CASE("a bound is kept beside the other kinds, and one at the same place takes the place of the one before") {
  bench b;
  b.decisions.append("a", {decision::kind::bound, 0, "10 1 0"});
  b.decisions.append("a", {decision::kind::silent, 5, {}});
  b.decisions.append("a", {decision::kind::bound, 5, "20 2 0"});
  b.decisions.append("a", {decision::kind::bound, 5, "20 3 0"});
  b.decisions.append("a", {decision::kind::moved, 5, "north\tTI-1"});
  const auto all = b.decisions.since("a", 6);
  REQUIRE(all.size() == 3);
  CHECK(all[0].what == decision::kind::silent);
  CHECK(all[1].what == decision::kind::bound);
  CHECK(all[1].content == "20 3 0");
  CHECK(all[2].what == decision::kind::moved);
  CHECK(all[2].content == "north\tTI-1");
  CHECK(b.decisions.since("a", 0).size() == 4);
}

TEST_CASE("a waking split carries the time from which it counts, and one that was stored without has none") {
  bench b;
  b.decisions.append("a", {decision::kind::silent, 5, {}});
  b.decisions.append("a", {decision::kind::awake, 6, "1790000000000"});
  b.decisions.append("b", {decision::kind::awake, 6, {}});
  CHECK(b.decisions.since("a", 0)[1].content == "1790000000000");
  CHECK(b.decisions.since("b", 0)[0].what == decision::kind::awake);
  CHECK(b.decisions.since("b", 0)[0].content.empty());
}

TEST_CASE("what people say of maintenance is kept with its place, each beside the others") {
  bench b;
  b.decisions.append("a", {decision::kind::metadata, 0, "1"});
  b.decisions.append("a", {decision::kind::maintenance, 7, "first"});
  b.decisions.append("a", {decision::kind::maintenance, 7, "second"});
  const auto all = b.decisions.since("a", 7);
  REQUIRE(all.size() == 3);
  CHECK(all[0].what == decision::kind::metadata);
  CHECK(all[1].what == decision::kind::maintenance);
  CHECK(all[1].content == "first");
  CHECK(all[2].content == "second");
  CHECK(all[2].position == 7);
}

TEST_CASE("what was decided of modes elsewhere is kept with its place") {
  bench b;
  b.decisions.append("a", {decision::kind::maintenance, 7, "first"});
  b.decisions.append("a", {decision::kind::mode, 7, "second"});
  const auto all = b.decisions.since("a", 7);
  REQUIRE(all.size() == 2);
  CHECK(all[1].what == decision::kind::mode);
  CHECK(all[1].content == "second");
  CHECK(all[1].position == 7);
}

TEST_CASE("what people have sensors do is kept with its place, beside what they say of units") {
  bench b;
  b.decisions.append("a", {decision::kind::maintenance, 7, "begins"});
  b.decisions.append("a", {decision::kind::sensor, 7, "first"});
  b.decisions.append("a", {decision::kind::sensor, 7, "second"});
  const auto all = b.decisions.since("a", 7);
  REQUIRE(all.size() == 3);
  CHECK(all[1].what == decision::kind::sensor);
  CHECK(all[1].content == "first");
  CHECK(all[2].content == "second");
  for (const auto& each : all)
    CHECK(each.said());
  b.decisions.take_back("a", {decision::kind::sensor, 7, "first"});
  CHECK(b.decisions.since("a", 7).size() == 2);
}

TEST_CASE("what is taken back leaves no trace, whatever stands at its place, and twice is as good as once") {
  bench b;
  b.decisions.append("a", {decision::kind::silent, 7, {}});
  b.decisions.append("a", {decision::kind::awake, 7, "5"});
  b.decisions.append("a", {decision::kind::silent, 7, {}});
  b.decisions.append("a", {decision::kind::maintenance, 7, "begins"});
  for (int i = 0; i < 2; ++i)
    b.decisions.take_back("a", {decision::kind::maintenance, 7, "begins"});
  b.decisions.take_back("a", {decision::kind::silent, 7, {}});
  b.decisions.take_back("a", {decision::kind::awake, 7, "6"});
  b.decisions.take_back("a", {decision::kind::silent, 8, {}});
  b.decisions.take_back("b", {decision::kind::silent, 7, {}});
  const auto all = b.decisions.since("a", 0);
  REQUIRE(all.size() == 2);
  CHECK(all[0].what == decision::kind::silent);
  CHECK(all[1].what == decision::kind::awake);
}

} // namespace journal_decisions_test

#include "actors/alarm/alarm_book.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

namespace alarm_repeats_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

alarm_record stored(const alarm_record& x) {
  std::string bytes;
  binary_writer out{bytes};
  encode(out, x);
  binary_reader in{bytes};
  return decode_alarm_record(in).value();
}

// As the journal has it when the node starts again, with a commit at `position`.
alarm_book restarted(const alarm_book& before, uint64_t position) {
  alarm_book out{before.ways()};
  for (const auto& [id, record] : before.all())
    out.restore(stored(*record));
  out.split_started(0, position);
  return out;
}

alarm_transition critical(alarm_transition x) {
  x.level = severity::critical;
  return x;
}

const uuid id = raise("t1").alarm;

} // namespace

TEST_CASE("an alarm that had ended before what is lost of it stays ended, and nobody is told that it stands") {
  alarm_book before{routes{{{"slack"}}}};
  before.split_started(0, 1);
  before.take(raise("t1", 10), start);
  before.take(clear("t1", 2, 20), start);
  before.split_committed({0, 25}, start);
  before.take(transition("t1", 3, transition_kind::reopened, 30), start);
  before.take(clear("t1", 4, 40), start);
  auto book = restarted(before, 25);
  for (const auto& each : book.split_committed({0, 100}, start))
    CHECK(each.pages.empty());
  CHECK(book.find(id)->state == alarm_state::cleared);
  // Its owner goes on where it was.
  CHECK(book.take(transition("t1", 3, transition_kind::reopened, 110), start).pages.size() == 1);
  CHECK(book.find(id)->state == alarm_state::active);
}

TEST_CASE("an alarm that stood before what is lost of it stands, also where the last of that ended it twice") {
  alarm_book before{routes{{{"slack"}}}};
  before.split_started(0, 1);
  before.take(raise("t1", 10), start);
  before.split_committed({0, 15}, start);
  before.take(clear("t1", 2, 20), start);
  before.take(transition("t1", 3, transition_kind::reopened, 30), start);
  before.take(clear("t1", 4, 40), start);
  auto book = restarted(before, 15);
  const auto told = book.split_committed({0, 100}, start);
  REQUIRE(told.size() == 1);
  REQUIRE(told[0].pages.size() == 1);
  CHECK(told[0].pages[0].about.kind == transition_kind::reopened);
  CHECK(book.find(id)->state == alarm_state::active);
}

TEST_CASE("an end under the number of what a crash took from its owner, and a commit seemed to have, ends the alarm") {
  alarm_book before{routes{{{"slack"}}}};
  before.split_started(0, 1);
  before.take(raise("t1", 10), start);
  // A sweep behind the newest reading, when a barrier had been cut but not committed.
  auto swept = transition("t1", 2, transition_kind::updated, 19);
  swept.swept = swept.pages = true;
  before.take(swept, start);
  before.split_committed({0, 20}, start);
  auto book = restarted(before, 20);
  const auto decision = book.take(clear("t1", 2, 25), start);
  CHECK(decision.taken);
  REQUIRE_FALSE(decision.pages.empty());
  CHECK(decision.pages.back().about.kind == transition_kind::cleared);
  CHECK(book.find(id)->state == alarm_state::cleared);
  CHECK_FALSE(book.take(clear("t1", 2, 25), start).taken);
  CHECK(book.find(id)->state == alarm_state::cleared);
}

TEST_CASE("a decision that comes out otherwise after a restart takes the place of the one that was awaited") {
  alarm_book before{routes{{{"slack"}}}};
  before.split_started(0, 1);
  before.take(raise("t1", 10), start);
  before.take(clear("t1", 2, 20), start);
  before.take(transition("t1", 3, transition_kind::reopened, 30), start);
  auto book = restarted(before, 1);
  CHECK_FALSE(book.take(raise("t1", 10), start).taken);

  // The limit is another one by now: it does not end, but gets worse.
  auto worse = critical(transition("t1", 2, transition_kind::updated, 22));
  worse.pages = true;
  const auto decision = book.take(worse, start);
  CHECK(decision.taken);
  REQUIRE(decision.pages.size() == 1);
  CHECK(decision.pages[0].kind == page_kind::alert);
  CHECK(decision.pages[0].about.number == 4);
  CHECK(book.find(id)->latest.level == severity::critical);
  CHECK(book.last_number(id) == 2);
  CHECK_FALSE(book.take(worse, start).taken);
  CHECK(book.counted().not_repeated == 1);
  // What was behind the old one is not awaited any more.
  CHECK(book.split_committed({0, 100}, start).empty());
  const auto end = book.take(clear("t1", 3, 110), start);
  REQUIRE(end.pages.size() == 1);
  CHECK(end.pages[0].about.number == 5);
}

TEST_CASE("an alarm that was told as over, and by what is decided now is not, is told to stand again") {
  alarm_book before{routes{{{"slack"}}}};
  before.split_started(0, 1);
  before.take(raise("t1", 10), start);
  before.take(clear("t1", 2, 20), start);
  auto book = restarted(before, 1);
  book.take(raise("t1", 10), start);
  auto shown = transition("t1", 2, transition_kind::updated, 22);
  const auto decision = book.take(shown, start);
  REQUIRE(decision.pages.size() == 1);
  CHECK(decision.pages[0].about.kind == transition_kind::reopened);
  CHECK(book.find(id)->state == alarm_state::active);
  const auto end = book.take(clear("t1", 3, 30), start);
  REQUIRE(end.pages.size() == 1);
  CHECK(end.pages[0].about.number > decision.pages[0].about.number);
}

TEST_CASE("a raise that comes out as a worse one after a restart pages as that") {
  alarm_book before{routes{{{"slack"}}}};
  before.split_started(0, 1);
  before.take(raise("t1", 10), start);
  auto book = restarted(before, 1);
  const auto decision = book.take(critical(raise("t1", 10)), start);
  REQUIRE(decision.pages.size() == 1);
  CHECK(decision.pages[0].about.level == severity::critical);
  CHECK(decision.pages[0].about.number == 2);
  CHECK(book.find(id)->raise.level == severity::critical);
}

TEST_CASE("what gets worse under the number of an end that a crash took from a sweep pages") {
  alarm_book before{routes{{{"slack"}}}};
  before.split_started(0, 1);
  before.take(raise("t1", 10), start);
  // Behind the cut of a barrier whose positions cover it, and not in that.
  auto swept = clear("t1", 2, 19);
  swept.swept = true;
  before.take(swept, start);
  before.split_committed({0, 20}, start);
  auto same = restarted(before, 20);
  CHECK_FALSE(same.take(swept, start).taken);
  auto book = restarted(before, 20);
  auto worse = critical(transition("t1", 2, transition_kind::updated, 25));
  worse.pages = true;
  const auto decision = book.take(worse, start);
  CHECK(decision.taken);
  REQUIRE_FALSE(decision.pages.empty());
  CHECK(decision.pages.back().kind == page_kind::alert);
  CHECK(decision.pages.back().about.level == severity::critical);
  CHECK(book.find(id)->state == alarm_state::active);
  CHECK_FALSE(book.take(worse, start).taken);
}

TEST_CASE("what a sweep decided may come at another time and is the same decision") {
  alarm_book before{routes{{{"slack"}}}};
  before.split_started(0, 1);
  auto swept = raise("t1", 10);
  swept.swept = true;
  before.take(swept, start);
  auto book = restarted(before, 1);
  swept.at += milliseconds{700};
  swept.position = 12;
  CHECK_FALSE(book.take(swept, start).taken);
  CHECK(book.split_committed({0, 100}, start).empty());
}

} // namespace alarm_repeats_test

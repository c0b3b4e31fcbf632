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

namespace {

/// A router's life between two deaths: what is on disk of an alarm is what the book says is to be stored.
class life {
public:
  life(const alarm_record& record, uint64_t position, uint64_t commit)
      : disk{stored(record)}, book_{routes{{{"slack"}}}} {
    book_.restore(disk);
    if (!book_.split_started(0, position, 0, commit).empty())
      keep();
  }

  void take(const alarm_transition& x) {
    const auto decision = book_.take(x, start);
    CHECK_FALSE(decision.taken);
    if (decision.moved)
      keep();
  }

  /// `many` of them, two seconds of the split's clock apart; how many decisions were taken back.
  size_t commit(uint64_t position, uint64_t number, int many = 1) {
    size_t back = 0;
    for (int i = 0; i < many; ++i, ++position, ++number)
      for (const auto& each : book_.split_committed({0, position, 0, number, milliseconds{2000} * i}, start)) {
        CHECK_FALSE(each.pages.empty());
        keep();
        ++back;
      }
    return back;
  }

  void expect_again(uint32_t number) {
    if (book_.expect_again(disk.id(), number))
      keep();
  }

  alarm_state state() const { return book_.find(disk.id())->state; }

  alarm_record disk;

private:
  void keep() { disk = stored(*book_.find(disk.id())); }

  alarm_book book_;
};

// Told before a crash at commit 5, for commit 6.
alarm_record told(const alarm_transition& x, bool stood_before = false) {
  alarm_book book{routes{{{"slack"}}}};
  book.split_started(0, 1, 0, 4);
  if (stood_before)
    book.take(raise("t1", 50), start);
  book.split_committed({0, 90, 0, 5}, start);
  book.take(x, start);
  return *book.find(x.alarm);
}

alarm_transition swept(alarm_transition x, uint64_t commit) {
  x.swept = true;
  x.commit = commit;
  return x;
}

} // namespace

TEST_CASE("what was repeated for an earlier commit and is in that is not awaited behind a second crash") {
  const auto first = swept(raise("t1", 100), 7);
  life second{told(first), 90, 5};
  auto again = first;
  again.position = 120;
  again.commit = 6;
  second.take(again);
  CHECK(second.commit(150, 6) == 0);
  life third{second.disk, 150, 6};
  CHECK(third.commit(160, 7, 40) == 0);
  CHECK(third.state() == alarm_state::active);
}

TEST_CASE("what a reading decided, and a sweep before it behind the crash, is not awaited at the reading's place") {
  for (const bool ends : {false, true}) {
    CAPTURE(ends);
    auto first = ends ? clear("t1", 2, 140) : raise("t1", 140);
    first.commit = 6;
    life second{told(first, ends), 90, 5};
    auto again = swept(first, 6);
    again.position = 120;
    second.take(again);
    CHECK(second.commit(130, 6) == 0);
    life third{second.disk, 130, 6};
    CHECK(third.commit(150, 7, 40) == 0);
    CHECK(third.state() == (ends ? alarm_state::cleared : alarm_state::active));
  }
}

TEST_CASE("what is awaited is in no commit, however many pass before a second crash, and is taken back behind that") {
  SUBCASE("a sweep's") {
    life second{told(swept(raise("t1", 89), 6)), 90, 5};
    CHECK(second.commit(100, 6) == 0);
    CHECK(second.commit(110, 7) == 0);
    life third{second.disk, 110, 7};
    CHECK(third.commit(120, 8, 40) == 1);
    CHECK(third.state() == alarm_state::cleared);
  }
  SUBCASE("a reading's, where what takes it back was not yet on disk") {
    auto first = raise("t1", 140);
    first.commit = 6;
    life second{told(first), 90, 5};
    life third{second.disk, 150, 6};
    CHECK(third.commit(160, 7, 40) == 1);
    CHECK(third.state() == alarm_state::cleared);
  }
  SUBCASE("a reading's that killed its actor later on") {
    life first{told(raise("t1", 95)), 90, 5};
    auto again = raise("t1", 95);
    first.take(again);
    first.expect_again(1);
    SUBCASE("and nobody comes to it") {
      CHECK(first.commit(100, 6) == 1);
      CHECK(first.state() == alarm_state::cleared);
    }
    SUBCASE("and somebody comes to it") {
      first.take(again);
      CHECK(first.commit(100, 6) == 0);
      CHECK(first.state() == alarm_state::active);
    }
  }
  SUBCASE("one whose actor died") {
    life first{told(swept(raise("t1", 89), 6)), 90, 5};
    first.take(swept(raise("t1", 89), 6));
    first.expect_again(1);
    CHECK(first.commit(100, 6) == 0);
    life second{first.disk, 100, 6};
    CHECK(second.commit(110, 7, 40) == 1);
    CHECK(second.state() == alarm_state::cleared);
  }
}

} // namespace alarm_repeats_test

#include "actors/alarm/journal_work.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace journal_work_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

outbox_entry page_of(const std::string& sensor, uint64_t sequence) {
  return {{{"slack"}, page_kind::alert, raise(sensor), false}, sequence, 0, never};
}

outbox_change outcome_of(const outbox_entry& page, notification_outcome outcome) {
  return {page.place(), notification_of(page.what, outcome), 1, never};
}

/// 10,000 alarms that page and are over, from this sequence number on, and as many tries of the page that waits.
void pile_up(journal_work& work, const outbox_entry& waiting, uint64_t from) {
  for (uint64_t i = from; i < from + 10'000; ++i) {
    work.changed(raise("a").alarm);
    work.add(transition_journaled{raise("a").alarm, static_cast<uint32_t>(i)});
    work.add(outcome_of(waiting, notification_outcome::planned));
    const auto page = page_of("a", i);
    work.add(page);
    work.add(outcome_of(page, notification_outcome::sent));
  }
}

} // namespace

TEST_CASE("what comes while a batch is written waits for the next, and what was refused comes before it") {
  journal_work work;
  work.changed(raise("a").alarm);
  work.add(page_of("a", 1));
  work.begin();
  CHECK(work.writing());
  work.changed(raise("b").alarm);
  work.add(page_of("b", 2));
  work.add_ticket(7);
  CHECK(work.refused("disk full").tickets.empty());
  CHECK(work.failing());
  CHECK(work.error() == "disk full");
  work.pause_is_over();
  const auto& both = work.begin();
  CHECK(both.changed.size() == 2);
  CHECK(both.pages.begin()->first == 1);
  CHECK(both.pages.size() == 2);
  CHECK(work.refused("disk full").tickets == std::vector<uint64_t>{7});
  work.begin();
  CHECK(work.written().tickets.empty());
  CHECK_FALSE(work.failing());
  CHECK(work.empty());
}

TEST_CASE("the pause before the next try doubles up to the most, and begins anew after a success") {
  journal_work work{{100ms, 300ms, 10, 10}};
  for (const auto pause : {100ms, 200ms, 300ms, 300ms}) {
    work.changed(raise("a").alarm);
    work.begin();
    CHECK(work.refused("no").pause == pause);
  }
  work.begin();
  work.written();
  work.changed(raise("a").alarm);
  work.begin();
  CHECK(work.refused("no").pause == 100ms);
}

TEST_CASE("an alarm that leaves and comes again is written, one that comes and leaves is forgotten") {
  const auto id = raise("a").alarm;
  journal_work work;
  work.forgotten(id);
  work.changed(id);
  CHECK(work.next().forgotten.empty());
  work.begin();
  work.forgotten(id);
  work.refused("no");
  CHECK(work.next().changed.empty());
  CHECK(work.next().forgotten.count(id) == 1);
}

TEST_CASE("what follows a move that was refused finds the page where it was, or where that has put it all the same") {
  journal_work work;
  const auto page = page_of("a", 1);
  const auto move = [&](int priority) {
    auto change = outcome_of(page, notification_outcome::planned);
    change.instead = page;
    change.instead->what.about.priority = priority;
    work.add(change);
    work.begin();
    work.refused("I/O error");
    return change.instead->place();
  };
  const auto first = move(70), second = move(90);
  work.add(outbox_change{second, notification_of(page.what, notification_outcome::sent), 1, never});
  const auto& joined = work.next().changes.at(1);
  CHECK_FALSE(joined.waits());
  CHECK(joined.place == page.place());
  CHECK(joined.or_at == std::vector<outbox_place>{first, second});
}

TEST_CASE("while the journal fails, what waits for it grows neither with changes nor with tries nor with outcomes") {
  journal_work work{{100ms, 5000ms, 100, 100}};
  work.changed(raise("a").alarm);
  work.begin();
  work.refused("disk full");
  const auto waiting = page_of("dead receiver", 1);
  work.add(waiting);
  pile_up(work, waiting, 2);
  CHECK(work.next().changed.size() == 1);
  CHECK(work.next().pages.size() <= 202);
  CHECK(work.next().changes.size() <= 202);
  CHECK(work.next().answers.size() <= 100);
  // What nobody has got yet stays whatever comes, and what is left out is counted.
  CHECK(work.next().pages.contains(1));
  CHECK(work.not_noted() + work.next().pages.size() == 10'001);
}

TEST_CASE("while the journal fails or hangs, each alarm keeps the answers to the newest that was told of it") {
  journal_work work{{100ms, 5000ms, 100, 100}};
  constexpr uint64_t alarms = 500, changes = 200, from_ledger = 3;
  std::vector<uuid> ids;
  for (uint64_t i = 0; i < alarms; ++i)
    ids.push_back(raise(numbered("t", static_cast<int>(i))).alarm);
  work.changed(ids[0]);
  work.begin();
  bool hangs = false;
  SUBCASE("it fails") {
    work.refused("disk full");
  }
  SUBCASE("it hangs") {
    hangs = true;
    work.is_late();
  }
  const auto told = [&](uint64_t i) {
    const auto number = i / alarms + 1;
    return transition_journaled{ids[i % alarms], static_cast<uint32_t>(number), number <= from_ledger ? 0 : i};
  };
  size_t most = 0;
  for (uint64_t i = 0; i < alarms * changes; ++i) {
    work.add(told(i));
    most = std::max(most, work.next().answers.size());
  }
  CHECK(most <= 4 * alarms);
  if (hangs)
    work.written();
  work.begin();
  const auto answers = work.written().answers;
  size_t covered = 0;
  for (uint64_t i = 0; i < alarms * changes; ++i)
    if (i / alarms + 1 == from_ledger || i / alarms + 1 == changes)
      covered += std::any_of(answers.begin(), answers.end(), [&](const auto& each) {
        return each.alarm == told(i).alarm && each.covers(told(i).number, told(i).telling);
      });
  CHECK(covered == 2 * alarms);
}

TEST_CASE("a journal that hangs bounds what waits for it, and holds nobody who waits for an answer") {
  journal_work work{{100ms, 5000ms, 100, 100}};
  const auto waiting = page_of("dead receiver", 1);
  const auto before = page_of("a", 2);
  work.add(waiting);
  work.add(before);
  work.add_ticket(7);
  work.begin();
  work.add_ticket(8);
  CHECK_FALSE(work.late());
  CHECK(work.is_late() == std::vector<uint64_t>{7, 8});
  CHECK(work.late());
  work.add(outcome_of(before, notification_outcome::sent));
  pile_up(work, waiting, 3);
  CHECK(work.next().pages.size() <= 202);
  CHECK(work.next().changes.size() <= 204);
  CHECK(work.next().answers.size() <= 100);
  CHECK(work.not_noted() + work.next().pages.size() == 10'000);
  // What is with it is not left out, whatever becomes of it; nor is what became of that.
  CHECK(work.next().changes.contains(1));
  CHECK(work.next().changes.contains(2));
  SUBCASE("it answers") {
    CHECK(work.written().pages.size() == 2);
  }
  SUBCASE("it refuses in the end") {
    CHECK(work.refused("gone").tickets.empty());
    CHECK(work.next().pages.contains(1));
  }
  CHECK_FALSE(work.late());
}

} // namespace journal_work_test

#include "actors/alarm/alarm_book.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using namespace millwright;
using namespace millwright::testing;

namespace {

const routes two_ways{{{"slack"}, {"terminal"}}};

alarm_record stored(const alarm_record& record) {
  std::string bytes;
  binary_writer out{bytes};
  encode(out, record);
  binary_reader in{bytes};
  auto back = decode_alarm_record(in);
  REQUIRE(back);
  CHECK(in.at_end());
  return *back;
}

} // namespace

TEST_CASE("a raise that pages goes to every channel once, with a key of its own") {
  alarm_book book{two_ways};
  const auto first = book.take(raise("t1"), start);
  REQUIRE(first.pages.size() == 2);
  CHECK(first.pages[0].kind == page_kind::alert);
  CHECK(key_of(first.pages[0]) == to_string(raise("t1").alarm) + "-1-slack");
  CHECK(key_of(first.pages[1]) == to_string(raise("t1").alarm) + "-1-terminal");
  const auto again = book.take(raise("t1"), start);
  CHECK_FALSE(again.taken);
  CHECK(again.pages.empty());
  CHECK(book.counted().repeated == 1);
}

TEST_CASE("what follows goes where the raise went, as a notice") {
  alarm_book book{two_ways};
  book.take(raise("t1"), start);
  const auto gone = book.take(clear("t1", 2), start);
  REQUIRE(gone.pages.size() == 2);
  CHECK(gone.pages[0].kind == page_kind::notice);
  const auto back = book.take(transition("t1", 3, transition_kind::reopened), start);
  CHECK(back.pages.size() == 2);
  CHECK(book.find(raise("t1").alarm)->state == alarm_state::active);
}

TEST_CASE("an alarm that woke nobody is followed by no notice and needs no acknowledgement") {
  alarm_book book{two_ways};
  auto quiet = raise("t1");
  quiet.pages = false;
  CHECK(book.take(quiet, start).pages.empty());
  CHECK(book.find(quiet.alarm)->explanation == "not paged: limit high wakes nobody");
  CHECK(book.take(clear("t1", 2), start).pages.empty());
  CHECK(book.find(quiet.alarm)->finished());
}

TEST_CASE("an update pages when it is the first to page or more severe than what was paged") {
  alarm_book book{two_ways};
  auto quiet = raise("t1");
  quiet.pages = false;
  book.take(quiet, start);
  auto worse = transition("t1", 2, transition_kind::updated);
  worse.pages = true;
  worse.level = severity::critical;
  CHECK(book.take(worse, start).pages.size() == 2);
  worse.number = 3;
  CHECK(book.take(worse, start).pages.empty());
  CHECK(book.find(quiet.alarm)->explanation == "quiet: already paged as critical");
}

TEST_CASE("a higher severity asks for a new acknowledgement") {
  alarm_book book{two_ways};
  book.take(raise("t1"), start);
  book.acknowledge(to_string(raise("t1").alarm), "ada", start);
  auto worse = transition("t1", 2, transition_kind::updated);
  worse.pages = true;
  worse.level = severity::critical;
  CHECK(book.take(worse, start).pages.size() == 2);
  CHECK_FALSE(book.find(worse.alarm)->acknowledged);
}

TEST_CASE("a gap is counted, and the transition behind it is taken") {
  alarm_book book{two_ways};
  book.take(raise("t1"), start);
  CHECK(book.take(clear("t1", 4), start).taken);
  CHECK(book.counted().gaps == 1);
  CHECK_FALSE(book.take(transition("t1", 3, transition_kind::updated), start).taken);
}

TEST_CASE("known chatter is not told again when it comes back, but when it ends") {
  alarm_book book{two_ways};
  book.take(raise("t1"), start);
  uint32_t number = 2;
  size_t told = 0;
  for (int i = 0; i < 5; ++i) {
    auto back = transition("t1", number++, transition_kind::reopened);
    back.chattering = true;
    told += book.take(back, start).pages.size();
  }
  CHECK(told == 2);
  CHECK(book.take(clear("t1", number), start).pages.size() == 2);
}

TEST_CASE("an alarm is acknowledged by any beginning of its id that no other has") {
  alarm_book book{two_ways};
  std::vector<std::string> ids;
  for (int i = 0; i < 300; ++i) {
    book.take(raise(numbered("s", i)), start);
    ids.push_back(to_string(raise(numbered("s", i)).alarm));
  }
  using answer = alarm_book::acknowledgement::answer;
  CHECK(book.acknowledge(ids[7].substr(0, 13), "ada", start).result == answer::acknowledged);
  CHECK(book.acknowledge(ids[7], "bob", start).result == answer::already_acknowledged);
  CHECK(book.find(raise("s7").alarm)->acknowledged_by == "ada");
  size_t ambiguous = 0;
  for (const char digit : std::string{"0123456789abcdef"})
    ambiguous += book.acknowledge(std::string{digit}, "", start).result == answer::ambiguous;
  CHECK(ambiguous == 16);
  CHECK(book.acknowledge("", "", start).result == answer::unknown);
  CHECK(book.acknowledge("zz", "", start).result == answer::unknown);
  CHECK(book.acknowledge(ids[7] + "0", "", start).result == answer::unknown);
}

TEST_CASE("an adapted alarm stays until it is acknowledged, a cleared one until the retention") {
  alarm_book book{two_ways, {milliseconds{1000}, 100}};
  book.take(raise("t1"), start);
  book.take(transition("t1", 2, transition_kind::adapted), start);
  book.take(raise("t2"), start);
  book.take(clear("t2", 2), start);
  book.split_committed(0, 100, start);
  CHECK(book.tidy(start + milliseconds{5000}).empty());
  book.acknowledge(to_string(raise("t1").alarm), "", start + milliseconds{5000});
  book.acknowledge(to_string(raise("t2").alarm), "", start + milliseconds{5500});
  CHECK(book.tidy(start + milliseconds{5900}).empty());
  CHECK(book.tidy(start + milliseconds{6000}) == std::vector{raise("t1").alarm});
  CHECK(book.tidy(start + milliseconds{6500}) == std::vector{raise("t2").alarm});
}

TEST_CASE("above the limit finished alarms leave first, active ones never") {
  alarm_book book{two_ways, {milliseconds{1'000'000}, 10}};
  for (int i = 0; i < 30; ++i) {
    book.take(raise(numbered("s", i)), start + milliseconds{i});
    if (i >= 20)
      book.take(clear(numbered("s", i), 2), start + milliseconds{i});
  }
  book.split_committed(0, 100, start);
  CHECK(book.tidy(start + milliseconds{50}).size() == 10);
  CHECK(book.active() == 20);
}

TEST_CASE("what the journal had beyond the commit and the replay does not repeat is cleared and counted") {
  alarm_book before{two_ways};
  before.take(raise("repeated", 50), start);
  before.take(raise("lost", 60), start);
  before.take(raise("committed", 5), start);
  auto node = raise("node", 55);
  node.condition.which = rule::source_silent;
  before.take(node, start);

  alarm_book after{two_ways};
  for (const auto* record : before.list(10, false))
    after.restore(stored(*record));
  after.split_started(0, 20);
  CHECK_FALSE(after.take(raise("repeated", 50), start).taken);
  CHECK(after.split_committed(0, 60, start).empty());
  const auto cleared = after.split_committed(0, 61, start);
  REQUIRE(cleared.size() == 1);
  CHECK(cleared[0].alarm == raise("lost").alarm);
  CHECK(cleared[0].pages.size() == 2);
  CHECK(after.find(raise("lost").alarm)->latest.reason == "not repeated by the replay");
  CHECK(after.counted().not_repeated == 1);
  CHECK(after.active() == 3);
}

TEST_CASE("a record survives storing, and no cut or flipped byte is taken for something else than damage or data") {
  alarm_book book{two_ways};
  book.take(raise("t1"), start);
  book.acknowledge(to_string(raise("t1").alarm), "ada", start);
  const auto& record = *book.find(raise("t1").alarm);
  std::string bytes, again;
  binary_writer out{bytes};
  encode(out, record);
  binary_writer second{again};
  encode(second, stored(record));
  CHECK(bytes == again);
  for (size_t size = 0; size < bytes.size(); ++size) {
    binary_reader in{std::string_view{bytes}.substr(0, size)};
    CHECK_FALSE(decode_alarm_record(in));
  }
  std::mt19937_64 random{1};
  for (int i = 0; i < 2000; ++i) {
    auto flipped = bytes;
    flipped[random() % flipped.size()] ^= static_cast<char>(1 << random() % 8);
    binary_reader in{flipped};
    decode_alarm_record(in);
  }
}

TEST_CASE("whatever is repeated, each page is decided once and ends in the same state") {
  std::mt19937_64 random{7};
  for (int run = 0; run < 200; ++run) {
    std::vector<alarm_transition> log;
    for (int sensor = 0; sensor < 4; ++sensor) {
      const auto name = numbered("s", sensor);
      log.push_back(raise(name, log.size()));
      for (uint32_t number = 2; number < 2 + random() % 6; ++number)
        log.push_back(number % 2 == 0 ? clear(name, number, log.size())
                                      : transition(name, number, transition_kind::reopened, log.size()));
    }
    std::multiset<std::string> plain, disturbed;
    alarm_book book{two_ways};
    for (const auto& x : log)
      for (const auto& each : book.take(x, start).pages)
        plain.insert(key_of(each));

    auto broken = std::make_unique<alarm_book>(two_ways);
    size_t committed = 0;
    for (size_t i = 0; i < log.size();) {
      for (const auto& each : broken->take(log[i], start).pages)
        disturbed.insert(key_of(each));
      ++i;
      if (random() % 3 == 0)
        CHECK(broken->split_committed(0, committed = i, start).empty());
      if (random() % 4 == 0) {
        auto next = std::make_unique<alarm_book>(two_ways);
        for (const auto* record : broken->list(100, false))
          next->restore(stored(*record));
        broken = std::move(next);
        broken->split_started(0, committed);
        i = committed;
      }
    }
    CHECK(broken->split_committed(0, log.size(), start).empty());
    CHECK(plain == disturbed);
    CHECK(broken->counted().not_repeated == 0);
    CHECK(broken->active() == book.active());
  }
}

#include "actors/alarm/alarm_board.hpp"
#include "actors/alarm/alarm_book.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <time.h>

#include <atomic>
#include <thread>

namespace alarm_board_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

// Of this thread: what others do on a busy machine is none of its work.
std::chrono::nanoseconds own_time() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

void pin_all(alarm_board& board, const alarm_book& book) {
  for (const auto& [id, record] : book.all())
    board.pin(id, record);
  board.publish({});
}

} // namespace

TEST_CASE("nothing is shown before it is published, and what has left is taken down") {
  alarm_board board;
  alarm_book book{routes{{{"slack"}}}};
  CHECK_FALSE(board.wait_for_router(milliseconds{0}));
  book.take(raise("t1"), start);
  board.pin(raise("t1").alarm, book.share(raise("t1").alarm));
  CHECK(board.list({}).total == 0);
  alarm_status figures;
  figures.active = 1;
  board.publish(figures);
  CHECK(board.wait_for_router(milliseconds{0}));
  CHECK(board.list({}).total == 1);
  CHECK(board.status().active == 1);
  board.pin(raise("t1").alarm, nullptr);
  board.publish({});
  CHECK(board.list({}).total == 0);
  board.pin(raise("t1").alarm, book.share(raise("t1").alarm));
  board.publish({});
  board.clear();
  CHECK(board.list({}).total == 1);
  board.publish({});
  CHECK(board.list({}).total == 0);
}

TEST_CASE("alarms are what pages or has paged, observations the rest, each in the order of their urgency") {
  alarm_board board;
  alarm_book book{routes{{{"slack"}}}};
  auto urgent = raise("urgent");
  urgent.priority = 99;
  auto seen = raise("seen");
  seen.pages = false;
  for (const auto& x : {raise("plain"), urgent, raise("over"), clear("over", 2), seen})
    book.take(x, start);
  book.acknowledge(to_string(raise("plain").alarm), "", start);
  pin_all(board, book);
  const auto sensors = [&](const list_alarms& question) {
    std::string out;
    for (const auto& each : board.list(question).alarms)
      out += each.raise.condition.sensor.text + ' ';
    return out;
  };
  CHECK(sensors({10, false, false}) == "urgent plain over ");
  CHECK(sensors({10, true, false}) == "urgent plain ");
  CHECK(sensors({1, true, false}) == "urgent ");
  CHECK(board.list({1, true, false}).total == 2);
  CHECK(sensors({10, true, true}) == "seen ");
}

TEST_CASE(
    "with 200,000 alarms neither a change nor a question costs the router's thread more than a few hundred pointers") {
  constexpr size_t most = 200'000;
  alarm_board board;
  alarm_book book{routes{{{"slack"}}}, {milliseconds{1'000'000}, most}};
  std::vector<alarm_transition> raises;
  for (size_t i = 0; i < most; ++i)
    raises.push_back(raise(numbered("s", static_cast<int>(i))));
  for (const auto& x : raises)
    book.take(x, start);
  pin_all(board, book);
  std::atomic<bool> ended{false};
  std::atomic<int> asked{0};
  std::thread asking{[&] {
    while (!ended || asked == 0) {
      CHECK(board.list({1000, false}).total == most);
      ++asked;
    }
  }};
  const auto before = board.copied();
  std::chrono::nanoseconds worst{0}, all{0};
  constexpr int changes = 1000;
  for (int i = 0; i < changes; ++i) {
    auto x = raises[static_cast<size_t>(i) * 199];
    x.number = 2;
    x.kind = transition_kind::updated;
    const auto from = own_time();
    book.take(x, start);
    board.pin(x.alarm, book.share(x.alarm));
    alarm_status figures;
    figures.newest_paged = book.newest_paged(6);
    board.publish(std::move(figures));
    const std::chrono::nanoseconds took = own_time() - from;
    worst = std::max(worst, took);
    all += took;
  }
  ended = true;
  asking.join();
  CHECK((board.copied() - before) / changes < 400);
  CHECK(all / changes < std::chrono::milliseconds{1});
  MESSAGE("a change while lists are asked for: ", all.count() / changes / 1000, " us, worst ", worst.count() / 1000,
          " us");
}

} // namespace alarm_board_test

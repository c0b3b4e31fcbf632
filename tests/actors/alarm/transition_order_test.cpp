#include "actors/alarm/alarm_book.hpp"
#include "actors/alarm/transition_order.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <random>

namespace transition_order_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

struct ordered_book {
  alarm_book book{routes{{{"slack"}}}};
  transition_order order{{milliseconds{2000}, 100}};
  std::vector<std::string> pages;
  event_time now = start;

  void take(const alarm_transition& x) {
    for (const auto& each : book.take(x, now).pages)
      pages.push_back(key_of(each));
  }
  void arrive(const alarm_transition& x) {
    order.arrive(x, book.last_number(x.alarm), now, [this](const auto& each) { take(each); });
  }
  void pass(milliseconds time) {
    now += time;
    order.pass(now, [this](const auto& each) { take(each); });
  }
  /// Of one alarm, in their order.
  std::vector<std::string> pages_of(const uuid& alarm) const {
    std::vector<std::string> out;
    for (const auto& each : pages)
      if (each.starts_with(to_string(alarm)))
        out.push_back(each);
    return out;
  }
};

} // namespace

TEST_CASE("a clear that overtakes its raise waits for it") {
  ordered_book x;
  x.arrive(clear("t1", 2));
  CHECK(x.pages.empty());
  CHECK(x.order.waiting() == 1);
  CHECK(x.order.due() == start + milliseconds{2000});
  x.arrive(raise("t1"));
  CHECK(x.pages.size() == 2);
  CHECK(x.order.waiting() == 0);
  CHECK(x.order.due() == forever);
  CHECK(x.book.counted().gaps == 0);
}

TEST_CASE("what never comes is not waited for longer than the patience, and comes late at worst") {
  ordered_book x;
  x.arrive(clear("t1", 2));
  x.pass(milliseconds{1999});
  CHECK(x.order.waiting() == 1);
  x.pass(milliseconds{1});
  CHECK(x.order.waiting() == 0);
  CHECK(x.book.counted().gaps == 1);
  x.arrive(raise("t1"));
  CHECK(x.pages.size() == 2);
}

TEST_CASE("what a successor decides takes the place of what a dead actor had told under its number, and waits still") {
  transition_order order{{milliseconds{2000}, 100}};
  std::vector<transition_kind> taken;
  const auto take = [&](const alarm_transition& x) { taken.push_back(x.kind); };
  order.arrive(transition("t1", 2, transition_kind::updated), 0, start, take);
  order.arrive(clear("t1", 2), 0, start, take);
  CHECK(order.waiting() == 1);
  order.arrive(raise("t1"), 0, start, take);
  CHECK(taken == std::vector{transition_kind::raised, transition_kind::cleared});
}

TEST_CASE("a clock that is set back makes nothing wait longer than the patience from then on") {
  ordered_book x;
  x.arrive(clear("t1", 2));
  x.pass(milliseconds{-3'600'000});
  x.pass(milliseconds{2000});
  CHECK(x.order.waiting() == 0);
}

TEST_CASE("more than the most do not wait") {
  ordered_book x;
  for (int i = 0; i < 200; ++i)
    x.arrive(clear(numbered("s", i), 2));
  CHECK(x.order.waiting() <= 100);
  CHECK(x.book.size() == 100);
}

TEST_CASE(
    "however transitions are mixed, repeated and cut off by restarts, each alarm pages as if they came in order") {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    std::mt19937_64 random{seed};
    std::vector<alarm_transition> log;
    for (int sensor = 0; sensor < 5; ++sensor) {
      const auto name = numbered("s", sensor);
      log.push_back(raise(name));
      const auto most = 2 + random() % 6;
      for (uint32_t number = 2; number < most; ++number) {
        const auto kind = random() % 3 == 0   ? transition_kind::cleared
                          : random() % 2 == 0 ? transition_kind::reopened
                                              : transition_kind::updated;
        auto x = transition(name, number, kind);
        x.level = static_cast<severity>(1 + random() % 4);
        x.pages = kind != transition_kind::cleared && random() % 3 != 0;
        log.push_back(x);
      }
    }
    ordered_book straight;
    for (const auto& x : log)
      straight.arrive(x);

    auto sent = log;
    std::shuffle(sent.begin(), sent.end(), random);
    ordered_book mixed;
    for (size_t i = 0; i < sent.size(); ++i) {
      mixed.arrive(sent[i]);
      if (random() % 3 == 0)
        mixed.arrive(sent[random() % (i + 1)]);
      mixed.pass(milliseconds{static_cast<int>(random() % 50)});
      if (random() % 8 == 0) {
        // The router is started anew: what waited was not answered, so it is sent again.
        alarm_book next{routes{{{"slack"}}}};
        for (const auto& [id, record] : mixed.book.all())
          next.restore(*record);
        mixed.book = std::move(next);
        mixed.order = transition_order{{milliseconds{2000}, 100}};
        for (size_t j = 0; j <= i; ++j)
          mixed.arrive(sent[j]);
      }
    }
    CAPTURE(seed);
    CHECK(mixed.order.waiting() == 0);
    CHECK(mixed.book.counted().gaps == 0);
    CHECK(mixed.book.counts().active == straight.book.counts().active);
    CHECK(mixed.book.counts().observations == straight.book.counts().observations);
    for (const auto& [id, record] : straight.book.all()) {
      CHECK(mixed.pages_of(id) == straight.pages_of(id));
      CHECK(mixed.book.find(id)->state == record->state);
      CHECK(mixed.book.find(id)->explanation == record->explanation);
    }
  }
}

} // namespace transition_order_test

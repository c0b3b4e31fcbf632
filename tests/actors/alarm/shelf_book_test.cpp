#include "actors/alarm/shelf_book.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace shelf_book_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

alarm_shelf lasting(alarm_shelf x, event_time since, milliseconds time) {
  x.since = since;
  x.until = since + time;
  x.by = "anna";
  x.reason = "new bearing";
  return x;
}

const auto t1 = raise("t1").condition;

} // namespace

TEST_CASE("a shelf of an alarm covers its condition, of a sensor all of its rules, of a unit all of its sensors") {
  auto other_rule = t1, other_sensor = t1, other_unit = t1, elsewhere = t1;
  other_rule.which = rule::rate;
  other_sensor.sensor.text = "t2";
  other_unit.unit.text = "reactor-2";
  elsewhere.facility.text = "site-2";
  const auto covered = [&](const alarm_shelf& x) {
    shelf_book book;
    book.put(lasting(x, start, 1h));
    std::string out;
    for (const auto& each : {t1, other_rule, other_sensor, other_unit, elsewhere})
      out += book.over(each, start) ? '+' : '-';
    return out;
  };
  CHECK(covered(shelf_of_alarm(raise("t1"))) == "+--+-");
  CHECK(covered(shelf_of_sensor({"main"}, {"t1"})) == "++-+-");
  CHECK(covered(shelf_of_unit({"main"}, {"reactor-1"})) == "+++--");
}

TEST_CASE("what the node finds of itself is covered by no unit that is called alike") {
  shelf_book book;
  book.put(lasting(shelf_of_unit({""}, {"slack"}), start, 1h));
  CHECK_FALSE(book.over({{""}, {""}, {"slack"}, rule::channel_down}, start));
}

TEST_CASE("of several that cover an alarm the one that lasts longest counts, and the other behind its end") {
  shelf_book book;
  book.put(lasting(shelf_of_sensor({"main"}, {"t1"}), start, 2h));
  book.put(lasting(shelf_of_unit({"main"}, {"reactor-1"}), start, 1h));
  CHECK(book.over(t1, start)->what == alarm_shelf::scope::sensor);
  REQUIRE(book.remove({alarm_shelf::scope::sensor, shelf_of_sensor({"main"}, {"t1"}).of}));
  CHECK(book.over(t1, start)->what == alarm_shelf::scope::unit);
}

TEST_CASE("what is shelved again gets the new end") {
  shelf_book book;
  book.put(lasting(shelf_of_sensor({"main"}, {"t1"}), start, 2h));
  book.put(lasting(shelf_of_sensor({"main"}, {"t1"}), start, 1h));
  CHECK(book.due(start) == start + 1h);
  CHECK(book.pass(start + 1h).size() == 1);
  CHECK(book.empty());
  CHECK(book.due(start) == forever);
}

TEST_CASE("no shelf lasts longer than the setting says, whatever was asked for and whatever was kept") {
  shelf_book book{milliseconds{1h}};
  book.put(lasting(shelf_of_sensor({"main"}, {"t1"}), start, 48h));
  book.restore(lasting(shelf_of_sensor({"main"}, {"t2"}), start, 48h));
  CHECK(book.pass(start + 1h).size() == 2);
}

TEST_CASE("a clock that is set back by more than a little ends a shelf, for nobody knows how long it would last") {
  shelf_book book;
  book.put(lasting(shelf_of_sensor({"main"}, {"t1"}), start, 1h));
  CHECK(book.over(t1, start - 1min));
  CHECK(book.pass(start - 1min).empty());
  const auto year = start - 24h * 365;
  CHECK_FALSE(book.over(t1, year));
  CHECK(book.due(year) == year);
  CHECK(book.pass(year).size() == 1);
}

TEST_CASE("what is shelved is found by its id, by FACILITY/ID, or by the beginning of the alarm's id") {
  shelf_book book;
  book.put(lasting(shelf_of_sensor({"main"}, {"t1"}), start, 1h));
  book.put(lasting(shelf_of_unit({"main"}, {"t1"}), start, 1h));
  book.put(lasting(shelf_of_alarm(raise("t2")), start, 1h));
  CHECK(book.named("t1", "", "").size() == 2);
  CHECK(book.named("main/t1", "", "unit").size() == 1);
  CHECK(book.named("t1", "site-2", "").empty());
  CHECK(book.named(short_form(raise("t2").alarm), "", "").size() == 1);
  CHECK(book.named("", "", "alarm").empty());
}

TEST_CASE("a shelf is the same behind what is stored, and damage is no shelf") {
  const auto x = lasting(shelf_of_alarm(raise("t1")), start, 1h);
  std::string bytes;
  binary_writer out{bytes};
  encode(out, x);
  binary_reader in{bytes};
  CHECK(decode_alarm_shelf(in) == x);
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    binary_reader damaged{std::string_view{bytes}.substr(0, cut)};
    CHECK_FALSE(decode_alarm_shelf(damaged));
  }
}

TEST_CASE("behind any history of shelving, unshelving, clocks and restarts every shelf ends") {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    shelf_book book{milliseconds{24h}};
    auto now = start;
    for (int step = 0; step < 60; ++step) {
      const auto sensor = numbered("t", static_cast<int>(random() % 5));
      auto x = random() % 2 ? shelf_of_sensor({"main"}, {sensor}) : shelf_of_unit({"main"}, {sensor});
      switch (random() % 5) {
      case 0:
      case 1:
        book.put(lasting(x, now, milliseconds{static_cast<int64_t>(random() % 200'000'000)}));
        break;
      case 2:
        book.remove({x.what, x.of});
        break;
      case 3: {
        shelf_book next{milliseconds{24h}};
        for (auto& each : book.all())
          next.restore(std::move(each));
        book = std::move(next);
        break;
      }
      default:
        now += milliseconds{static_cast<int64_t>(random() % 20'000'000) - 4'000'000};
      }
      book.pass(now);
      CHECK(book.due(now) > now);
      for (const auto& each : book.all())
        CHECK(each.until <= now + 24h + shelf_book::clock_slack);
    }
    const auto end = now + 24h + shelf_book::clock_slack;
    book.pass(end);
    CHECK(book.empty());
  }
}

} // namespace shelf_book_test

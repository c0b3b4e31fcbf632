#include "actors/equipment/unit_maintenance.hpp"

#include <doctest/doctest.h>

#include <random>

namespace unit_maintenance_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

using kind = maintenance_report::kind;

const event_time day_begins = from_epoch_ms(1'767'225'600'000);

maintenance_report told(kind what, milliseconds after, const std::string& by = "anna") {
  return {what, day_begins + after, by, "ann", {}};
}

} // namespace

TEST_CASE("maintenance that has begun stands until it ends, and begins once") {
  unit_maintenance x;
  CHECK(x.since() == never);
  CHECK(x.last_time() == never);
  x.take(told(kind::begins, 1h));
  x.take(told(kind::begins, 2h, "bert"));
  REQUIRE(x.under_way());
  CHECK(x.under_way()->by == "anna");
  CHECK(x.since() == day_begins + 1h);
  CHECK(x.last_time() == never);
  x.take(told(kind::ends, 3h, "bert"));
  CHECK(!x.under_way());
  REQUIRE(x.last());
  CHECK(x.last()->by == "bert");
  CHECK(x.last_time() == day_begins + 3h);
}

TEST_CASE("what maintenance was about is known when it is over, as its begin and its end say") {
  const auto note_of = [](const std::string& begun, const std::string& ended) {
    unit_maintenance x;
    x.take({kind::begins, day_begins, "anna", "ann", begun});
    x.take({kind::done, day_begins + 1min, "carl", "carl", "oil"});
    x.take({kind::ends, day_begins + 1h, "bert", "bert", ended});
    std::string bytes;
    binary_writer out{bytes};
    x.encode(out);
    binary_reader in{bytes};
    unit_maintenance read;
    REQUIRE(read.decode(in));
    REQUIRE(read.last());
    CHECK(read.last()->by == "bert");
    return read.last()->note;
  };
  CHECK(note_of("new bearing", "") == "new bearing");
  CHECK(note_of("", "runs smoothly") == "runs smoothly");
  CHECK(note_of("new bearing", "runs smoothly") == "new bearing; runs smoothly");
  CHECK(note_of("new bearing", "new bearing") == "new bearing");
  CHECK(note_of("", "").empty());
}

TEST_CASE("what was done while maintenance is under way ends it not") {
  unit_maintenance x;
  x.take(told(kind::begins, 1h));
  x.take(told(kind::done, 2h));
  CHECK(x.since() == day_begins + 1h);
  CHECK(x.last_time() == day_begins + 2h);
}

TEST_CASE("the last maintenance is that of the time that is asked about, until nobody can ask any more") {
  unit_maintenance x;
  for (const auto at : {1h, 3h, 2h})
    x.take(told(kind::done, at));
  CHECK(x.last_time(day_begins) == never);
  CHECK(x.last_time(day_begins + 1h) == day_begins + 1h);
  CHECK(x.last_time(day_begins + 150min) == day_begins + 2h);
  CHECK(x.last_time() == day_begins + 3h);
  x.pass(day_begins + 150min);
  CHECK(x.last_time(day_begins + 1h) == never);
  CHECK(x.last_time(day_begins + 150min) == day_begins + 2h);
  CHECK(x.last_time() == day_begins + 3h);
}

TEST_CASE("of reports without end few are kept") {
  unit_maintenance x;
  for (int i = 0; i < 10'000; ++i) {
    x.take(told(kind::done, i * 1min));
    x.take(told(kind::done, i * 1min, "bert"));
    x.pass(day_begins + i * 1min);
  }
  CHECK(x.heap_bytes() < 2000);
  CHECK(x.last()->by == "bert");
}

TEST_CASE("a stored report is the same one; damage and a newer form are none") {
  const maintenance_report report{kind::begins, day_begins, "anna", "ann", "new bearing"};
  std::string bytes;
  report.encode(bytes);
  CHECK(maintenance_report::decode(bytes) == report);
  for (size_t length = 0; length < bytes.size(); ++length)
    CHECK_FALSE(maintenance_report::decode(std::string_view{bytes}.substr(0, length)));
  CHECK_FALSE(maintenance_report::decode(bytes + "x"));
  auto newer = bytes;
  newer[0] = 2;
  CHECK_FALSE(maintenance_report::decode(newer));
}

TEST_CASE("stored maintenance is the same; damage is refused or read as something that goes on") {
  unit_maintenance x;
  x.take(told(kind::done, 1h));
  x.take(told(kind::begins, 2h));
  std::string bytes, again;
  binary_writer out{bytes};
  x.encode(out);
  unit_maintenance read;
  binary_reader in{bytes};
  REQUIRE(read.decode(in));
  CHECK(in.at_end());
  binary_writer out_again{again};
  read.encode(out_again);
  CHECK(again == bytes);
  std::mt19937_64 random{11};
  for (int i = 0; i < 10'000; ++i) {
    auto damaged = bytes;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    unit_maintenance other;
    binary_reader from{damaged};
    if (!other.decode(from))
      continue;
    other.take(told(kind::ends, 3h));
    other.pass(forever);
    CHECK(!other.under_way());
  }
}

} // namespace unit_maintenance_test

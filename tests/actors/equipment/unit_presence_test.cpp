#include "actors/equipment/unit_presence.hpp"
#include "tests/actors/equipment/unit_log.hpp"

#include <doctest/doctest.h>

namespace unit_presence_test {

using namespace millwright;
using namespace millwright::test;

namespace {

std::string field(const std::string& line, const std::string& name) {
  const auto at = line.find("\"" + name + "\":");
  const auto from = at + name.size() + 3;
  return line.substr(from, line.find_first_of(",}", from) - from);
}

struct fed_unit {
  explicit fed_unit(size_t splits = 1, const actor_settings* settings = nullptr) : log{splits}, unit{log, settings} {
    log.sensors({"temperature", "power"});
    for (size_t i = 0; i < splits; ++i)
      log.others(i, day_begins);
  }

  const std::vector<std::string>& states() { return unit.lines["equipment-state"]; }

  unit_log log;
  watched_unit unit;
};

} // namespace

TEST_CASE("a unit is offline ten minutes after its last reading, dated by the split's time") {
  fed_unit x;
  x.unit.speak(0, 0, day_begins + 5s, 1);
  x.log.others(0, day_begins + 10min + 5s - 1ms);
  x.unit.barrier();
  CHECK(x.states().empty());
  x.log.others(0, day_begins + 11min);
  x.unit.barrier();
  REQUIRE(x.states().size() == 1);
  CHECK(x.states()[0] == "{\"equipment_id\":\"P-101\",\"facility_id\":\"plant\","
                         "\"timestamp\":\"2026-01-01T00:10:05.000Z\",\"last_maintenance\":null,"
                         "\"total_runtime_hours\":0.1,\"fault_count\":0,"
                         "\"last_update\":\"2026-01-01T00:00:05.000Z\",\"presence\":\"offline\"}");
}

TEST_CASE("it is online again at the next reading, and the record counts that one") {
  fed_unit x;
  x.unit.speak(0, 0, day_begins + 5s, 1);
  x.log.others(0, day_begins + 20min);
  x.unit.speak(0, 0, day_begins + 20min + 3s, 1, 0.4);
  x.unit.speak(0, 1, day_begins + 20min + 4s, 1, 0.4);
  x.unit.barrier();
  REQUIRE(x.states().size() == 2);
  CHECK(field(x.states()[1], "timestamp") == "\"2026-01-01T00:20:03.000Z\"");
  CHECK(field(x.states()[1], "total_runtime_hours") == "0.2");
  CHECK(field(x.states()[1], "fault_count") == "1");
  CHECK(field(x.states()[1], "last_update") == "\"2026-01-01T00:20:03.000Z\"");
  CHECK(field(x.states()[1], "presence") == "\"online\"");
}

TEST_CASE("a late reading keeps a unit online as any, and counts") {
  fed_unit x;
  x.unit.speak(0, 0, day_begins + 5s, 1);
  x.log.others(0, day_begins + 9min);
  x.unit.speak(0, 0, day_begins - 2h, 1, 0.1);
  x.log.others(0, day_begins + 15min);
  x.unit.barrier();
  CHECK(x.states().empty());
  x.unit.end();
  REQUIRE(x.states().size() == 1);
  CHECK(field(x.states()[0], "total_runtime_hours") == "0.2");
  CHECK(field(x.states()[0], "fault_count") == "1");
  CHECK(field(x.states()[0], "last_update") == "\"2026-01-01T00:00:05.000Z\"");
}

TEST_CASE("a split that leaps lived ten seconds: a pause of the whole source takes no unit offline") {
  fed_unit x;
  x.unit.speak(0, 0, day_begins + 5s, 1);
  x.log.leaps(0, day_begins + 3h);
  x.unit.barrier();
  CHECK(x.states().empty());
  x.log.others(0, day_begins + 3h + 9min + 50s - 1ms);
  x.unit.barrier();
  CHECK(x.states().empty());
  x.log.others(0, day_begins + 3h + 10min);
  x.unit.barrier();
  REQUIRE(x.states().size() == 1);
  CHECK(field(x.states()[0], "timestamp") == "\"2026-01-01T03:09:50.000Z\"");
}

TEST_CASE("of two splits that feed a unit the one that has advanced least says when it is offline") {
  fed_unit x{2};
  x.unit.speak(0, 0, day_begins + 5s, 1);
  x.unit.speak(1, 1, day_begins + 4min, 1);
  x.log.others(0, day_begins + 13min);
  x.log.others(1, day_begins + 13min);
  x.unit.barrier();
  CHECK(x.states().empty());
  x.log.others(0, day_begins + 15min);
  x.unit.barrier();
  CHECK(x.states().empty());
  x.log.others(1, day_begins + 15min);
  x.unit.barrier();
  REQUIRE(x.states().size() == 1);
  // What the second split leapt over by its reading counts as ten seconds.
  CHECK(field(x.states()[0], "timestamp") == "\"2026-01-01T00:14:00.000Z\"");
}

TEST_CASE("its newest event time is none of a reading that is ahead") {
  fed_unit x;
  x.unit.speak(0, 0, day_begins + 5s, 1);
  x.unit.speak(0, 0, day_begins + 1h, 1, 1, reading::ahead);
  x.unit.end();
  REQUIRE(x.states().size() == 1);
  CHECK(field(x.states()[0], "last_update") == "\"2026-01-01T00:00:05.000Z\"");
  CHECK(field(x.states()[0], "total_runtime_hours") == "0.2");
}

TEST_CASE("a fault is a reading with a quality below 0.5; one without quality is none") {
  fed_unit x;
  for (const double quality : {0.5, 0.49, absent, 0.0, 1.0})
    x.unit.speak(0, 0, x.log.time() + 1s, 1, quality);
  x.unit.end();
  CHECK(field(x.states()[0], "fault_count") == "2");
}

TEST_CASE("runtime between readings is the time between those on time that are less than the gap apart") {
  actor_settings settings{equipment_settings()};
  REQUIRE(settings.set("runtime", "between_readings"));
  fed_unit x{1, &settings};
  x.unit.speak(0, 0, day_begins + 1min, 1);
  x.unit.speak(0, 1, day_begins + 4min, 1);
  // A pause of the gap is no runtime, a late reading adds none.
  x.unit.speak(0, 0, day_begins + 9min, 1);
  x.unit.speak(0, 0, day_begins + 6min, 1);
  x.unit.speak(0, 0, day_begins + 12min, 1);
  x.unit.end();
  CHECK(field(x.states()[0], "total_runtime_hours") == "0.1");
}

TEST_CASE("hours a reading are a setting") {
  actor_settings settings{equipment_settings()};
  REQUIRE(settings.set("hours_a_reading", "0.25"));
  fed_unit x{1, &settings};
  x.unit.speak(0, 0, day_begins + 1s, 1);
  x.unit.speak(0, 0, day_begins + 2s, 1);
  x.unit.end();
  CHECK(field(x.states()[0], "total_runtime_hours") == "0.5");
}

TEST_CASE("at the end of a replay there is a record of what a unit is, dated by the split's time") {
  fed_unit x;
  x.unit.speak(0, 0, day_begins + 5s, 1);
  x.log.others(0, day_begins + 9min);
  x.unit.end();
  REQUIRE(x.states().size() == 1);
  CHECK(field(x.states()[0], "timestamp") == "\"2026-01-01T00:09:00.000Z\"");
  CHECK(field(x.states()[0], "presence") == "\"online\"");
}

TEST_CASE("a unit that is offline at the end has both records, and one that nobody heard none") {
  fed_unit x;
  x.unit.speak(0, 0, day_begins + 5s, 1);
  x.log.others(0, day_begins + 12min);
  x.unit.end();
  REQUIRE(x.states().size() == 2);
  CHECK(field(x.states()[1], "presence") == "\"offline\"");
  CHECK(field(x.states()[1], "timestamp") == "\"2026-01-01T00:12:00.000Z\"");
  fed_unit silent;
  silent.unit.end();
  CHECK(silent.states().empty());
}

TEST_CASE("a unit that is offline and has nothing open need not be told the time; it is so old as its last reading") {
  fed_unit x;
  CHECK(x.unit.model.idle());
  x.unit.speak(0, 0, day_begins + 5s, 1);
  x.unit.barrier();
  CHECK_FALSE(x.unit.model.idle());
  x.log.others(0, day_begins + 30min);
  x.unit.barrier();
  CHECK(x.unit.model.idle());
  CHECK(x.unit.model.newest() == day_begins + 5s);
  // Of what is late it hears all the same.
  x.unit.speak(0, 0, day_begins - 5h, 1);
  x.unit.barrier();
  CHECK_FALSE(x.unit.model.idle());
  CHECK(x.unit.model.newest() == day_begins + 30min);
}

TEST_CASE("a unit that goes on holds no memory of how it began") {
  unit_presence x;
  for (uint16_t split = 0; split < 6; ++split) {
    unit_stretch first;
    first.split = split;
    first.count = 1;
    first.began = first.heard = first.newest = first.first_time = day_begins;
    CHECK_FALSE(x.take(first, 10min));
  }
  CHECK(x.heap_bytes() >= 6 * sizeof(unit_stretch));
  time_passed time;
  time.closing = time.newest = day_begins + 1s;
  size_t steps = 0;
  while (x.next(time, 10min))
    ++steps;
  CHECK(steps == 6);
  CHECK(x.online());
  CHECK(x.heap_bytes() < 3 * sizeof(unit_stretch));
}

} // namespace unit_presence_test

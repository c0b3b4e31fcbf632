#include "tests/actors/equipment/unit_log.hpp"

#include <doctest/doctest.h>

namespace unit_sessions_test {

using namespace millwright;
using namespace millwright::test;

namespace {

std::vector<std::string> sessions_of(const std::vector<milliseconds>& readings) {
  unit_log log;
  log.sensors({"temperature"});
  watched_unit unit{log};
  for (const auto at : readings)
    unit.speak(0, 0, day_begins + at, 1);
  unit.end();
  return unit.lines["sessions"];
}

std::string rest(const std::string& line) {
  return line.substr(line.find("\"event_count\""));
}

} // namespace

TEST_CASE("a session has its first and last reading, their number, minutes and rate") {
  const auto rows = sessions_of({0s, 60s, 120s, 240s});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0] == "{\"equipment_id\":\"P-101\",\"facility_id\":\"plant\","
                   "\"session_start\":\"2026-01-01T00:00:00.000Z\",\"session_end\":\"2026-01-01T00:04:00.000Z\","
                   "\"event_count\":4,\"session_minutes\":4,\"avg_event_rate\":1,\"pattern\":\"none\"}");
}

TEST_CASE("five minutes part two sessions, a millisecond less does not") {
  CHECK(sessions_of({0s, 5min}).size() == 2);
  CHECK(sessions_of({0s, 5min - 1ms}).size() == 1);
}

TEST_CASE("a session of no length has no rate and no pattern") {
  const auto rows = sessions_of({0s});
  REQUIRE(rows.size() == 1);
  CHECK(rest(rows[0]) == "\"event_count\":1,\"session_minutes\":0,\"avg_event_rate\":null,\"pattern\":\"none\"}");
}

TEST_CASE("many readings within two minutes are a startup, few in more than ten a shutdown") {
  const auto pattern = [](int n, milliseconds apart) {
    std::vector<milliseconds> at;
    for (int i = 0; i < n; ++i)
      at.push_back(i * apart);
    const auto row = sessions_of(at).at(0);
    return row.substr(row.find("\"pattern\":") + 10);
  };
  // 12 in 1.1 min; 20 in 1.9 min; 21 in 2 min; 11 in just 1.1 min at exactly ten a minute is none.
  CHECK(pattern(12, 6s) == "\"startup\"}");
  CHECK(pattern(20, 6s) == "\"startup\"}");
  CHECK(pattern(21, 6s) == "\"none\"}");
  CHECK(pattern(11, 6600ms) == "\"none\"}");
  // 4 in 12 min; 3 in just 10 min is none; one a minute is none.
  CHECK(pattern(4, 4min) == "\"shutdown\"}");
  CHECK(pattern(6, 2min) == "\"none\"}");
  CHECK(pattern(13, 1min) == "\"none\"}");
}

TEST_CASE("a session closes when the watermark reaches its last reading and the gap, rounded up to a pane") {
  unit_log log;
  log.sensors({"temperature"});
  watched_unit unit{log};
  unit.speak(0, 0, day_begins + 1s, 1);
  // 5 min 1 s, rounded up: 5 min 30 s; and half a minute of delay.
  log.others(0, day_begins + 6min - 1ms);
  unit.barrier();
  CHECK(unit.lines["sessions"].empty());
  log.others(0, day_begins + 6min);
  unit.barrier();
  CHECK(unit.lines["sessions"].size() == 1);
}

TEST_CASE("a reading that is late for sessions begins, prolongs and bridges none") {
  unit_log log;
  log.sensors({"temperature"});
  watched_unit unit{log};
  unit.speak(0, 0, day_begins, 1);
  unit.speak(0, 0, day_begins + 6min, 1);
  unit.speak(0, 0, day_begins + 3min, 1);
  unit.end();
  CHECK(unit.lines["sessions"].size() == 2);
}

TEST_CASE("a reading bridges two open sessions") {
  unit_sessions sessions;
  sessions.take({day_begins, day_begins + 10s, 2}, 5min);
  sessions.take({day_begins + 8min, day_begins + 8min, 1}, 5min);
  sessions.take({day_begins + 20min, day_begins + 20min, 1}, 5min);
  REQUIRE(sessions.open().size() == 3);
  CHECK(sessions.length_with(day_begins + 4min, 5min) == 8min);
  CHECK(sessions.length() == 10s);
  sessions.take({day_begins + 4min, day_begins + 4min, 1}, 5min);
  REQUIRE(sessions.open().size() == 2);
  CHECK(sessions.open()[0] == unit_session{day_begins, day_begins + 8min, 4});
  CHECK(sessions.length() == 8min);
}

TEST_CASE("how long sessions lasted is known of closed ones too, and survives the stored form") {
  unit_sessions sessions;
  sessions.take({day_begins, day_begins + 20s, 2}, 5min);
  sessions.take({day_begins + 8min, day_begins + 8min + 10s, 2}, 5min);
  REQUIRE(sessions.close(day_begins + 5min + 30s, 5min).size() == 1);
  CHECK(sessions.length() == 30s);
  std::string bytes;
  binary_writer out{bytes};
  sessions.encode(out);
  unit_sessions read;
  binary_reader in{bytes};
  REQUIRE(read.decode(in));
  CHECK(read.length() == 30s);
  // What comes for a closed session is late.
  read.take({day_begins + 1min, day_begins + 1min, 1}, 5min);
  CHECK(read.length() == 30s);
  for (size_t length = 0; length < bytes.size(); ++length) {
    binary_reader cut{std::string_view{bytes}.substr(0, length)};
    CHECK_FALSE(read.decode(cut));
  }
}

} // namespace unit_sessions_test

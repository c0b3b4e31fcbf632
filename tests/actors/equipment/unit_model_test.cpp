// How a unit is, in the words that people read; its page; its stored form.

#include "tests/actors/equipment/unit_log.hpp"

#include <doctest/doctest.h>

#include <random>

namespace unit_model_test {

using namespace millwright;
using namespace millwright::test;

static_assert(hosted_model<unit_model> && born_part<unit_part>);

namespace {

alarm_transition told(const std::string& sensor, rule which, transition_kind kind, event_time at,
                      severity level = severity::medium, bool pages = false) {
  alarm_transition out;
  out.condition = {facility_id{"plant"}, sensor_id{sensor}, equipment_id{"P-101"}, which};
  out.kind = kind;
  out.level = level;
  out.pages = pages;
  out.at = out.raised_at = at;
  out.evidence.sensor_type = "temperature";
  return out;
}

actor_settings known_for_a_minute() {
  actor_settings out{equipment_settings()};
  REQUIRE(out.set("learning_time", "1min"));
  return out;
}

using said = maintenance_report::kind;

struct pump {
  explicit pump(const actor_settings& with = known_for_a_minute()) : settings{with}, unit{log, &settings} {
    log.sensors({"temperature", "power"});
    log.others(0, day_begins);
  }

  /// A reading of each sensor every 20 s.
  void runs(milliseconds time, double quality = 1) {
    for (const event_time until = log.time() + time; log.time() < until;) {
      log.others(0, log.time() + 19s);
      unit.speak(0, 0, log.time() + 1s, 70 + static_cast<double>(epoch_ms(log.time()) % 7), quality);
      unit.speak(0, 1, log.time(), 5000, quality);
    }
    unit.barrier();
  }
  headline line() const { return unit.model.line(); }
  void tell(maintenance_report::kind what, event_time at, const std::string& by, const std::string& note = {}) {
    maintenance_report report{what, at, by, "ann", note};
    hosted_notice notice{hosted_notice::kind::told, {}};
    report.encode(notice.text);
    hosted_output out;
    unit.model.noticed(notice, out);
  }
  void score(const std::string& sensor, event_time at, double score, risk_level risk = risk_level::normal,
             bool maintenance = false) {
    unit.model.scored(std::vector{sensor_score{sensor, at, score, risk, maintenance, false}});
  }

  unit_log log;
  actor_settings settings;
  watched_unit unit;
};

} // namespace

TEST_CASE("a unit is learning while all its sensors are new, then healthy") {
  pump x{actor_settings{equipment_settings()}};
  x.runs(2min);
  CHECK(x.line() == headline{1, "learning", "all its sensors are known for less than 7 days", day_begins + 20s});
  pump older;
  older.runs(2min);
  CHECK(older.line().state == "healthy");
  CHECK(older.line().rank == 0);
  CHECK(older.line().reason.empty());
}

TEST_CASE("a unit whose sensor has left its normal range is unstable, from then until it is back") {
  pump x;
  x.runs(5min);
  x.unit.heard(told("S-0", rule::state, transition_kind::raised, day_begins + 4min));
  CHECK(x.line() == headline{4, "unstable", "S-0 outside its normal range (medium)", day_begins + 4min});
  x.runs(1min);
  CHECK(x.line().since == day_begins + 4min);
  x.unit.heard(told("S-0", rule::state, transition_kind::cleared, day_begins + 6min));
  CHECK(x.line() == headline{0, "healthy", "", day_begins + 6min});
}

TEST_CASE("a critical alarm is worst of all, and the reason names the worst first") {
  pump x;
  x.runs(5min);
  x.unit.heard(told("S-0", rule::state, transition_kind::raised, day_begins + 3min));
  x.unit.heard(told("S-1", rule::limit, transition_kind::raised, day_begins + 4min, severity::critical, true));
  CHECK(x.line() == headline{6, "unstable", "S-1 beyond a limit (critical); S-0 outside its normal range (medium)",
                             day_begins + 3min});
}

TEST_CASE("what is only shown, and of which nobody should hear, makes a unit no worse") {
  pump x;
  x.runs(5min);
  x.unit.heard(told("S-0", rule::z, transition_kind::raised, day_begins + 4min, severity::critical));
  CHECK(x.line().state == "healthy");
}

TEST_CASE("a unit is degraded while what is measured cannot be trusted") {
  pump x;
  x.runs(5min);
  x.unit.heard(told("S-0", rule::bad_quality, transition_kind::raised, day_begins + 4min));
  CHECK(x.line() == headline{3, "degraded", "S-0 of bad quality (medium)", day_begins + 4min});
  x.unit.heard(told("S-0", rule::bad_quality, transition_kind::cleared, day_begins + 5min));
  CHECK(x.line().state == "healthy");
}

TEST_CASE("a unit is degraded while a type's last window is, and says by how much") {
  pump x;
  x.runs(7min, 0.52);
  CHECK(x.line().state == "degraded");
  CHECK(x.line().reason == "power: average quality 0.52, below 0.7; temperature: average quality 0.52, below 0.7");
  CHECK(x.line().since == day_begins + 1min);
  x.runs(15min);
  CHECK(x.line().state == "healthy");
}

TEST_CASE("a type that is measured no more says nothing of today") {
  pump x;
  x.runs(7min, 0.52);
  REQUIRE(x.line().state == "degraded");
  for (int i = 0; i < 60; ++i) {
    x.log.others(0, x.log.time() + 19s);
    x.unit.speak(0, 0, x.log.time() + 1s, 70);
  }
  x.unit.barrier();
  CHECK(x.line().state == "healthy");
}

TEST_CASE("a sensor that is silent degrades its unit once it is so for ten minutes") {
  pump x;
  x.runs(5min);
  x.unit.heard(told("S-1", rule::stale, transition_kind::raised, day_begins + 5min));
  CHECK(x.line().state == "healthy");
  x.runs(10min);
  CHECK(x.line().state == "degraded");
  CHECK(x.line().reason == "S-1 silent (medium)");
}

TEST_CASE("a window's deviation makes no health unstable unless it is set so") {
  const auto state = [](const actor_settings& settings) {
    pump x{settings};
    x.runs(1min);
    for (int i = 0; i < 30; ++i)
      x.unit.speak(0, 1, x.log.time() + 20s, i % 2 == 0 ? 4000 : 6000);
    x.unit.barrier();
    return x.line();
  };
  auto settings = known_for_a_minute();
  CHECK(state(settings).state == "healthy");
  REQUIRE(settings.set("unstable_windows", "on"));
  CHECK(state(settings).state == "unstable");
  CHECK(state(settings).reason.starts_with("power: standard deviation "));
}

TEST_CASE("a unit is offline after a silence, and healthy again from its next reading on") {
  pump x;
  x.runs(5min);
  x.log.others(0, day_begins + 20min);
  x.unit.barrier();
  CHECK(x.line() == headline{2, "offline", "no reading for 10 minutes", day_begins + 15min});
  x.runs(20s);
  CHECK(x.line() == headline{0, "healthy", "", day_begins + 20min + 20s});
}

TEST_CASE("a unit whose sensors the metadata give to another one goes offline without any") {
  pump x;
  x.runs(5min);
  x.unit.heard(told("S-0", rule::limit, transition_kind::raised, day_begins + 4min, severity::critical, true));
  x.unit.model.left("S-0");
  CHECK(x.line().state == "healthy");
  x.unit.model.left("S-1");
  x.log.others(0, day_begins + 30min);
  x.unit.barrier();
  CHECK(x.line().state == "offline");
  CHECK(x.unit.model.idle());
  CHECK(x.unit.page().find("\"members\":[]") != std::string::npos);
}

TEST_CASE("a sensor that is silent for longer than the setting is the unit's no more") {
  auto settings = known_for_a_minute();
  REQUIRE(settings.set("member_forgotten", "1h"));
  pump x{settings};
  x.runs(1min);
  for (int i = 0; i < 200; ++i) {
    x.log.others(0, x.log.time() + 19s);
    x.unit.speak(0, 0, x.log.time() + 1s, 70);
  }
  x.unit.barrier();
  CHECK(x.unit.page().find("S-0") != std::string::npos);
  CHECK(x.unit.page().find("S-1") == std::string::npos);
}

TEST_CASE(
    "a unit is in maintenance between a person's two commands, whatever its sensors say; then it was maintained") {
  pump x;
  x.runs(5min);
  x.unit.heard(told("S-0", rule::limit, transition_kind::raised, day_begins + 4min, severity::critical, true));
  x.tell(said::begins, day_begins + 5min, "anna", "new bearing");
  CHECK(x.line() == headline{1, "in maintenance", "maintenance has begun and not ended, says anna: new bearing",
                             day_begins + 5min});
  x.tell(said::begins, day_begins + 6min, "bert");
  CHECK(x.line().since == day_begins + 5min);
  x.unit.restart();
  CHECK(x.unit.page().find("\"maintenance_since\":\"2026-01-01T00:05:00.000Z\",\"maintenance_by\":\"anna\","
                           "\"maintenance_user\":\"ann\",\"maintenance_note\":\"new bearing\",") != std::string::npos);
  x.tell(said::ends, day_begins + 8min, "bert");
  CHECK(x.line().state == "unstable");
  CHECK(x.unit.page().find("\"maintenance_since\":null,\"last_maintenance\":\"2026-01-01T00:08:00.000Z\","
                           "\"last_maintenance_by\":\"bert\"") != std::string::npos);
  x.runs(5min);
  x.unit.end();
  CHECK(x.unit.lines["equipment-state"].back().find("\"last_maintenance\":\"2026-01-01T00:08:00.000Z\"") !=
        std::string::npos);
}

TEST_CASE("a unit that is maintained while it runs is so at once, and stays as it is") {
  pump x;
  x.runs(5min);
  x.tell(said::done, day_begins + 5min, "anna");
  CHECK(x.line().state == "healthy");
  CHECK(x.unit.page().find("\"last_maintenance\":\"2026-01-01T00:05:00.000Z\"") != std::string::npos);
}

TEST_CASE("a record says what the last maintenance was at its own time, whenever the unit hears of it") {
  for (const bool early : {false, true}) {
    pump x;
    x.runs(5min);
    x.tell(said::done, day_begins + 2min, "anna");
    x.log.others(0, day_begins + 16min);
    if (!early)
      x.unit.barrier();
    x.tell(said::done, day_begins + 17min, "anna");
    x.unit.barrier();
    // It went offline at 15 min, between the two.
    CHECK(x.unit.lines["equipment-state"].back().find("\"timestamp\":\"2026-01-01T00:15:00.000Z\",\"last_maintenance\":"
                                                      "\"2026-01-01T00:02:00.000Z\"") != std::string::npos);
  }
}

TEST_CASE("what a person said that cannot be read is not passed over in silence") {
  pump x;
  hosted_output out;
  CHECK_THROWS_AS(x.unit.model.noticed({hosted_notice::kind::told, "?"}, out), std::runtime_error);
}

TEST_CASE("a unit's health score is the worst of its sensors' scores, and says whose") {
  pump x;
  x.runs(1min);
  CHECK(x.unit.page().find("\"health_score\":null,") != std::string::npos);
  x.score("S-0", x.log.time(), 0.75);
  x.score("S-1", x.log.time(), 0.35, risk_level::warning, true);
  CHECK(x.unit.page().find("\"health_score\":0.35,\"health_score_of\":\"S-1\",\"health_score_at\":"
                           "\"2026-01-01T00:01:00.000Z\",\"risk_level\":\"warning\",\"maintenance_recommended\":true,"
                           "\"extrapolated\":false,") != std::string::npos);
  CHECK(x.unit.page().find("\"quality\":1,\"health_score\":0.75,") != std::string::npos);
  x.unit.restart();
  CHECK(x.unit.page().find("\"health_score_of\":\"S-1\"") != std::string::npos);
  // An older reading's score says nothing of now.
  x.score("S-1", x.log.time() - 20s, 0.1);
  CHECK(x.unit.page().find("\"health_score\":0.35,") != std::string::npos);
  x.unit.model.left("S-1");
  CHECK(x.unit.page().find("\"health_score\":0.75,\"health_score_of\":\"S-0\"") != std::string::npos);
}

TEST_CASE("a sensor whose last reading no model has scored has no score") {
  pump x;
  x.runs(1min);
  x.score("S-0", x.log.time(), 0.2);
  x.unit.barrier();
  CHECK(x.unit.page().find("\"health_score\":0.2,") != std::string::npos);
  x.runs(20s);
  CHECK(x.unit.page().find("\"health_score\":null,") != std::string::npos);
}

TEST_CASE("a unit's page has the open readings in it: figures by type, and its sensors, the worst first") {
  pump x;
  x.runs(1min);
  x.unit.heard(told("S-1", rule::limit, transition_kind::raised, day_begins + 1min, severity::high, true));
  x.unit.speak(0, 0, day_begins + 65s, 80, 0.25);
  CHECK(
      x.unit.page() ==
      "{\"health\":\"unstable\",\"reason\":\"S-1 beyond a limit (high)\",\"since\":\"2026-01-01T00:01:00.000Z\","
      "\"rank\":5,\"presence\":\"online\",\"presence_since\":\"2026-01-01T00:00:20.000Z\",\"maintenance_since\":null,"
      "\"last_maintenance\":null,\"health_score\":null,\"runtime_hours\":0.0125,\"readings\":7,\"faults\":1,"
      "\"last_update\":\"2026-01-01T00:01:05.000Z\","
      "\"sensors\":{\"all\":2,\"abnormal\":0,\"in_alarm\":1,\"stale\":0,\"bad_quality\":0},"
      "\"types\":[{\"type\":\"power\",\"from\":\"2025-12-31T23:57:00.000Z\",\"to\":\"2026-01-01T00:02:00.000Z\","
      "\"avg\":5000,\"peak\":5000,\"stddev\":0,\"quality\":1,\"count\":3,\"status\":\"healthy\"},"
      "{\"type\":\"temperature\",\"from\":\"2025-12-31T23:57:00.000Z\",\"to\":\"2026-01-01T00:02:00.000Z\","
      "\"avg\":74.75,\"peak\":80,\"stddev\":3.593976442141304,\"quality\":0.8125,\"count\":4,"
      "\"status\":\"healthy\"}],"
      "\"members\":[{\"sensor\":\"S-1\",\"type\":\"power\",\"at\":\"2026-01-01T00:01:00.000Z\",\"value\":5000,"
      "\"quality\":1,\"health_score\":null,\"abnormal\":false,\"in_alarm\":true,\"stale\":false,\"bad_quality\":false,"
      "\"conditions\":[{\"rule\":\"limit\",\"severity\":\"high\",\"since\":\"2026-01-01T00:01:00.000Z\","
      "\"pages\":true}]},"
      "{\"sensor\":\"S-0\",\"type\":\"temperature\",\"at\":\"2026-01-01T00:01:05.000Z\",\"value\":80,"
      "\"quality\":0.25,\"health_score\":null,\"abnormal\":false,\"in_alarm\":false,\"stale\":false,\"bad_quality\":"
      "false,"
      "\"conditions\":[]}]}");
}

TEST_CASE("a stored unit is the same unit; a newer form and damage are refused, and change nothing") {
  pump x;
  x.runs(12min, 0.6);
  x.unit.heard(told("S-0", rule::limit, transition_kind::raised, day_begins + 4min, severity::critical, true));
  std::string bytes, again;
  x.unit.model.encode(bytes);
  const auto line = x.line();
  x.unit.restart();
  CHECK(x.line() == line);
  x.unit.model.encode(again);
  CHECK(again == bytes);
  for (size_t length = 0; length < bytes.size(); ++length)
    CHECK_FALSE(x.unit.model.decode(std::string_view{bytes}.substr(0, length)));
  CHECK_FALSE(x.unit.model.decode(bytes + "x"));
  auto newer = bytes;
  newer[0] = 3;
  CHECK_FALSE(x.unit.model.decode(newer));
  CHECK(x.line() == line);
}

TEST_CASE("a unit that was stored before people had names and sensors had scores goes on, with its maintenance") {
  pump x;
  x.runs(12min, 0.6);
  x.unit.model.maintained({said::done, day_begins + 3min, {}, {}, {}});
  x.unit.model.maintained({said::begins, day_begins + 4min, {}, {}, {}});
  // As version 1 had it: two times in front, neither scores nor reports behind.
  std::string now, stored;
  x.unit.model.encode(now);
  binary_reader in{now};
  binary_writer out{stored};
  in.u8();
  out.u8(1);
  out.varint(in.varint());
  out.varint(in.varint());
  out.time(in.time());
  out.time(day_begins + 3min);
  out.time(day_begins + 4min);
  constexpr size_t reports = 1 + 2 * (1 + 2 + 8 + 3), scores = 2;
  // Each of the two sensors says in a byte that it has no score; none has a condition, so that they end alike.
  std::string rest{in.rest().substr(0, in.rest().size() - reports)};
  const auto second = rest.find("S-1");
  REQUIRE(second != std::string::npos);
  rest.pop_back();
  rest.erase(second - 2, 1);
  stored += rest;
  CHECK(stored.size() + reports + scores == now.size() + 16);
  REQUIRE(x.unit.model.decode(stored));
  CHECK(x.line().state == "in maintenance");
  CHECK(x.line().since == day_begins + 4min);
  std::string again;
  x.unit.model.encode(again);
  CHECK(again == now);
}

TEST_CASE("a stored unit with a byte changed is refused or is a unit that goes on") {
  pump x;
  x.runs(12min, 0.6);
  x.unit.heard(told("S-0", rule::limit, transition_kind::raised, day_begins + 4min, severity::critical, true));
  x.tell(said::begins, day_begins + 5min, "anna", "new bearing");
  x.score("S-0", x.log.time(), 0.5);
  std::string bytes;
  x.unit.model.encode(bytes);
  auto last = x.log.now();
  std::mt19937_64 random{7};
  for (int i = 0; i < 20'000; ++i) {
    auto damaged = bytes;
    for (uint64_t n = 1 + random() % 3; n > 0; --n)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    unit_model model{hosted_birth{the_unit, &x.settings}};
    if (!model.decode(damaged))
      continue;
    hosted_output out;
    model.pass(last, out);
    model.line();
    model.end(out);
  }
}

TEST_CASE("a unit with five sensors of five types, a reading a second each, takes 4.2 KB at most") {
  unit_log log;
  log.sensors({"temperature", "power", "vibration", "pressure", "flow"});
  watched_unit unit{log};
  log.others(0, day_begins);
  std::mt19937_64 random{3};
  std::normal_distribution<double> noise{0, 1};
  for (int i = 0; i < 20 * 60; ++i) {
    for (size_t sensor = 0; sensor < 5; ++sensor)
      unit.speak(0, sensor, day_begins + i * 1s, 70 + noise(random), 0.9 + noise(random) / 100);
    if (i % 5 == 4)
      unit.barrier();
  }
  CHECK(sizeof(unit_model) + unit.model.heap_bytes() <= 4'200);
  MESSAGE("a unit: " << sizeof(unit_model) << " + " << unit.model.heap_bytes() << " bytes");
}

TEST_CASE("a sensor's readings count in the unit that the metadata name, and in none where they name none") {
  unit_log log;
  log.sensors({"temperature"});
  std::vector<entity_key> units;
  auto context = log.context(0);
  equipment_targets(context, known_for_a_minute(), units);
  CHECK(units == std::vector{the_unit});
  context.equipment = {};
  equipment_targets(context, known_for_a_minute(), units);
  CHECK(units.size() == 1);
}

} // namespace unit_model_test

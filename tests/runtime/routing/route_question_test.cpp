#include "runtime/routing/route_question.hpp"

#include "protocol/quantities.hpp"
#include "tests/runtime/settings/configuration_file.hpp"

#include <doctest/doctest.h>

namespace route_question_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

constexpr char plant[] = R"(
plant: {facilities: config/sample-plant/facilities.jsonl, sensors: config/sample-plant/sensors.jsonl}
channels: {slack: {type: log}, sms: {type: log}}
calendars: {site: {shifts: {day: "mon-fri 06:00-22:00", night: [22:00-06:00, sat-sun]}, holidays: [12-25]}}
routes:
  - {name: reactors, match: {unit: reactor-*, severity: critical}, channels: [sms], continue: true}
  - {name: day, match: {shift: site.day}, channels: [slack], remind_after: 5min, next_level: {channels: sms, after: 30min}}
  - {name: night, match: {shift: site.night, severity: high}, channels: [sms]}
)";

std::string asked(route_question x, const char* at) {
  const auto settings = loaded(plant);
  x.at = parse_time(at).value();
  return answer_to(x, settings, read_known_plant(settings.plant));
}

} // namespace

TEST_CASE("who would be told is told route by route, by the clock at the facility") {
  CHECK(asked({"main-works", "reactor-1", rule::limit, {}, severity::critical, {}, "", {}}, "2026-11-30T12:00:00Z") ==
        "critical limit, priority 100 of reactor-1 at main-works, line line-a, 2026-11-30 13:00 CET\n"
        "  reactors  takes it  unit reactor-1, severity critical; goes on\n"
        "  day       takes it  Monday 2026-11-30 13:00 CET is in site.day\n"
        "  night     not asked\n"
        "told: sms (reactors), slack (day)\n"
        "told again while nobody acknowledges it (reactors): every 10min, 6 times at most\n"
        "told again while nobody acknowledges it (day): every 5min, 6 times at most; from 30min on sms as well\n"
        "acknowledged now, told again at the change of shift: 2026-11-30 22:00 CET\n");
  CHECK(asked({"main-works", "fan-1", rule::limit, {}, {}, {}, "", {}}, "2026-12-24T23:30:00Z") ==
        "high limit, priority 85 of fan-1 at main-works, line line-a, 2026-12-25 00:30 CET\n"
        "  reactors  no        unit fan-1 is not reactor-*\n"
        "  day       no        Friday 2026-12-25 00:30 CET is not in site.day\n"
        "  night     takes it  severity high, Friday 2026-12-25 00:30 CET is in site.night\n"
        "told: sms (night)\n");
}

TEST_CASE("what no route takes, a rule that pages nobody and an unknown facility are told as such") {
  const auto quiet = asked({"main-works", "fan-1", rule::stuck, {}, {}, {}, "", {}}, "2026-12-25T09:00:00Z");
  CHECK(quiet.find("rule stuck pages nobody by its settings; if it did:\n") != std::string::npos);
  CHECK(quiet.find("severity medium is below high") != std::string::npos);
  CHECK(quiet.ends_with("no route takes it: the default route tells every channel, and the page says so\n"
                        "told: slack (default), sms (default)\n"));
  CHECK(asked({"moon", "", rule::limit, {}, {}, {}, "", {}}, "2026-11-30T12:00:00Z")
            .find("config/sample-plant/facilities.jsonl names no facility moon") != std::string::npos);
  CHECK(asked({"", "", rule::ledger, {}, {}, {}, "", {}}, "2026-11-30T12:00:00Z")
            .starts_with("high ledger, priority 80 of the node itself, 2026-11-30 12:00 UTC\n"));
}

TEST_CASE("who is told again by the default route, by one that tells nobody again, and of what is not severe, is told "
          "as well") {
  const auto answer = [](const std::string& more) {
    const auto settings = loaded("channels: {slack: {type: log}}\n" + more);
    return answer_to({"", "", rule::limit, {}, severity::critical, {}, "", parse_time("2026-11-30T12:00:00Z").value()},
                     settings, {});
  };
  CHECK(answer("").ends_with("told again while nobody acknowledges it: every 10min, 6 times at most\n"));
  CHECK(answer("alarms: {remind: {after: 1h, times: 1}}")
            .ends_with("told again while nobody acknowledges it: every 1h, once at most\n"));
  CHECK(answer("alarms: {remind: {after: 0s}}").ends_with("told: slack\n"));
  CHECK(answer("routes: [{name: all, channels: [slack], remind_after: 0s, next_level: {channels: [slack]}}]")
            .ends_with("told again while nobody acknowledges it (all): from 20min on slack as well\n"));
}

TEST_CASE("an alarm is asked about as its rule pages it: of z a critical one") {
  const auto z = asked({"moon", "fan-1", rule::z, {}, {}, {}, "", {}}, "2026-11-30T12:00:00Z");
  CHECK(z.starts_with("critical z, priority 50 of fan-1 at moon"));
  CHECK(asked({"moon", "fan-1", rule::limit, {}, severity::critical, {}, "", {}}, "2026-11-30T12:00:00Z")
            .starts_with("critical limit, priority 90 of fan-1 at moon"));
}

TEST_CASE("who is on duty of a rota is told, and until when by its clock") {
  const auto answer = [](const char* at) {
    const auto settings =
        loaded("channels: {anna: {type: log}, ben: {type: log}, chief: {type: log}}\n"
               "rotas:\n"
               "  weekly: {timezone: Europe/Berlin, starts: 2026-11-30 08:00, channels: [anna, ben]}\n"
               "  chiefs: {starts: 2026-11-30 08:00, channels: [chief]}\n"
               "routes: [{name: all, channels: [weekly], next_level: {channels: [chiefs]}}]\n");
    return answer_to({"main", "", rule::limit, {}, severity::critical, {}, "", parse_time(at).value()}, settings, {});
  };
  CHECK(answer("2026-12-07T06:59:00Z")
            .ends_with(
                "told: anna (all)\n"
                "on duty of weekly: anna, until 2026-12-07 08:00 by the clock of Europe/Berlin\n"
                "on duty of chiefs: chief\n"
                "told again while nobody acknowledges it (all): every 10min, 6 times at most; from 20min on chiefs as "
                "well\n"));
  CHECK(answer("2026-12-07T07:00:00Z")
            .find("on duty of weekly: ben, until 2026-12-14 08:00 by the clock of Europe/Berlin\n") !=
        std::string::npos);
}

TEST_CASE("without routes the answer is every channel") {
  const auto settings = loaded("channels: {slack: {type: log}, sms: {type: log}}");
  const auto answer =
      answer_to({"main", "", rule::limit, {}, {}, {}, "", parse_time("2026-11-30T12:00:00Z").value()}, settings, {});
  CHECK(answer.ends_with("there are no routes: every channel is told of everything\ntold: slack, sms\n"));
}

} // namespace route_question_test

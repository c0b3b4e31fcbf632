#include "protocol/quantities.hpp"
#include "tests/runtime/settings/configuration_file.hpp"

#include <doctest/doctest.h>

namespace routes_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

constexpr char two_shifts[] = R"(
channels:
  slack-day: {type: slack, url: env:SLACK}
  sms-night: {type: twilio, user: a, password: env:T, from: "1", to: ["2"]}
calendars:
  site:
    timezone: Europe/Berlin
    shifts:
      day: mon-fri 06:00-22:00
      night: [22:00-06:00, sat-sun]
    holidays: [12-25, 2027-04-02]
routes:
)";

std::string mistakes_in(const std::string& routes) {
  return mistakes_of(two_shifts + routes);
}

} // namespace

TEST_CASE("without routes there are none, and every channel is told") {
  const auto s = loaded("");
  CHECK(s.routes.empty());
  CHECK(s.calendars.empty());
  CHECK(loaded("routes:\ncalendars:\n").routes.empty());
  CHECK(routes_of(s).choose({}, from_epoch_ms(0)).ways.size() == 1);
}

TEST_CASE("routes are read in their order, with all that they ask for") {
  const auto s = loaded(std::string{two_shifts} + R"(
  - name: reactors
    match:
      facility: main-*
      line: [A, B]
      unit: reactor-*, turbine-1
      type: pressure
      rule: [limit, state]
      severity: high
      priority: 70
      shift: site.night
    channels: [sms-night, slack-day]
    continue: true
  - {name: rest, channels: slack-day}
)");
  REQUIRE(s.routes.size() == 2);
  const auto table = routes_of(s);
  const auto& first = table.routes()[0];
  CHECK(first.name == "reactors");
  CHECK(first.match.facilities == std::vector<std::string>{"main-*"});
  CHECK(first.match.lines == std::vector<std::string>{"A", "B"});
  CHECK(first.match.units == std::vector<std::string>{"reactor-*", "turbine-1"});
  CHECK(first.match.types == std::vector<std::string>{"pressure"});
  CHECK(first.match.rules.has(rule::limit));
  CHECK(first.match.rules.has(rule::state));
  CHECK_FALSE(first.match.rules.has(rule::rate));
  CHECK(first.match.level == severity::high);
  CHECK(first.match.priority == 70);
  CHECK(first.match.shifts == std::vector<shift_name>{{"site", "night"}});
  CHECK(first.channels == std::vector<channel_name>{{"sms-night"}, {"slack-day"}});
  CHECK(first.goes_on);
  CHECK(table.routes()[1].match.level == severity::normal);
  CHECK_FALSE(table.routes()[1].goes_on);
  const auto& site = table.calendars().at("site");
  CHECK(site.timezone == "Europe/Berlin");
  CHECK(site.shifts.at("day").size() == 1);
  CHECK(site.shifts.at("night").size() == 2);
  CHECK(site.holidays.size() == 2);
}

TEST_CASE("a route says who is told again and when, or takes what is set for all") {
  const auto s = loaded(std::string{two_shifts} + R"(
  - {name: a, channels: [sms-night], remind_after: 5min, next_level: {channels: [slack-day], after: 15min}}
  - {name: b, channels: [slack-day]}
alarms: {remind: {after: 30min, times: 2}}
)");
  const auto table = routes_of(s);
  const auto& [a, b] = std::pair{table.routes()[0].reminders, table.routes()[1].reminders};
  CHECK(a.every == milliseconds{5 * 60'000});
  CHECK(a.times == 2);
  CHECK(a.next_level == std::vector<channel_name>{{"slack-day"}});
  CHECK(a.next_level_after == milliseconds{15 * 60'000});
  CHECK(b.every == milliseconds{30 * 60'000});
  CHECK(b.next_level.empty());
  CHECK(table.reminders().every == b.every);
  CHECK(table.without_reminders().next_reminder({from_epoch_ms(1), from_epoch_ms(1)}) == forever);
  CHECK(mistakes_in("  - {name: a, channels: [slack-day], next_level: {channels: slack-dy}}\n")
            .find("routes[0].next_level.channels: there is no channel slack-dy (did you mean slack-day?)") !=
        std::string::npos);
  CHECK(mistakes_in("  - {name: a, channels: [slack-day], remind_after: 5}\n")
            .find("routes[0].remind_after: expected a duration, like 500ms, 5s, 15min, 2h or 7d, or nothing") !=
        std::string::npos);
}

TEST_CASE("a route names a rota wherever it names a channel") {
  const auto s = loaded(std::string{two_shifts} + R"(
  - {name: all, channels: [weekly], next_level: {channels: [weekly, slack-day]}}
rotas:
  weekly:
    timezone: Europe/Berlin
    starts: 2026-11-30 08:00
    channels: [slack-day, sms-night]
    overrides:
      - from: 2026-12-24 08:00
        to: 2026-12-27 08:00
        channel: sms-night
  halves: {starts: 2026-11-30T06:00, every: 12h, channels: [slack-day, sms-night]}
)");
  const auto table = routes_of(s);
  const auto& weekly = table.rotas().at("weekly");
  CHECK(weekly.timezone == "Europe/Berlin");
  CHECK(to_text(weekly.starts) == "2026-11-30 08:00");
  CHECK(weekly.every == std::chrono::days{7});
  CHECK(weekly.channels == std::vector<channel_name>{{"slack-day"}, {"sms-night"}});
  REQUIRE(weekly.exceptions.size() == 1);
  CHECK(to_text(weekly.exceptions[0].to) == "2026-12-27 08:00");
  CHECK(weekly.exceptions[0].channel == channel_name{"sms-night"});
  CHECK(table.rotas().at("halves").timezone.empty());
  CHECK(table.rotas().at("halves").every == std::chrono::hours{12});
  CHECK(table.routes()[0].reminders.next_level == std::vector<channel_name>{{"weekly"}, {"slack-day"}});
  CHECK(table.choose({}, parse_time("2026-12-07T08:00:00Z").value()).channels() ==
        std::vector<channel_name>{{"sms-night"}});
}

TEST_CASE("what is wrong in a rota is told where it stands") {
  const auto told = [](const std::string& rota) {
    return mistakes_in("  - {name: all, channels: [weekly]}\nrotas:\n  weekly: {" + rota + "}\n");
  };
  const std::string start = "starts: 2026-11-30 08:00, ";
  CHECK(told(start + "channels: [slack-day]").empty());
  CHECK(told("channels: [slack-day]").find("expected also starts, when the first turn begins") != std::string::npos);
  CHECK(told("starts: 2026-11-30 8h, channels: [slack-day]")
            .find("rotas.weekly.starts: expected a date and a time by the clock there") != std::string::npos);
  CHECK(told("starts: 2026-11-30 08:00").find("expected also channels, who take turns") != std::string::npos);
  CHECK(told(start + "channels: []").find("expected a list of channels") != std::string::npos);
  CHECK(told(start + "channels: [slack-dy]")
            .find("rotas.weekly.channels: there is no channel slack-dy (did you mean slack-day?)") !=
        std::string::npos);
  CHECK(told(start + "every: 30s, channels: [slack-day]").find("a duration of at least 1min") != std::string::npos);
  CHECK(told(start + "timezone: Mars, channels: [slack-day]").find("expected a time zone") != std::string::npos);
  const auto with = [&](const std::string& overrides) {
    return told(start + "channels: [slack-day], overrides: [" + overrides + "]");
  };
  CHECK(with("{from: 2026-12-24 08:00, channel: slack-day}").find("expected from, to and channel together") !=
        std::string::npos);
  CHECK(
      with("{from: 2026-12-24 08:00, to: 2026-12-24 08:00, channel: slack-day}").find("expected a time behind from") !=
      std::string::npos);
  CHECK(with("{from: 2026-12-24 08:00, to: 2026-12-25 08:00, channel: weekly}").find("there is no channel weekly") !=
        std::string::npos);
  CHECK(with("{from: 2026-12-24 08:00, to: 2026-12-26 08:00, channel: slack-day}, "
             "{from: 2026-12-25 08:00, to: 2026-12-27 08:00, channel: sms-night}")
            .find("rotas.weekly.overrides[1].from: expected times that no other override has, got some of "
                  "overrides[0]") != std::string::npos);
  CHECK(mistakes_in("  - {name: all, channels: [weakly]}\nrotas: {weekly: {" + start + "channels: [slack-day]}}\n")
            .find("there is no channel or rota weakly (did you mean weekly?)") != std::string::npos);
  CHECK(
      mistakes_in("  - {name: all, channels: [slack-day]}\nrotas: {slack-day: {" + start + "channels: [sms-night]}}\n")
          .find("rotas.slack-day: expected another name: there is a channel slack-day") != std::string::npos);
}

TEST_CASE("a channel, shift or rule that there is not is told with the nearest one") {
  CHECK(mistakes_in("  - {name: a, channels: [slack-dy]}\n")
            .find("routes[0].channels: there is no channel slack-dy (did you mean slack-day?)") != std::string::npos);
  CHECK(mistakes_in("  - {name: a, channels: [pager]}\n")
            .find("there is no channel pager; expected slack-day or sms-night") != std::string::npos);
  CHECK(mistakes_in("  - {name: a, match: {shift: site.nigth}, channels: [slack-day]}\n")
            .find("routes[0].match.shift: there is no shift site.nigth (did you mean site.night?)") !=
        std::string::npos);
  CHECK(mistakes_in("  - {name: a, match: {rule: limt}, channels: [slack-day]}\n")
            .find("routes[0].match.rule: there is no rule limt (did you mean limit?)") != std::string::npos);
}

TEST_CASE("a route needs a name of its own and channels") {
  CHECK(mistakes_in("  - {channels: [slack-day]}\n").find("expected also a name for each route") != std::string::npos);
  CHECK(mistakes_in("  - {name: a}\n").find("expected also channels, who is told") != std::string::npos);
  CHECK(mistakes_in("  - {name: a, channels: []}\n").find("expected a list of channels") != std::string::npos);
  CHECK(mistakes_in("  - {name: 'a, b', channels: [slack-day]}\n").find("expected a name of letters") !=
        std::string::npos);
  CHECK(
      mistakes_in("  - {name: default, channels: [slack-day]}\n").find("default is the route of what no other takes") !=
      std::string::npos);
  CHECK(mistakes_in("  - {name: a, channels: [slack-day]}\n  - {name: a, channels: [slack-day]}\n")
            .find("routes[1].name: expected each name once, got a again") != std::string::npos);
}

TEST_CASE("what is wrong in a route or a calendar is told where it stands") {
  const auto route = mistakes_in("  - name: a\n    match: {facilty: main}\n    channels: [slack-day]\n");
  CHECK(route.find("did you mean routes[0].match.facility?") != std::string::npos);
  CHECK(mistakes_in("  - {name: a, match: {severity: bad}, channels: [slack-day]}\n")
            .find("expected low, medium, high or critical, got \"bad\"") != std::string::npos);
  CHECK(mistakes_of("calendars: {site: {shifts: {day: 6-14}}}")
            .find("expected days and hours like mon-fri 06:00-22:00") != std::string::npos);
  CHECK(mistakes_of("calendars: {site: {holidays: [25.12.]}}").find("expected a list of dates like 2027-05-06") !=
        std::string::npos);
  CHECK(mistakes_of("calendars: {site: {timezone: Mars}}").find("expected a time zone") != std::string::npos);
  CHECK(mistakes_of("calendars: {site: {shift: {}}}").find("did you mean calendars.site.shifts?") != std::string::npos);
  CHECK(mistakes_of("calendars: [site]").find("expected calendars by name") != std::string::npos);
  CHECK(mistakes_of("calendars: {a b: {}}") ==
        "FILE:1: calendars.a b: expected a calendar's name of letters, digits, - and _, got \"a b\"");
  CHECK(mistakes_of("calendars: {a.b: {}}") ==
        "FILE:1: calendars.a.b: expected a calendar's name of letters, digits, - and _, got \"a.b\"");
  CHECK(mistakes_of("calendars: {site: 5}") ==
        "FILE:1: calendars.site: expected a section with timezone, shifts or holidays, got \"5\"");
}

TEST_CASE("routes can be given on the command line, in place of the file's") {
  const auto s = settings_from_overrides({"routes=[{name: all, channels: [terminal]}]"});
  REQUIRE(s.routes.size() == 1);
  CHECK(s.routes[0].channels == std::vector<std::string>{"terminal"});
  CHECK(settings_text(s).find("routes: [{name: all, ") != std::string::npos);
}

} // namespace routes_test

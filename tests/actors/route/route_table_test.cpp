#include "actors/route/route_table.hpp"

#include "protocol/quantities.hpp"

#include <doctest/doctest.h>

namespace route_table_test {

using namespace millwright;

namespace {

const auto monday_noon = parse_time("2026-11-30T12:00:00Z").value();

alarm_transition alarm(severity level = severity::high) {
  alarm_transition x;
  x.condition = {{"main"}, {"TI-101"}, {"reactor-1"}, rule::limit};
  x.level = level;
  x.priority = 60;
  x.evidence.line = "A";
  x.evidence.sensor_type = "temperature";
  x.evidence.timezone = "Europe/Berlin";
  return x;
}

alarm_route route(const char* name, std::vector<channel_name> channels, route_match match = {}, bool goes_on = false) {
  return {name, std::move(match), std::move(channels), goes_on};
}

std::map<std::string, calendar> site() {
  calendar out;
  out.shifts["day"] = {parse_shift_span("mon-fri 06:00-22:00").value()};
  out.shifts["night"] = {parse_shift_span("22:00-06:00").value(), parse_shift_span("sat-sun").value()};
  return {{"site", out}};
}

route_table table(std::vector<alarm_route> routes) {
  return route_table{{{"slack"}, {"sms"}, {"log"}}, std::move(routes), site()};
}

std::string told(const route_table& by, const alarm_transition& x, event_time now = monday_noon) {
  std::string out;
  for (const auto& each : by.choose(x, now).ways)
    out += (out.empty() ? "" : "; ") + each.channel.text + (each.routes.empty() ? "" : " by " + each.text());
  return out;
}

route_match matching(void (*set)(route_match&)) {
  route_match out;
  set(out);
  return out;
}

} // namespace

TEST_CASE("without routes every channel is told of everything") {
  CHECK(told(table({}), alarm()) == "slack; sms; log");
}

TEST_CASE("the first route that takes an alarm counts, those behind it only where it goes on") {
  CHECK(told(table({route("a", {{"sms"}}), route("b", {{"slack"}})}), alarm()) == "sms by a");
  CHECK(told(table({route("a", {{"sms"}}, {}, true), route("b", {{"slack"}, {"sms"}}), route("c", {{"log"}})}),
             alarm()) == "sms by a, b; slack by b");
}

TEST_CASE("what no route takes goes by the default route to every channel") {
  route_match critical;
  critical.level = severity::critical;
  const auto by = table({route("worst", {{"sms"}}, critical)});
  CHECK(told(by, alarm()) == "slack by default; sms by default; log by default");
  CHECK(told(by, alarm(severity::critical)) == "sms by worst");
}

TEST_CASE("one that is taken by a route that goes on alone does not go by the default route") {
  CHECK(told(table({route("a", {{"sms"}}, {}, true)}), alarm()) == "sms by a");
}

TEST_CASE("each part of a match has to hold, and of its names one") {
  const auto takes = [](void (*set)(route_match&)) {
    return told(table({route("it", {{"sms"}}, matching(set))}), alarm()) == "sms by it";
  };
  CHECK(takes([](route_match& m) { m.facilities = {"osaka", "ma*"}; }));
  CHECK_FALSE(takes([](route_match& m) { m.facilities = {"mai"}; }));
  CHECK(takes([](route_match& m) { m.lines = {"A"}; }));
  CHECK_FALSE(takes([](route_match& m) { m.lines = {"B"}; }));
  CHECK(takes([](route_match& m) { m.units = {"reactor-?"}; }));
  CHECK_FALSE(takes([](route_match& m) { m.units = {"reactor-10"}; }));
  CHECK(takes([](route_match& m) { m.types = {"temperature"}; }));
  CHECK_FALSE(takes([](route_match& m) { m.types = {"pressure"}; }));
  CHECK(takes([](route_match& m) { m.rules.put(rule::limit); }));
  CHECK_FALSE(takes([](route_match& m) { m.rules.put(rule::stale); }));
  CHECK(takes([](route_match& m) { m.level = severity::high; }));
  CHECK_FALSE(takes([](route_match& m) { m.level = severity::critical; }));
  CHECK(takes([](route_match& m) { m.priority = 60; }));
  CHECK_FALSE(takes([](route_match& m) { m.priority = 61; }));
  CHECK_FALSE(takes([](route_match& m) {
    m.units = {"reactor-1"};
    m.lines = {"B"};
  }));
}

TEST_CASE("what has no line, unit or facility is none of any name, and the node's own subject is no unit") {
  auto bare = alarm();
  bare.evidence.line.clear();
  const auto by = table({route("it", {{"sms"}}, matching([](route_match& m) { m.lines = {"*"}; }))});
  CHECK(told(by, bare) == "slack by default; sms by default; log by default");
  alarm_transition node;
  node.condition = {{}, {}, {"reactor-1"}, rule::source_silent};
  const auto units = table({route("it", {{"sms"}}, matching([](route_match& m) { m.units = {"*"}; }))});
  CHECK(told(units, node) == "slack by default; sms by default; log by default");
  CHECK(told(table({route("all", {{"sms"}})}), node) == "sms by all");
}

TEST_CASE("shifts go by the clock at the facility, and of the node's own alarms by the calendar's") {
  const auto day = matching([](route_match& m) { m.shifts = {{"site", "day"}}; });
  const auto night = matching([](route_match& m) { m.shifts = {{"site", "night"}}; });
  auto by = table({route("day", {{"slack"}}, day), route("night", {{"sms"}}, night)});
  CHECK(told(by, alarm(), monday_noon) == "slack by day");
  const auto late = parse_time("2026-11-30T21:30:00Z").value();
  CHECK(told(by, alarm(), late) == "sms by night");
  alarm_transition node;
  node.condition.which = rule::ledger;
  CHECK(told(by, node, late) == "slack by day");
  auto calendars = site();
  calendars["site"].timezone = "Asia/Tokyo";
  const route_table elsewhere{{{"slack"}, {"sms"}}, by.routes(), calendars};
  CHECK(told(elsewhere, node, late) == "slack by day");
  CHECK(told(elsewhere, node, monday_noon) == "slack by day");
  CHECK(told(elsewhere, node, parse_time("2026-11-30T15:00:00Z").value()) == "sms by night");
}

TEST_CASE("a channel that is down is not told of itself, and where its route tells nobody else, all others are") {
  alarm_transition down;
  down.condition = {{}, {}, {"sms"}, rule::channel_down};
  CHECK(told(table({}), down) == "slack; log");
  CHECK(told(table({route("all", {{"sms"}, {"log"}})}), down) == "log by all");
  CHECK(told(table({route("all", {{"sms"}})}), down) == "slack; log");
}

TEST_CASE("who is told again is whom the routes would tell now, each when a reminder of its route has fallen due") {
  using namespace std::chrono_literals;
  auto quick = route("quick", {{"sms"}}, {}, true), slow = route("slow", {{"slack"}});
  quick.reminders = {5min, 2, {{"log"}}, 12min};
  slow.reminders = {1h, 6};
  const auto by = table({quick, slow});
  const auto reminded = [&](milliseconds told, milliseconds now) {
    std::string out;
    for (const auto& each : by.remind(alarm(), {monday_noon, monday_noon + told}, monday_noon + now).ways)
      out += each.channel.text + " by " + each.text() + "; ";
    return out;
  };
  CHECK(reminded(0min, 4min) == "");
  CHECK(reminded(0min, 5min) == "sms by quick; ");
  CHECK(reminded(5min, 9min) == "");
  CHECK(reminded(5min, 10min) == "sms by quick; ");
  CHECK(reminded(10min, 12min) == "log by quick, next level; ");
  CHECK(reminded(12min, 50min) == "");
  CHECK(reminded(12min, 60min) == "slack by slow; ");
  CHECK(reminded(0min, 24h) == "sms by quick; log by quick, next level; slack by slow; ");
  CHECK(by.next_reminder({monday_noon, monday_noon}) == monday_noon + 5min);
  CHECK(by.next_reminder({monday_noon, monday_noon + 10min}) == monday_noon + 12min);
  CHECK(by.next_reminder({monday_noon, monday_noon + 12min}) == monday_noon + 60min);
  CHECK(by.next_reminder({monday_noon, monday_noon + 6h}) == forever);
  CHECK(by.next_reminder({}) == forever);
  CHECK(by.remind(alarm(), {}, monday_noon).ways.empty());
}

TEST_CASE("of a channel that is down, it is itself not told again") {
  using namespace std::chrono_literals;
  auto all = route("all", {{"sms"}});
  all.reminders = {10min, 6, {{"sms"}, {"log"}}, 10min};
  const route_table by{{{"slack"}, {"sms"}, {"log"}}, {all}, {}, {20min, 1}};
  alarm_transition down;
  down.condition = {{}, {}, {"sms"}, rule::channel_down};
  const auto channels = by.remind(down, {monday_noon, monday_noon}, monday_noon + 10min).channels();
  CHECK(channels == std::vector<channel_name>{{"log"}});
  CHECK(by.remind(down, {monday_noon, monday_noon}, monday_noon + 20min).channels().size() == 2);
}

TEST_CASE("a choice joined with another has each channel once, and the default route only where there is no other") {
  route_choice one, other;
  one.add({"slack"}, default_route);
  one.add({"sms"}, "a");
  other.add({"slack"}, "b");
  other.add({"sms"}, default_route);
  other.add({"sms"}, "a");
  one.add(other);
  REQUIRE(one.ways.size() == 2);
  CHECK(one.ways[0].text() == "b");
  CHECK(one.ways[1].text() == "a");
  CHECK(one.routes().text() == "b, a");
}

TEST_CASE("an explanation says of each route that is asked what decided") {
  const auto by = table({route("reactors", {{"sms"}}, matching([](route_match& m) { m.units = {"reactor-*"}; }), true),
                         route("presses", {{"sms"}}, matching([](route_match& m) {
                                 m.units = {"press-1", "press-2"};
                               })),
                         route("night", {{"sms"}}, matching([](route_match& m) {
                                 m.shifts = {{"site", "night"}};
                               })),
                         route("stale", {{"sms"}}, matching([](route_match& m) { m.rules.put(rule::stale); })),
                         route("worst", {{"sms"}}, matching([](route_match& m) { m.level = severity::critical; })),
                         route("urgent", {{"sms"}}, matching([](route_match& m) { m.priority = 70; })),
                         route("rest", {{"slack"}}), route("never", {{"log"}})});
  const auto steps = by.explain(alarm(), monday_noon);
  REQUIRE(steps.size() == 7);
  CHECK(steps[0].takes);
  CHECK(steps[0].why == "unit reactor-1");
  CHECK(steps[1].why == "unit reactor-1 is not press-1 or press-2");
  CHECK(steps[2].why == "Monday 2026-11-30 13:00 CET is not in site.night");
  CHECK(steps[3].why == "rule limit is not stale");
  CHECK(steps[4].why == "severity high is below critical");
  CHECK(steps[5].why == "priority 60 is below 70");
  CHECK(steps[6].why == "it takes every alarm");
}

TEST_CASE("the shift changes for whoever is told in the calendars that routes ask which take the alarm at some time") {
  const auto night = matching([](route_match& m) { m.shifts = {{"site", "night"}}; });
  const auto next = [](const route_table& by) {
    const auto at = by.next_change_of_shift(alarm(), monday_noon);
    return at == forever ? std::string{"never"} : to_iso(at);
  };
  CHECK(next(table({})) == "never");
  CHECK(next(table({route("all", {{"slack"}})})) == "never");
  CHECK(next(table({route("night", {{"sms"}}, night), route("rest", {{"slack"}})})) == "2026-11-30T21:00:00.000Z");
  CHECK(next(table({route("all", {{"slack"}}), route("night", {{"sms"}}, night)})) == "never");
  CHECK(next(table({route("all", {{"slack"}}, {}, true), route("night", {{"sms"}}, night)})) ==
        "2026-11-30T21:00:00.000Z");
  const auto others = matching([](route_match& m) {
    m.shifts = {{"site", "night"}};
    m.facilities = {"osaka"};
  });
  CHECK(next(table({route("night", {{"sms"}}, others), route("rest", {{"slack"}})})) == "never");
}

} // namespace route_table_test

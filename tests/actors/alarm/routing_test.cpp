#include "protocol/quantities.hpp"
#include "tests/actors/alarm/outbox_world.hpp"

#include <doctest/doctest.h>

namespace routing_test {

// Who is told of an alarm when it is not everybody.

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

using list = std::vector<std::string>;

const channel_name slack{"slack"}, sms{"sms"};

alarm_route route(const char* name, const channel_name& channel, const char* shift = nullptr) {
  alarm_route out;
  out.name = name;
  out.channels = {channel};
  if (shift)
    out.match.shifts = {{"site", shift}};
  return out;
}

// By day slack, by night sms, as the clock in Berlin has it.
struct site {
  outbox_world world{{slack, sms}};

  site() {
    auto& of = world.calendars["site"];
    of.shifts["day"] = {parse_shift_span("06:00-22:00").value()};
    of.shifts["night"] = {parse_shift_span("22:00-06:00").value()};
    use({route("day", slack, "day"), route("night", sms, "night")});
  }

  void use(std::vector<alarm_route> ways) {
    world.ways = std::move(ways);
    world.write();
    world.load();
  }
  // 20:00 UTC is 21:00 there.
  void at(const char* time) {
    world.now = parse_time(time).value();
    world.settle();
  }
  alarm_transition step(const std::string& sensor, uint32_t number, transition_kind kind,
                        severity level = severity::high) {
    auto x = transition(sensor, number, kind);
    x.at = world.now;
    x.level = level;
    x.pages = kind != transition_kind::cleared;
    world.take(x);
    world.settle();
    return x;
  }
  const alarm_record& record(const alarm_transition& x) const { return *world.book->find(x.alarm); }
};

} // namespace

TEST_CASE("an alarm goes by the shift in which it is told, and its record and page say by which route") {
  site s;
  s.at("2027-01-15T20:00:00Z");
  const auto by_day = s.step("t1", 1, transition_kind::raised);
  s.at("2027-01-15T21:00:00Z");
  s.step("t2", 1, transition_kind::raised);
  CHECK(s.world.told(slack) == list{"t1 raised"});
  CHECK(s.world.told(sms) == list{"t2 raised"});
  CHECK(s.record(by_day).explanation == "paged slack: limit high, priority 85; route day");
  CHECK(s.world.came.front().second.route == "day");
  CHECK(describe(s.world.came.front().second).find("route") == std::string::npos);
}

TEST_CASE("an end goes where the raise went, whoever is on shift by then") {
  site s;
  s.at("2027-01-15T20:00:00Z");
  s.step("t1", 1, transition_kind::raised);
  s.at("2027-01-15T21:30:00Z");
  s.step("t1", 2, transition_kind::cleared);
  s.world.live(10min);
  CHECK(s.world.told(slack) == list{"t1 raised", "t1 cleared"});
  CHECK(s.world.told(sms).empty());
}

TEST_CASE("an end goes where the raise went though the routes have changed meanwhile") {
  site s;
  s.at("2027-01-15T20:00:00Z");
  s.step("t1", 1, transition_kind::raised);
  s.use({route("all", sms)});
  s.world.live(10min);
  CHECK(s.world.told(sms).empty());
  s.step("t1", 2, transition_kind::cleared);
  s.world.live(10min);
  CHECK(s.world.told(slack) == list{"t1 raised", "t1 cleared"});
  CHECK(s.world.told(sms).empty());
}

TEST_CASE("a rise of severity goes by the route of its time, and the end to all who were told") {
  site s;
  s.at("2027-01-15T20:00:00Z");
  s.step("t1", 1, transition_kind::raised);
  s.at("2027-01-15T21:30:00Z");
  const auto worse = s.step("t1", 2, transition_kind::updated, severity::critical);
  CHECK(s.record(worse).explanation == "paged sms: limit critical, was high, priority 85; route night");
  s.step("t1", 3, transition_kind::cleared);
  s.world.live(10min);
  CHECK(s.world.told(slack) == list{"t1 raised", "t1 cleared"});
  CHECK(s.world.told(sms) == list{"t1 updated", "t1 cleared"});
}

TEST_CASE("what no route takes goes to every channel, and says so in its page and its record") {
  site s;
  auto other = route("others", sms);
  other.match.units = {"fan-*"};
  s.use({other});
  s.at("2027-01-15T20:00:00Z");
  const auto x = s.step("t1", 1, transition_kind::raised);
  CHECK(s.world.told(slack) == list{"t1 raised"});
  CHECK(s.world.told(sms) == list{"t1 raised"});
  CHECK(s.record(x).explanation ==
        "paged slack, sms: limit high, priority 85; no route takes it, so every channel is told");
  const auto& told = s.world.came.front().second;
  CHECK(describe(told).ends_with("; no route takes it"));
  std::string body;
  append_json(body, told);
  CHECK(body.find(R"("route":"default")") != std::string::npos);
}

TEST_CASE("without routes neither page nor record has a word of them") {
  site s;
  s.use({});
  const auto x = s.step("t1", 1, transition_kind::raised);
  CHECK(s.record(x).explanation == "paged slack, sms: limit high, priority 85");
  std::string body;
  append_json(body, s.world.came.front().second);
  CHECK(body.find("route") == std::string::npos);
}

TEST_CASE("a group goes wherever one of its alarms would") {
  site s;
  auto pressures = route("pressures", sms);
  pressures.match.types = {"pressure"};
  s.use({pressures, route("rest", slack)});
  for (int i = 0; i < 5; ++i) {
    auto x = transition(numbered("t", i), 1, transition_kind::raised);
    x.condition = {{"main"}, {numbered("t", i)}, {"reactor-1"}, rule::state};
    x.alarm = alarm_id_of(x.condition, start, 1);
    x.at = s.world.now;
    x.evidence.sensor_type = i == 3 ? "pressure" : "temperature";
    s.world.take(x);
  }
  s.world.live(1min);
  CHECK(s.world.told(slack) == list{"reactor-1 5 raised"});
  CHECK(s.world.told(sms) == list{"reactor-1 5 raised"});
  for (const auto& [channel, x] : s.world.came)
    CHECK(x.route == (channel == sms ? "pressures" : "rest"));
}

TEST_CASE("a standing alarm whose channels have left goes by the routes that there are") {
  site s;
  s.at("2027-01-15T20:00:00Z");
  s.step("t1", 1, transition_kind::raised);
  s.world.ways = {route("all", sms)};
  s.world.configure({sms, {"log"}});
  s.world.settle();
  CHECK(s.world.told(sms) == list{"t1 raised"});
  CHECK(s.world.told({"log"}).empty());
}

TEST_CASE("that a channel is down is told over the others, though its own route is the one that takes it") {
  site s;
  s.use({route("all", sms)});
  alarm_transition down = transition("", 1, transition_kind::raised);
  down.condition = {{}, {}, {"sms"}, rule::channel_down};
  down.alarm = alarm_id_of(down.condition, start, 1);
  down.at = s.world.now;
  s.world.take(down);
  s.world.settle();
  CHECK(s.world.told(sms).empty());
  CHECK(s.world.told(slack) == list{" raised"});
}

} // namespace routing_test

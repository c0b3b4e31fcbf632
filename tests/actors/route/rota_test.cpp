#include "actors/route/rota.hpp"

#include "actors/route/route_table.hpp"
#include "protocol/quantities.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

namespace rota_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

wall_time wall(const char* text) {
  return parse_wall_time(text).value();
}

rota weekly(std::vector<channel_name> channels = {{"anna"}, {"ben"}, {"eve"}}) {
  rota out;
  out.starts = wall("2026-11-30 08:00");
  out.channels = std::move(channels);
  return out;
}

std::string who(const rota& x, const char* at) {
  return x.on_duty(wall(at)).text;
}

std::string until(const rota& x, const char* at) {
  const auto end = x.until(wall(at));
  return end ? to_text(*end) : "for ever";
}

// Who is on duty by a clock on the wall somewhere.
std::string at_clock(const rota& x, event_time at, const char* zone) {
  return x.on_duty(wall_time_of(local_moment_of(at, zone))).text;
}

} // namespace

TEST_CASE("a moment on the wall is read and shown, and nothing else is one") {
  CHECK(to_text(wall("2026-11-30 08:00")) == "2026-11-30 08:00");
  CHECK(to_text(wall("2028-02-29T23:59")) == "2028-02-29 23:59");
  CHECK(wall("2026-11-30 24:00") == wall("2026-12-01 00:00"));
  for (const auto* each : {"", "2026-11-30", "08:00", "2026-11-30 8:00", "2026-11-31 08:00", "2026-11-30 25:00",
                           "0000-11-30 08:00", "2026-11-30 08:00Z", "2026-11-30_08:00", "2026-11-30 08:60"})
    CHECK_MESSAGE(!parse_wall_time(each), each);
}

TEST_CASE("channels take turns, each for as long, and begin anew behind the last") {
  const auto x = weekly();
  CHECK(who(x, "2026-11-30 08:00") == "anna");
  CHECK(who(x, "2026-12-07 07:59") == "anna");
  CHECK(who(x, "2026-12-07 08:00") == "ben");
  CHECK(who(x, "2026-12-20 12:00") == "eve");
  CHECK(who(x, "2026-12-21 08:00") == "anna");
  auto half_days = weekly({{"day"}, {"night"}});
  half_days.every = 12h;
  CHECK(who(half_days, "2027-06-01 08:00") == "day");
  CHECK(who(half_days, "2027-06-01 19:59") == "day");
  CHECK(who(half_days, "2027-06-01 20:00") == "night");
}

TEST_CASE("before the first turn the turns are those that would have led to it") {
  const auto x = weekly();
  CHECK(who(x, "2026-11-30 07:59") == "eve");
  CHECK(who(x, "2026-11-23 08:00") == "eve");
  CHECK(who(x, "2026-11-23 07:59") == "ben");
  CHECK(who(x, "1969-12-31 00:00") != "");
}

TEST_CASE("whoever stands in has it for that time, its end not among it, and the turns go on behind it") {
  auto x = weekly();
  x.exceptions = {{wall("2026-12-24 12:00"), wall("2026-12-26 12:00"), {"ben"}}};
  CHECK(who(x, "2026-12-24 11:59") == "anna");
  CHECK(who(x, "2026-12-24 12:00") == "ben");
  CHECK(who(x, "2026-12-26 11:59") == "ben");
  CHECK(who(x, "2026-12-26 12:00") == "anna");
  CHECK(who(x, "2026-12-28 08:00") == "ben");
}

TEST_CASE("until when somebody has it is when another one comes") {
  auto x = weekly();
  CHECK(until(x, "2026-12-01 00:00") == "2026-12-07 08:00");
  x.exceptions = {{wall("2026-12-05 00:00"), wall("2026-12-07 08:00"), {"ben"}}};
  CHECK(until(x, "2026-12-01 00:00") == "2026-12-05 00:00");
  CHECK(until(x, "2026-12-05 00:00") == "2026-12-14 08:00");
  CHECK(until(weekly({{"anna"}}), "2026-12-01 00:00") == "for ever");
  CHECK(until(weekly({{"anna"}, {"anna"}}), "2026-12-01 00:00") == "for ever");
  CHECK(until(weekly({{"anna"}, {"anna"}, {"ben"}}), "2026-12-01 00:00") == "2026-12-14 08:00");
  auto alone = weekly({{"anna"}});
  alone.exceptions = {{wall("2027-12-24 12:00"), wall("2028-12-26 12:00"), {"ben"}}};
  CHECK(until(alone, "2026-12-01 00:00") == "2027-12-24 12:00");
  CHECK(until(alone, "2027-12-25 00:00") == "2028-12-26 12:00");
}

TEST_CASE("the hand-over is at the same hour on the wall over changes of the clock, forward and back") {
  auto x = weekly({{"anna"}, {"ben"}});
  x.every = 24h;
  for (const auto* zone : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"}) {
    const auto begin = parse_time("2026-01-01T00:00:00Z").value();
    int handovers = 0;
    for (auto at = begin; at < begin + std::chrono::days{365}; at += 30min) {
      if (at_clock(x, at - 30min, zone) == at_clock(x, at, zone))
        continue;
      ++handovers;
      CHECK_MESSAGE(local_moment_of(at, zone).of_day == 8h, zone);
    }
    CHECK_MESSAGE(handovers == 365, zone);
  }
}

TEST_CASE("a hand-over in an hour that is left out comes with the change, and in one that comes twice, twice") {
  auto x = weekly({{"anna"}, {"ben"}});
  x.starts = wall("2026-03-29 02:30");
  const auto at = [&](const char* time) { return at_clock(x, parse_time(time).value(), "Europe/Berlin"); };
  CHECK(at("2026-03-29T00:59:59Z") == "ben");
  CHECK(at("2026-03-29T01:00:00Z") == "anna");
  x.starts = wall("2026-10-25 02:30");
  CHECK(at("2026-10-25T00:29:00Z") == "ben");
  CHECK(at("2026-10-25T00:30:00Z") == "anna");
  CHECK(at("2026-10-25T01:00:00Z") == "ben");
  CHECK(at("2026-10-25T01:30:00Z") == "anna");
}

TEST_CASE("at every moment one is on duty, and until when is the first moment of another") {
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 random{seed};
    rota x;
    x.starts = wall("2026-11-30 08:00") + std::chrono::minutes{random() % 100'000};
    x.every = std::chrono::minutes{60 + random() % 5'000};
    const char* names[] = {"a", "b", "c"};
    for (unsigned i = 0, count = 1 + random() % 4; i < count; ++i)
      x.channels.push_back({names[random() % 3]});
    for (unsigned i = 0, count = random() % 4; i < count; ++i) {
      const auto from = x.starts + std::chrono::minutes{random() % 40'000};
      x.exceptions.push_back({from, from + std::chrono::minutes{1 + random() % 8'000}, {names[random() % 3]}});
    }
    const auto begin = x.starts - 7 * 24h, last = x.starts + 40 * 24h;
    auto at = begin;
    while (at < last) {
      const auto now = x.on_duty(at);
      CHECK_MESSAGE(std::count(x.channels.begin(), x.channels.end(), now) +
                            std::count_if(x.exceptions.begin(), x.exceptions.end(),
                                          [&](const auto& each) { return each.channel == now; }) >
                        0,
                    "seed ", seed);
      const auto end = std::min(x.until(at).value_or(last), last);
      size_t others = 0;
      for (; at < end; at += 1min)
        others += x.on_duty(at) != now;
      CHECK_MESSAGE(others == 0, "seed ", seed);
      CHECK_MESSAGE((end == last || x.on_duty(end) != now), "seed ", seed);
    }
  }
}

TEST_CASE("a route tells whoever is on duty when people are told, by the clock of the rota or of the facility") {
  alarm_route all;
  all.name = "all";
  all.channels = {{"weekly"}, {"log"}};
  all.reminders = {10min, 6, {{"chiefs"}}, 20min};
  auto chiefs = weekly({{"eve"}, {"log"}});
  chiefs.timezone = "America/New_York";
  const route_table table{{{"anna"}, {"ben"}, {"eve"}, {"log"}},
                          {all},
                          {},
                          {},
                          {{"weekly", weekly({{"anna"}, {"ben"}})}, {"chiefs", chiefs}}};
  alarm_transition x;
  x.condition = {{"main"}, {"TI-101"}, {"reactor-1"}, rule::limit};
  x.evidence.timezone = "Europe/Berlin";
  const auto at = [](const char* time) { return parse_time(time).value(); };
  using names = std::vector<channel_name>;
  CHECK(table.choose(x, at("2026-12-07T06:59:00Z")).channels() == names{{"anna"}, {"log"}});
  CHECK(table.choose(x, at("2026-12-07T07:00:00Z")).channels() == names{{"ben"}, {"log"}});
  CHECK(table.choose(x, at("2026-12-07T07:00:00Z")).ways[0].text() == "all");
  const auto raised = at("2026-12-07T06:55:00Z");
  CHECK(table.remind(x, {raised, raised}, raised + 10min).channels() == names{{"ben"}, {"log"}});
  CHECK(table.remind(x, {raised, raised + 10min}, raised + 20min).channels() == names{{"ben"}, {"log"}, {"eve"}});
  CHECK(table.remind(x, {raised, raised + 370min}, raised + 371min).channels().empty());
  const auto duty = table.on_duty("chiefs", x, at("2026-12-07T12:59:00Z"));
  REQUIRE(duty);
  CHECK(duty->channel == channel_name{"eve"});
  CHECK(duty->zone == "America/New_York");
  CHECK(to_text(*duty->until) == "2026-12-07 08:00");
  CHECK(table.on_duty("chiefs", x, at("2026-12-07T13:00:00Z"))->channel == channel_name{"log"});
  CHECK_FALSE(table.on_duty("anna", x, raised));
  alarm_transition node;
  node.condition.which = rule::ledger;
  CHECK(table.choose(node, at("2026-12-07T07:59:00Z")).channels() == names{{"anna"}, {"log"}});
  CHECK(table.choose(node, at("2026-12-07T08:00:00Z")).channels() == names{{"ben"}, {"log"}});
}

TEST_CASE("whoever is on duty over a channel that is down is not told of that, but all others are") {
  alarm_route all;
  all.name = "all";
  all.channels = {{"weekly"}};
  const route_table table{{{"anna"}, {"ben"}}, {all}, {}, {}, {{"weekly", weekly({{"anna"}, {"ben"}})}}};
  alarm_transition down;
  down.condition = {{}, {}, {"anna"}, rule::channel_down};
  CHECK(table.choose(down, parse_time("2026-12-01T07:00:00Z").value()).channels() ==
        std::vector<channel_name>{{"ben"}});
}

} // namespace rota_test

#include "runtime/routing/route_notices.hpp"

#include "tests/runtime/settings/configuration_file.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace route_notices_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

constexpr char plant[] = R"(
plant: {facilities: config/sample-plant/facilities.jsonl, sensors: config/sample-plant/sensors.jsonl}
channels: {day: {type: log}, night: {type: log}}
calendars: {site: {shifts: {day: "mon-fri 06:00-22:00", night: [22:00-06:00, sat-sun]}}}
routes:
)";

std::string notices_of(const std::string& routes) {
  std::string out;
  for (const auto& each : route_notices(loaded(plant + routes), {"temperature", "pressure"}))
    out += each + '\n';
  return out;
}

} // namespace

TEST_CASE("routes that take everything are not spoken of, nor is it where there are none") {
  CHECK(notices_of("").empty());
  CHECK(notices_of("  - {name: day, match: {shift: site.day}, channels: [day]}\n"
                   "  - {name: night, match: {shift: site.night}, channels: [night]}\n")
            .empty());
}

TEST_CASE("alarms that no route takes are named") {
  const auto day = notices_of("  - {name: day, match: {shift: site.day}, channels: [day]}\n");
  CHECK(day.starts_with("no route takes alarms on Sunday 00:00, "));
  CHECK(day.find("the default route tells every channel of them") != std::string::npos);
  const auto severe = notices_of("  - {name: worst, match: {severity: critical}, channels: [day]}\n");
  CHECK(severe.find("no route takes limit high") != std::string::npos);
  CHECK(severe.find("no route takes the node's own alarms") != std::string::npos);
}

TEST_CASE("a route that nothing reaches is told with what stands before it, or with what was meant") {
  CHECK(notices_of(
            "  - {name: all, channels: [day]}\n  - {name: late, match: {shift: site.night}, channels: [night]}\n") ==
        "route late: nothing reaches it: all before it takes whatever it would\n");
  CHECK(notices_of(
            "  - {name: reactors, match: {unit: reactr-1}, channels: [day]}\n  - {name: rest, channels: [night]}\n") ==
        "route reactors: nothing reaches it: there is no unit reactr-1 in config/sample-plant/sensors.jsonl (did you "
        "mean "
        "reactor-1?)\n");
  CHECK(notices_of("  - {name: z, match: {rule: z}, channels: [day]}\n  - {name: rest, channels: [night]}\n")
            .starts_with("route z: nothing reaches it: there is no rule z that pages"));
}

TEST_CASE("a rota that no route has is told") {
  const std::string rotas = "rotas: {weekly: {starts: 2026-11-30 08:00, channels: [day]}, "
                            "chiefs: {starts: 2026-11-30 08:00, channels: [night]}, "
                            "lost: {starts: 2026-11-30 08:00, channels: [night]}}\n";
  CHECK(notices_of("  - {name: all, channels: [weekly], next_level: {channels: [chiefs]}}\n" + rotas) ==
        "rota lost: no route has it, so nobody is told by it\n");
  CHECK(route_notices(loaded("channels: {day: {type: log}, night: {type: log}}\n" + rotas), {"temperature"}).size() ==
        3);
}

TEST_CASE("a plant whose files cannot be read is told, and the routes are looked over all the same") {
  const auto s = loaded("plant: {sensors: no-such-file}\nchannels: {day: {type: log}}\n"
                        "routes: [{name: all, channels: [day]}, {name: never, channels: [day]}]\n");
  const auto all = route_notices(s, {"temperature"});
  REQUIRE(all.size() == 2);
  CHECK(all[0].starts_with("routes are looked over without the plant's files: "));
  CHECK(all[1].starts_with("route never: nothing reaches it"));
}

TEST_CASE("that a simulated plant's sensors are not known before it runs is told, and what is written counts") {
  const std::string routes = "channels: {day: {type: log}}\nroutes: [{name: all, match: {line: lin-a}, channels: [day]}"
                             ", {name: rest, channels: [day]}]\n";
  const auto told = [&](const std::string& more, const std::string& source) {
    return route_notices(loaded("source: {" + source + "}\n" + routes + more), {"temperature"});
  };
  using lines = std::vector<std::string>;
  CHECK(told("", "type: simulation") ==
        lines{"routes are looked over without the plant's sensors: it is a simulated one, and plant.sensors names no "
              "file of them"});
  CHECK(
      told("plant: {facilities: config/sample-plant/facilities.jsonl, sensors: no-such-file}\n", "type: simulation") ==
      lines{"routes are looked over without the plant's files: no-such-file is not there yet; check again once the "
            "simulated plant has run",
            "route all: nothing reaches it: there is no line lin-a in config/sample-plant/facilities.jsonl (did you "
            "mean line-a?)"});
  CHECK(told("", "type: file, file: {paths: [x]}").empty());
  CHECK(route_notices(loaded("channels: {day: {type: log}}\n"), {"temperature"}).empty());
}

TEST_CASE("the alarms that there can be are those that page by the settings, with the priorities of the plant") {
  auto s = loaded("");
  known_plant known;
  known.units.emplace() = {{"main", "fan-1", criticality::low}, {"main", "press", criticality::unknown}};
  const auto world = alarm_world_of(s, known, {"temperature"});
  const auto has = [&](rule which, severity level, int priority) {
    return std::any_of(world.sorts.begin(), world.sorts.end(), [&](const auto& each) {
      return each.which == which && each.level == level && each.priority == priority;
    });
  };
  CHECK(has(rule::limit, severity::high, 35));
  CHECK(has(rule::limit, severity::high, 85));
  CHECK_FALSE(has(rule::limit, severity::high, 60));
  CHECK(has(rule::limit, severity::critical, 100));
  CHECK(has(rule::ledger, severity::high, 80));
  CHECK(std::none_of(world.sorts.begin(), world.sorts.end(), [](const auto& each) { return each.which == rule::z; }));
}

} // namespace route_notices_test

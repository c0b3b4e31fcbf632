#include "actors/route/route_coverage.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace route_coverage_test {

using namespace millwright;

namespace {

alarm_world small_world() {
  alarm_world out;
  out.sorts = {{rule::limit, severity::high, 60},
               {rule::limit, severity::critical, 90},
               {rule::stale, severity::medium, 40},
               {rule::ledger, severity::high, 80}};
  out.places = {{"main", "A", "reactor-1"}, {"main", "A", "fan-1"}, {"osaka", "", ""}};
  out.types = {"temperature", "pressure"};
  return out;
}

std::map<std::string, calendar> site(const char* holiday = nullptr) {
  calendar out;
  out.shifts["day"] = {parse_shift_span("06:00-22:00").value()};
  out.shifts["night"] = {parse_shift_span("22:00-06:00").value()};
  out.shifts["week"] = {parse_shift_span("mon-fri 06:00-22:00").value()};
  out.shifts["weekend"] = {parse_shift_span("sat,sun 06:00-22:00").value()};
  if (holiday)
    out.holidays.insert(parse_holiday(holiday).value());
  return {{"site", out}};
}

alarm_route route(const char* name, route_match match = {}, bool goes_on = false) {
  return {name, std::move(match), {{"sms"}}, goes_on};
}

route_match in_shift(const char* shift) {
  route_match out;
  out.shifts = {{"site", shift}};
  return out;
}

route_match of_units(std::vector<std::string> units) {
  route_match out;
  out.units = std::move(units);
  return out;
}

route_findings found(std::vector<alarm_route> routes, const char* holiday = nullptr) {
  return look_over(route_table{{{"sms"}}, std::move(routes), site(holiday)}, small_world());
}

} // namespace

TEST_CASE("of routes that take everything, and of none, nothing is strange") {
  CHECK(found({}).untaken.empty());
  const auto all = found({route("reactors", of_units({"reactor-*"})), route("rest")});
  CHECK(all.untaken.empty());
  CHECK(all.unreached_routes.empty());
}

TEST_CASE("what no route takes is told in as few words as there are for it") {
  route_match critical;
  critical.level = severity::critical;
  const auto severe = found({route("worst", critical)});
  REQUIRE(severe.untaken.size() == 2);
  CHECK(severe.untaken[0] == "limit high, stale medium");
  CHECK(severe.untaken[1] == "the node's own alarms");
  const auto day = found({route("day", in_shift("day"))});
  REQUIRE(day.untaken.size() == 2);
  CHECK(day.untaken[0] == "alarms on Sunday 00:00, Sunday 22:00, Monday 00:00, Monday 22:00, ...");
  const auto units = found({route("reactors", of_units({"reactor-*"}))});
  REQUIRE_FALSE(units.untaken.empty());
  CHECK(units.untaken[0] == "alarms of fan-1 at main (line A), sensors without a unit at osaka");
}

TEST_CASE("a route behind one that takes as much is not reached, nor one behind several that do together") {
  const auto one = found({route("all"), route("reactors", of_units({"reactor-*"}))});
  REQUIRE(one.unreached_routes.size() == 1);
  CHECK(one.unreached_routes[0].route == 1);
  CHECK(one.unreached_routes[0].taken_by == std::vector<std::string>{"all"});
  const auto both = found({route("day", in_shift("day")), route("night", in_shift("night")), route("rest")});
  REQUIRE(both.unreached_routes.size() == 1);
  CHECK(both.unreached_routes[0].taken_by == std::vector<std::string>{"day", "night"});
  CHECK(found({route("all", {}, true), route("reactors", of_units({"reactor-*"})), route("rest")})
            .unreached_routes.empty());
}

TEST_CASE("holidays come at any day of the week") {
  const std::vector<alarm_route> routes{route("week", in_shift("week")), route("weekend", in_shift("weekend")),
                                        route("night", in_shift("night"))};
  CHECK(found(routes).untaken.empty());
  CHECK(found(routes, "12-25").untaken.empty());
  calendar with_holiday = site("12-25").at("site");
  with_holiday.shifts["weekend"] = {parse_shift_span("sat 06:00-22:00").value(),
                                    parse_shift_span("sun 06:00-21:00").value()};
  const auto gap = look_over(route_table{{{"sms"}}, routes, {{"site", with_holiday}}}, small_world());
  REQUIRE(gap.untaken.size() == 2);
  CHECK(gap.untaken[0] == "alarms on Sunday 21:00, a holiday 21:00");
}

TEST_CASE("a route for what there is not is told with what there is") {
  const auto unit = found({route("typo", of_units({"reactr-1"})), route("rest")});
  REQUIRE(unit.unreached_routes.size() == 1);
  CHECK(unit.unreached_routes[0].what == "unit");
  CHECK(unit.unreached_routes[0].known == std::vector<std::string>{"fan-1", "reactor-1"});
  route_match rules;
  rules.rules.put(rule::z);
  const auto quiet = found({route("z", rules), route("rest")});
  REQUIRE(quiet.unreached_routes.size() == 1);
  CHECK(quiet.unreached_routes[0].what == "rule");
  route_match never;
  never.rules.put(rule::stale);
  never.level = severity::critical;
  const auto contradiction = found({route("never", never), route("rest")});
  REQUIRE(contradiction.unreached_routes.size() == 1);
  CHECK(contradiction.unreached_routes[0].what.empty());
  CHECK(contradiction.unreached_routes[0].taken_by.empty());
}

TEST_CASE("whatever the routes, what is found is what asking for each alarm of each hour of a month finds") {
  std::mt19937 random{11};
  const auto any = [&](size_t below) { return random() % below; };
  const auto world = small_world();
  const char* shifts[] = {"day", "night", "week", "weekend"};
  const auto begin = from_epoch_ms(1'796'688'000'000);
  for (int run = 0; run < 60; ++run) {
    CAPTURE(run);
    std::vector<alarm_route> routes;
    for (size_t i = 0; i < 1 + any(5); ++i) {
      route_match match;
      if (any(2) == 0)
        match.shifts.push_back({"site", shifts[any(4)]});
      if (any(3) == 0)
        match.shifts.push_back({"site", shifts[any(4)]});
      if (any(3) == 0)
        match.units = {any(2) == 0 ? "reactor-*" : "fan-1"};
      if (any(4) == 0)
        match.facilities = {"osaka"};
      if (any(3) == 0)
        match.level = any(2) == 0 ? severity::high : severity::critical;
      if (any(5) == 0)
        match.rules.put(any(2) == 0 ? rule::limit : rule::stale);
      routes.push_back({std::string(1, static_cast<char>('a' + i)), match, {{"sms"}}, any(4) == 0});
    }
    const route_table table{{{"sms"}}, routes, site("12-25")};
    std::vector<bool> reached(routes.size());
    bool untaken = false;
    for (const auto& sort : world.sorts)
      for (const auto& place : world.places)
        for (int hour = 0; hour < 31 * 24; ++hour) {
          alarm_transition x;
          x.condition.which = sort.which;
          x.level = sort.level;
          x.priority = sort.priority;
          if (sort.which < first_node_rule) {
            x.condition.facility.text = place.facility;
            x.condition.unit.text = place.unit;
            x.evidence.line = place.line;
          }
          const auto steps = table.explain(x, begin + std::chrono::hours{hour});
          bool taken = false;
          for (const auto& each : steps)
            if (each.takes) {
              taken = true;
              reached[static_cast<size_t>(each.route - table.routes().data())] = true;
            }
          untaken = untaken || !taken;
        }
    const auto told = look_over(table, world);
    CHECK(told.untaken.empty() == !untaken);
    for (size_t i = 0; i < routes.size(); ++i)
      CHECK(reached[i] == std::none_of(told.unreached_routes.begin(), told.unreached_routes.end(),
                                       [&](const auto& each) { return each.route == i; }));
  }
}

} // namespace route_coverage_test

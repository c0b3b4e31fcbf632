#include "protocol/detection_settings.hpp"
#include "protocol/failure.hpp"
#include "protocol/rules.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace rules_test {

using namespace millwright;

TEST_CASE("every rule has a name of its own that leads back to it") {
  std::set<std::string_view> names;
  for (int i = 0; i < rule_count; ++i) {
    const auto which = static_cast<rule>(i);
    CHECK_FALSE(name_of(which).empty());
    CHECK(rule_named(name_of(which)) == which);
    names.insert(name_of(which));
  }
  CHECK(names.size() == rule_count);
  CHECK_FALSE(rule_named("Limit"));
  CHECK_FALSE(rule_named(""));
}

TEST_CASE("the stored numbers of rules and severities stay") {
  CHECK(static_cast<int>(rule::limit) == 0);
  CHECK(static_cast<int>(rule::rapid_change) == 9);
  CHECK(static_cast<int>(rule::performance) == 16);
  CHECK(static_cast<int>(rule::channel_down) == 17);
  CHECK(static_cast<int>(severity::critical) == 4);
  CHECK(name_of(severity::normal) == "normal");
  CHECK(name_of(severity::critical) == "critical");
}

TEST_CASE("a set of rules holds what was put into it") {
  rule_set set;
  set.put(rule::z);
  set.put(rule::performance);
  for (int i = 0; i < rule_count; ++i) {
    const auto which = static_cast<rule>(i);
    CHECK(set.has(which) == (which == rule::z || which == rule::performance));
  }
}

TEST_CASE("severities have names, and an alarm any but normal") {
  for (const auto level : {severity::normal, severity::low, severity::medium, severity::high, severity::critical})
    CHECK(severity_named(name_of(level)) == level);
  CHECK_FALSE(severity_named("High"));
  CHECK_FALSE(severity_named(""));
  const auto names = alarm_severity_names();
  CHECK(std::vector<std::string_view>{names.begin(), names.end()} ==
        std::vector<std::string_view>{"low", "medium", "high", "critical"});
}

TEST_CASE("the names of rules come in the order of their numbers, whichever are asked for") {
  CHECK(names_of(rule_set{}).empty());
  rule_set set;
  set.put(rule::stale);
  set.put(rule::z);
  CHECK(names_of(set) == std::vector<std::string>{"z", "stale"});
  CHECK(names_of(every_rule).size() == rule_count);
  CHECK(names_of(every_rule).back() == "channel_down");
  CHECK(names_of(judged_by_sensors).back() == "rapid_change");
  CHECK_FALSE(judged_by_sensors.has(first_node_rule));
}

TEST_CASE("priority adds what the unit and the facility are worth, up to 100") {
  const detection_settings d;
  const auto of = [&](int score, std::string_view unit, std::string_view facility) {
    return priority_of(d, rule::limit, score, {criticality::unknown, unit, facility});
  };
  CHECK(of(60, "pump-1", "north") == 60);
  CHECK(of(30, "Main-REACTOR-7", "north") == 80);
  CHECK(of(30, "turbine", "north") == 80);
  CHECK(of(30, "pump", "site-MAIN-2") == 55);
  CHECK(of(20, "reactor", "main") == 95);
  CHECK(of(90, "reactor", "main") == 100);
  CHECK(of(20, "reactor turbine", "") == 70);
  CHECK(of(40, "", "") == 40);
}

TEST_CASE("a machine or a site counts by a whole word of its id: mainz is not main") {
  const detection_settings d;
  const auto of = [&](std::string_view unit, std::string_view facility) {
    return priority_of(d, rule::limit, 30, {criticality::unknown, unit, facility});
  };
  for (const std::string_view other : {"mainz", "domain", "Maine-2", "mainmast", "remaining", "föreactor"})
    CHECK(of(other, other) == 30);
  for (const std::string_view id : {"main", "Main_2", "main2", "2main", "mainz/main", "north.MAIN", "main works"})
    CHECK(of("", id) == 55);
  CHECK(of("bioreactor", "") == 30);
  CHECK(of("bio-reactor7", "") == 80);
}

TEST_CASE("only what is wrong with the process is worse at a reactor: not a dead thermometer, not the node") {
  const detection_settings d;
  const urgency at_reactor{criticality::unknown, "reactor", "main"}, critical{criticality::high, "fan", "north"};
  for (const rule which : {rule::limit, rule::z, rule::state, rule::rate, rule::novelty, rule::rapid_change}) {
    CHECK(priority_of(d, which, 20, at_reactor) == 95);
    CHECK(priority_of(d, which, 20, critical) == 70);
  }
  for (const rule which :
       {rule::range, rule::stale, rule::bad_quality, rule::stuck, rule::source_silent, rule::ledger}) {
    CHECK(priority_of(d, which, 20, at_reactor) == 20);
    CHECK(priority_of(d, which, 20, critical) == 20);
  }
}

TEST_CASE("a criticality that the metadata gives counts in place of names") {
  const detection_settings d;
  const auto of = [&](criticality how, int score) {
    return priority_of(d, rule::limit, score, {how, "reactor", "main"});
  };
  CHECK(of(criticality::low, 60) == 35);
  CHECK(of(criticality::low, 20) == 0);
  CHECK(of(criticality::medium, 60) == 60);
  CHECK(of(criticality::high, 40) == 90);
  CHECK(of(criticality::high, 60) == 100);
}

TEST_CASE("what a priority is made of adds up to it, and says why") {
  const detection_settings d;
  for (const auto how : {criticality::unknown, criticality::low, criticality::medium, criticality::high})
    for (const std::string_view unit : {"reactor", "fan"})
      for (const std::string_view facility : {"main", "north"})
        for (int i = 0; i < rule_count; ++i)
          for (const int score : {0, 40, 90}) {
            const auto which = static_cast<rule>(i);
            const urgency of{how, unit, facility};
            const auto parts = priority_parts_of(d, which, score, of);
            CHECK(std::clamp(parts.score + parts.bonus, 0, 100) == priority_of(d, which, score, of));
          }
  const auto because = [&](rule which, const urgency& of) { return priority_parts_of(d, which, 40, of).because; };
  CHECK(because(rule::limit, {criticality::low, "reactor", "main"}) == "criticality low");
  CHECK(because(rule::limit, {criticality::unknown, "reactor", "main"}) ==
        "by the name of its unit and of its facility");
  CHECK(because(rule::limit, {criticality::unknown, "fan", "main"}) == "by the name of its facility");
  CHECK(because(rule::stale, {criticality::high, "reactor", "main"}) ==
        "what is wrong with an instrument or the node is as urgent everywhere");
}

TEST_CASE("each part of the priority is a setting") {
  detection_settings d;
  d.priority_units = {"kiln", "ball mill"};
  d.priority_unit_bonus = 10;
  d.priority_facilities.clear();
  d.priority_high = 7;
  CHECK(priority_of(d, rule::limit, 30, {criticality::unknown, "KILN 2", "main"}) == 40);
  CHECK(priority_of(d, rule::limit, 30, {criticality::unknown, "old ball mill", "main"}) == 40);
  CHECK(priority_of(d, rule::limit, 30, {criticality::unknown, "reactor", "main"}) == 30);
  CHECK(priority_of(d, rule::limit, 30, {criticality::high, "kiln", "main"}) == 37);
}

TEST_CASE("the default rules are the table of the definitions") {
  const detection_settings d;
  struct row {
    rule which;
    bool alarm, pages;
    int score;
    severity level;
  };
  for (const auto& [which, alarm, pages, score, level] :
       {row{rule::limit, true, true, 60, severity::high}, row{rule::z, true, false, 0, severity::medium},
        row{rule::state, true, true, 70, severity::high}, row{rule::rate, true, true, 50, severity::medium},
        row{rule::range, true, true, 40, severity::high}, row{rule::stale, true, true, 40, severity::medium},
        row{rule::bad_quality, true, false, 40, severity::medium}, row{rule::stuck, true, false, 20, severity::medium},
        row{rule::novelty, false, false, 30, severity::low}, row{rule::rapid_change, false, false, 30, severity::low},
        row{rule::source_silent, true, true, 80, severity::high}, row{rule::bad_input, true, true, 80, severity::high},
        row{rule::quarantined, true, true, 80, severity::high}, row{rule::ledger, true, true, 80, severity::high},
        row{rule::clock_skew, true, true, 80, severity::high}, row{rule::misconfigured, true, true, 80, severity::high},
        row{rule::performance, true, true, 80, severity::high},
        row{rule::channel_down, true, true, 80, severity::high}}) {
    const rule judged = which;
    CAPTURE(name_of(judged));
    CHECK(d.of(which).alarm == alarm);
    CHECK(d.of(which).pages == pages);
    CHECK(d.of(which).score == score);
    CHECK(d.of(which).level == level);
  }
}

TEST_CASE("a rule pages with the severities and scores that its settings give, z when critical alone") {
  using all = std::vector<std::pair<severity, int>>;
  detection_settings d;
  CHECK(paged_as(d, rule::limit) == all{{severity::high, 60}, {severity::critical, 90}});
  CHECK(paged_as(d, rule::rate) == all{{severity::medium, 50}});
  CHECK(paged_as(d, rule::z) == all{{severity::critical, 50},
                                    {severity::critical, 60},
                                    {severity::critical, 70},
                                    {severity::critical, 80},
                                    {severity::critical, 90},
                                    {severity::critical, 100}});
  CHECK(score_of(d, rule::limit, severity::high) == 60);
  CHECK(score_of(d, rule::limit, severity::critical) == 90);
  CHECK(score_of(d, rule::range, severity::critical) == 40);
  CHECK(score_of(d, rule::z, severity::medium) == 30);
  CHECK(score_of(d, rule::z, severity::high) == 40);
  CHECK(score_of(d, rule::z, severity::critical) == 50);
  d.limit_critical_score = 95;
  d.z.critical = 12;
  CHECK(paged_as(d, rule::limit).back() == std::pair{severity::critical, 95});
  CHECK(paged_as(d, rule::z) == all{{severity::critical, 100}});
}

TEST_CASE("a rule tells somebody when it raises alarms that page") {
  CHECK(alarm_rule{true, true}.tells());
  CHECK_FALSE(alarm_rule{true, false}.tells());
  CHECK_FALSE(alarm_rule{false, true}.tells());
}

TEST_CASE("a failure tells where, what, and what can be done") {
  CHECK(std::string{failure{failure_code::ledger_locked, "data/ledger", ""}.what()} ==
        "data/ledger: the ledger is held by another process (stop it, or give this node its own ledger.path, and "
        "alarms.path where that is set)");
  CHECK(std::string{failure{failure_code::not_found, "", "no alarm 1234"}.what()} == "no alarm 1234");
}

} // namespace rules_test

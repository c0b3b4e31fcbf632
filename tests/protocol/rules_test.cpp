#include "protocol/detection_settings.hpp"
#include "protocol/failure.hpp"
#include "protocol/rules.hpp"

#include <doctest/doctest.h>

#include <set>

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

TEST_CASE("priority adds what the unit and the facility are worth, up to 100") {
  const detection_settings d;
  CHECK(priority_of(d, 60, "pump-1", "north") == 60);
  CHECK(priority_of(d, 30, "Main-REACTOR-7", "north") == 80);
  CHECK(priority_of(d, 30, "turbine", "north") == 80);
  CHECK(priority_of(d, 30, "pump", "site-MAIN-2") == 55);
  CHECK(priority_of(d, 20, "reactor", "main") == 95);
  CHECK(priority_of(d, 90, "reactor", "main") == 100);
  CHECK(priority_of(d, 20, "reactor turbine", "") == 70);
  CHECK(priority_of(d, 40, "", "") == 40);
}

TEST_CASE("each part of the priority is a setting") {
  detection_settings d;
  d.priority_units = {"kiln"};
  d.priority_unit_bonus = 10;
  d.priority_facilities.clear();
  CHECK(priority_of(d, 30, "KILN 2", "main") == 40);
  CHECK(priority_of(d, 30, "reactor", "main") == 30);
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
       {row{rule::limit, true, true, 60, severity::high}, row{rule::state, true, true, 70, severity::high},
        row{rule::rate, true, true, 50, severity::medium}, row{rule::range, true, true, 40, severity::high},
        row{rule::stale, true, true, 40, severity::medium}, row{rule::bad_quality, true, false, 40, severity::medium},
        row{rule::stuck, true, false, 20, severity::medium}, row{rule::novelty, false, false, 30, severity::low},
        row{rule::rapid_change, false, false, 30, severity::low},
        row{rule::source_silent, true, true, 80, severity::high}, row{rule::bad_input, true, true, 80, severity::high},
        row{rule::quarantined, true, true, 80, severity::high}, row{rule::ledger, true, true, 80, severity::high},
        row{rule::clock_skew, true, true, 80, severity::high}, row{rule::misconfigured, true, true, 80, severity::high},
        row{rule::performance, true, true, 80, severity::high},
        row{rule::channel_down, true, true, 80, severity::high}}) {
    CAPTURE(name_of(which));
    CHECK(d.of(which).alarm == alarm);
    CHECK(d.of(which).pages == pages);
    CHECK(d.of(which).score == score);
    CHECK(d.of(which).level == level);
  }
}

TEST_CASE("a failure tells where, what, and what can be done") {
  CHECK(std::string{failure{failure_code::ledger_locked, "data/ledger", ""}.what()} ==
        "data/ledger: the ledger is held by another process (stop it, or give this node its own ledger.path)");
  CHECK(std::string{failure{failure_code::not_found, "", "no alarm 1234"}.what()} == "no alarm 1234");
}

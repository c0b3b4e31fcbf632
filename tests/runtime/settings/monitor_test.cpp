#include "runtime/settings/gone_keys.hpp"
#include "tests/runtime/settings/configuration_file.hpp"

#include <doctest/doctest.h>

namespace monitor_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

TEST_CASE("how a node watches itself is all settings") {
  const auto s = loaded(R"(
monitor:
  every: 500ms
  kept: 60
  span: 1min
  alarms: {input: 2, commit: 10s, memory: 2GiB, cpu: 50%, after: 10s, over_after: 5s, average: 3s, backlog: 0s}
  advice:
    commits: {high_rate: 100, middle_rate: 50, at_high: 1s, at_middle: 2s, otherwise: 3s}
    nodes: {lag_high: 4, memory_high: 90%, add_many: 10, lag: 3, add: 4, lag_low: 0.1, memory_low: 10%, remove: 2, least: 1, most: 9}
    partitions: {many_facilities: 7, some_facilities: 3, by_facility: 5, by_time: 2}
)")
                     .monitor;
  CHECK(s.every == 500ms);
  CHECK(s.kept == 60);
  CHECK(s.span == 1min);
  CHECK(s.alarms.input == 2);
  CHECK(s.alarms.commit == 10s);
  CHECK(s.alarms.memory == 2ull << 30);
  CHECK(s.alarms.cpu == 0.5);
  CHECK(s.alarms.held == 10s);
  CHECK(s.alarms.over_after == 5s);
  CHECK(s.alarms.average == 3s);
  CHECK(s.alarms.backlog == 0s);
  const auto& a = s.advice;
  CHECK(a.high_rate == 100);
  CHECK(a.middle_rate == 50);
  CHECK(a.interval_at_high == 1s);
  CHECK(a.interval_at_middle == 2s);
  CHECK(a.interval_else == 3s);
  CHECK(a.lag_high == 4);
  CHECK(a.memory_high == 0.9);
  CHECK(a.add_many == 10);
  CHECK(a.lag == 3);
  CHECK(a.add == 4);
  CHECK(a.lag_low == 0.1);
  CHECK(a.memory_low == 0.1);
  CHECK(a.remove == 2);
  CHECK(a.least_nodes == 1);
  CHECK(a.most_nodes == 9);
  CHECK(a.many_facilities == 7);
  CHECK(a.some_facilities == 3);
  CHECK(a.partitions_by_facility == 5);
  CHECK(a.partitions_by_time == 2);
}

TEST_CASE("mistakes in how a node watches itself are told") {
  CHECK(mistakes_of("monitor:\n  every: 10ms\n").starts_with("FILE:2: monitor.every: expected a duration of at least"));
  CHECK(mistakes_of("monitor:\n  kept: 3\n") ==
        "FILE:2: monitor.kept: expected a whole number from 10 to 1000000, got \"3\"");
  CHECK(mistakes_of("monitor: {alarms: {cpu: 110%}}\n").find("expected a share from 0 to 1") != std::string::npos);
  CHECK(mistakes_of("monitor: {alarms: {input: 0.9}}\n").find("monitor.alarms.input: expected a number") !=
        std::string::npos);
  CHECK(mistakes_of("monitor:\n  alrams: {}\n") ==
        "FILE:2: monitor.alrams: unknown key (did you mean monitor.alarms?)");
  CHECK(mistakes_of("monitor:\n  every: 20s\n") ==
        "FILE:2: monitor.every: expected monitor.every to be at most monitor.alarms.average");
  CHECK(mistakes_of("monitor: {every: 1s, kept: 10, alarms: {average: 30s}}\n") ==
        "FILE:1: monitor.kept: expected so many samples, so far apart, to reach over monitor.alarms.average");
  CHECK(mistakes_of("monitor:\n  advice:\n    commits: {middle_rate: 20000}\n") ==
        "FILE:3: monitor.advice.commits.middle_rate: expected middle_rate to be at most high_rate");
  CHECK(mistakes_of("monitor:\n  advice:\n    nodes: {lag: 3}\n") ==
        "FILE:3: monitor.advice.nodes.lag: expected lag_low <= lag <= lag_high");
  CHECK(mistakes_of("monitor:\n  advice:\n    nodes: {memory_low: 90%}\n").find("at most memory_high") !=
        std::string::npos);
  CHECK(mistakes_of("monitor:\n  advice:\n    nodes: {least: 60}\n").find("expected least to be at most most") !=
        std::string::npos);
  CHECK(mistakes_of("monitor:\n  advice:\n    partitions: {some_facilities: 200}\n").find("at most many_facilities") !=
        std::string::npos);
}

TEST_CASE("a section that went as a whole is told key by key") {
  const configuration_file file{"node:\n  overload:\n    cpu: 80%\n    after: 1min\n"};
  std::vector<std::string> told;
  CHECK(load_settings(file.path(), {}, &told).monitor.alarms.cpu == 0.9);
  REQUIRE(told.size() == 2);
  CHECK(told[0] == file.path().string() + ":3: node.overload.cpu: gone since 0.2, and ignored: monitor.alarms.cpu");
  CHECK(told[1].find(":4: node.overload.after: gone since 0.2, and ignored: monitor.alarms.after") !=
        std::string::npos);
  // All of it commented out; a key that it never had; no section at all.
  CHECK(mistakes_of("node:\n  overload:\n").empty());
  CHECK(mistakes_of("node:\n  overload: {cpx: 1}\n").starts_with("FILE:2: node.overload.cpx: unknown key"));
  CHECK(mistakes_of("node:\n  overload: 5\n").starts_with("FILE:2: node.overload: unknown key"));
  CHECK(holds_gone("node.overload"));
  CHECK_FALSE(holds_gone("node.overload.cpu"));
  CHECK_FALSE(holds_gone("node.over"));
}

} // namespace monitor_test

#include "actors/monitor/load_advice.hpp"

#include "actors/monitor/load_monitor.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace load_advice_test {

using namespace millwright;
using namespace std::chrono_literals;

TEST_CASE("commits may be the closer the more comes") {
  const load_advice_rules rules;
  struct row {
    double input;
    milliseconds interval;
  };
  for (const auto& x :
       {row{0, 60s}, row{5000, 60s}, row{5000.1, 30s}, row{10'000, 30s}, row{10'000.1, 15s}, row{1e6, 15s}}) {
    CAPTURE(x.input);
    CHECK(commit_interval_for(x.input, rules) == x.interval);
  }
}

TEST_CASE("nodes are advised row by row") {
  const load_advice_rules rules;
  struct row {
    double lag, memory;
    uint32_t now, advised;
  };
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  for (const auto& x : {
           row{2.1, 0.81, 4, 9},
           row{2.1, 0.8, 4, 6}, // memory is not above its share
           row{2, 0.9, 4, 6},   // lag is not above 2
           row{1.6, 0.9, 4, 6},
           row{1.6, 0.1, 4, 6},
           row{1.5, 0.9, 4, 4},
           row{1, 0.5, 4, 4},
           row{0.5, 0.1, 4, 4},
           row{0.4, 0.4, 4, 4},
           row{0.4, 0.39, 4, 3},
           row{0.4, 0.39, 3, 2},
           // Between 2 and 50.
           row{0.4, 0.39, 2, 2},
           row{3, 0.9, 49, 50},
           row{3, 0.9, 50, 50},
           row{1.6, 0.1, 49, 50},
           row{std::numeric_limits<double>::infinity(), 0.9, 1, 6},
           row{1.6, 0.1, 1, 3},
           // One that has little to do needs no second.
           row{0.4, 0.1, 1, 1},
           row{1, 0.5, 1, 1},
           // Where there are more than one advises, none goes for having too much to do.
           row{3, 0.9, 60, 60},
           row{0.4, 0.1, 60, 50},
           row{0.4, unknown, 4, 4},
       }) {
    CAPTURE(x.lag);
    CAPTURE(x.memory);
    CAPTURE(x.now);
    CHECK(nodes_for(x.lag, x.memory, x.now, rules) == x.advised);
  }
}

TEST_CASE("partitions follow the number of facilities") {
  const load_advice_rules rules;
  using scheme = partition_scheme;
  CHECK(partitions_for(0, rules) == partition_advice{scheme::time, 10});
  CHECK(partitions_for(10, rules) == partition_advice{scheme::time, 10});
  CHECK(partitions_for(11, rules) == partition_advice{scheme::facility, 20});
  CHECK(partitions_for(100, rules) == partition_advice{scheme::facility, 20});
  CHECK(partitions_for(101, rules) == partition_advice{scheme::facility_and_type, 0});
}

TEST_CASE("advice is by the means of its span, and there is none without figures") {
  monitor_settings settings;
  load_monitor monitor{settings, {}};
  CHECK_FALSE(monitor.report(5min, 0s).advice);
  CHECK_FALSE(monitor.report(5min, 0s).newest);
  load_sample x;
  x.node = {3, 12, 5s};
  for (int i = 0; i < 120; ++i) {
    x.moment = i * 1s;
    x.figures[load_measure::input] = i < 60 ? 100 : 24'000;
    x.figures[load_measure::processing] = i < 60 ? 100 : 10'000;
    x.figures[load_measure::memory] = i < 60 ? 0 : static_cast<double>(7ull << 30);
    monitor.take(x);
  }
  const auto minute = monitor.report(1min, 119s).advice;
  REQUIRE(minute);
  CHECK(minute->input == 24'000);
  CHECK(minute->lag == doctest::Approx(2.4));
  CHECK(minute->memory_share == doctest::Approx(0.875));
  CHECK(minute->commit_interval == 15s);
  CHECK(minute->nodes == 8);
  CHECK(minute->by == partition_scheme::facility);
  CHECK(minute->partitions == 20);
  CHECK(minute->node.facilities == 12);
  // Over both minutes less comes, and memory is the half.
  const auto both = monitor.report(2min, 119s).advice;
  REQUIRE(both);
  CHECK(both->input == 12'050);
  CHECK(both->nodes == 5);
  CHECK_FALSE(monitor.report(1min, 1h).advice);
}

TEST_CASE("where nothing comes nothing lags, and where nothing is judged of what comes all does") {
  const monitor_settings settings;
  load_summary span;
  span.mean[load_measure::input] = span.mean[load_measure::processing] = 0;
  span.mean[load_measure::memory] = 0;
  CHECK(advise(span, {5, 1, 5s}, settings)->lag == 0);
  CHECK(advise(span, {5, 1, 5s}, settings)->nodes == 4);
  span.mean[load_measure::input] = 10;
  CHECK(std::isinf(advise(span, {5, 1, 5s}, settings)->lag));
  CHECK(advise(span, {5, 1, 5s}, settings)->nodes == 7);
}

} // namespace load_advice_test

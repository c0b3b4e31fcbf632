#include "actors/monitor/load_monitor.hpp"

#include <doctest/doctest.h>

#include <random>

namespace load_alarms_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

struct node {
  monitor_settings settings;
  load_monitor monitor{settings, {}};
  std::chrono::milliseconds now{1'000'000};
  load_figures figures = at_ease();

  static load_figures at_ease() {
    load_figures x;
    x[load_measure::input] = x[load_measure::processing] = 1000;
    x[load_measure::commit] = 50;
    x[load_measure::memory] = 512 << 20;
    x[load_measure::cpu] = 0.3;
    x[load_measure::backlog] = 0;
    return x;
  }

  std::vector<load_verdict> sample() {
    load_sample x;
    x.moment = now;
    x.figures = figures;
    now += 1s;
    return monitor.take(x);
  }

  /// What was told during that time, with a sample each second.
  std::vector<load_verdict> pass(std::chrono::seconds time) {
    std::vector<load_verdict> told;
    for (const auto end = now + time; now < end;)
      for (auto& each : sample())
        told.push_back(std::move(each));
    return told;
  }
};

} // namespace

TEST_CASE("what is over its limit is told once, after five minutes, with its figure, and when it is over") {
  node n;
  CHECK(n.pass(600s).empty());
  std::string subject, figure;
  SUBCASE("input") {
    n.figures[load_measure::input] = 1201, subject = "input", figure = "1201 readings a second come and 1000 are";
  }
  SUBCASE("commit") {
    n.figures[load_measure::commit] = 31'000, subject = "commit", figure = "31.0 s";
  }
  SUBCASE("memory") {
    n.figures[load_measure::memory] = 8.1 * (1ull << 30), subject = "memory", figure = "8.1 GiB";
  }
  SUBCASE("cpu") {
    n.figures[load_measure::cpu] = 0.91, subject = "cpu", figure = "91 %";
  }
  CHECK(n.pass(300s).empty());
  const auto told = n.pass(600s);
  REQUIRE(told.size() == 1);
  CHECK(told[0].wrong);
  CHECK(told[0].subject == subject);
  CHECK(told[0].text.find(figure) != std::string::npos);
  CHECK(n.monitor.report(5min, n.now).standing == std::vector<std::string>{subject});
  n.figures = node::at_ease();
  CHECK(n.pass(60s).empty());
  const auto over = n.pass(15s);
  REQUIRE(over.size() == 1);
  CHECK_FALSE(over[0].wrong);
  CHECK(over[0].subject == subject);
  CHECK(n.monitor.report(5min, n.now).standing.empty());
}

TEST_CASE("what is at its limit is not above it") {
  node n;
  n.figures[load_measure::input] = 1200;
  n.figures[load_measure::commit] = 30'000;
  n.figures[load_measure::memory] = static_cast<double>(8ull << 30);
  // Of so many, the mean is the same to the last digit.
  n.settings.alarms.cpu = n.figures[load_measure::cpu] = 0.75;
  n.monitor = load_monitor{n.settings, {}};
  CHECK(n.pass(1200s).empty());
}

TEST_CASE("all four at once are four alarms") {
  node n;
  n.figures[load_measure::input] = 3000;
  n.figures[load_measure::commit] = 60'000;
  n.figures[load_measure::memory] = static_cast<double>(20ull << 30);
  n.figures[load_measure::cpu] = 1;
  CHECK(n.pass(400s).size() == 4);
}

TEST_CASE("a peak of four minutes is told to nobody, however often it comes") {
  node n;
  for (int i = 0; i < 20; ++i) {
    n.figures[load_measure::cpu] = 1;
    CHECK(n.pass(240s).empty());
    n.figures[load_measure::cpu] = 0.5;
    CHECK(n.pass(15s).empty());
  }
}

TEST_CASE("an alarm that stands outlives a short pause of what caused it") {
  node n;
  n.figures[load_measure::cpu] = 1;
  CHECK(n.pass(310s).size() == 1);
  for (int i = 0; i < 10; ++i) {
    n.figures[load_measure::cpu] = 0.1;
    CHECK(n.pass(50s).empty());
    n.figures[load_measure::cpu] = 1;
    CHECK(n.pass(50s).empty());
  }
}

TEST_CASE("readings that come in gusts overload a node by their mean") {
  node n;
  size_t told = 0;
  // No single second is like the next one: judged by one alone, no five minutes would be above the limit.
  for (int i = 0; i < 330; ++i) {
    n.figures[load_measure::input] = i % 2 == 0 ? 0 : 3000;
    n.figures[load_measure::backlog] = i * 500.0;
    told += n.pass(1s).size();
  }
  CHECK(told == 1);
}

TEST_CASE("a node that catches up with a backlog is busy, not overloaded") {
  node n;
  n.figures[load_measure::cpu] = 1;
  n.figures[load_measure::backlog] = 100'000'000;
  for (int i = 0; i < 1200; ++i) {
    CHECK(n.pass(1s).empty());
    n.figures[load_measure::backlog] -= 1000;
  }
  CHECK(n.pass(290s).empty());
  CHECK(n.pass(40s).size() == 1);
}

TEST_CASE("an alarm ends when the backlog has begun to shrink for good") {
  node n;
  n.figures[load_measure::input] = 2000;
  for (int i = 0; i < 400; ++i) {
    n.figures[load_measure::backlog] += 1000;
    n.pass(1s);
  }
  CHECK(n.monitor.report(5min, n.now).standing == std::vector<std::string>{"input"});
  size_t over = 0;
  for (int i = 0; i < 80; ++i) {
    n.figures[load_measure::backlog] -= 100;
    over += n.pass(1s).size();
  }
  CHECK(over == 1);
  CHECK(n.monitor.report(5min, n.now).standing.empty());
}

TEST_CASE("some readings that wait now and then are no backlog behind which a busy node could hide") {
  node n;
  n.figures[load_measure::cpu] = 1;
  std::mt19937_64 random{3};
  size_t told = 0;
  for (int i = 0; i < 320; ++i) {
    // Less than is judged in a second.
    n.figures[load_measure::backlog] = static_cast<double>(random() % 900);
    told += n.pass(1s).size();
  }
  CHECK(told == 1);
}

TEST_CASE("time in which nobody looked is no time above a limit") {
  node n;
  n.figures[load_measure::cpu] = 1;
  CHECK(n.pass(200s).empty());
  n.now += 1h;
  CHECK(n.pass(290s).empty());
  CHECK(n.pass(20s).size() == 1);
}

TEST_CASE("what is not known is above no limit") {
  node n;
  n.figures = {};
  CHECK(n.pass(1200s).empty());
}

TEST_CASE("a monitor that is begun anew judges on what the one before had told") {
  node n;
  n.monitor = load_monitor{n.settings, {"memory", "cpu", "something else"}};
  n.figures[load_measure::cpu] = 1;
  CHECK(n.monitor.report(5min, n.now).standing == std::vector<std::string>{"memory", "cpu"});
  const auto told = n.pass(400s);
  REQUIRE(told.size() == 1);
  CHECK_FALSE(told[0].wrong);
  CHECK(told[0].subject == "memory");
  n.figures = node::at_ease();
  CHECK(n.pass(80s).size() == 1);
}

TEST_CASE("every limit is a setting") {
  monitor_settings settings;
  settings.alarms.input = 2;
  settings.alarms.commit = 1s;
  settings.alarms.memory = 1 << 20;
  settings.alarms.cpu = 0.1;
  settings.alarms.held = 5s;
  settings.alarms.over_after = 2s;
  settings.alarms.average = 1s;
  node n;
  n.monitor = load_monitor{settings, {}};
  n.figures[load_measure::commit] = 900;
  n.figures[load_measure::input] = 1900;
  CHECK(n.pass(5s).empty());
  const auto told = n.pass(1s);
  REQUIRE(told.size() == 2);
  CHECK(told[0].subject == "memory");
  CHECK(told[1].subject == "cpu");
  n.figures[load_measure::memory] = 1000;
  n.figures[load_measure::cpu] = 0.05;
  CHECK(n.pass(2s).empty());
  CHECK(n.pass(1s).size() == 2);
}

} // namespace load_alarms_test

#include "runtime/node/self_monitor.hpp"

#include "runtime/hosting/actor_world.hpp"

#include <doctest/doctest.h>

#include <caf/all.hpp>

#include <atomic>
#include <chrono>
#include <thread>

namespace self_monitor_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

struct bench {
  bench() {
    settings.alarms.held = 10s;
    settings.alarms.over_after = 5s;
    settings.alarms.average = 1s;
    monitor.emplace(world.system(), root, settings, [this](const load_verdict& x) {
      std::lock_guard guard{mutex};
      told.push_back(x);
    });
  }
  ~bench() {
    root.stop();
    monitor.reset();
  }

  void seconds(int count, double cpu) {
    for (; count > 0; --count) {
      load_sample x;
      x.moment = now += 1s;
      x.figures[load_measure::cpu] = cpu;
      monitor->take(x);
    }
  }
  load_report report() {
    caf::scoped_actor self{world.system()};
    load_report out;
    self->request(monitor->actor(), 10s, load_report_wanted{1h, now})
        .receive([&](load_report& x) { out = std::move(x); }, [](caf::error&) {});
    return out;
  }
  size_t told_count() {
    std::lock_guard guard{mutex};
    return told.size();
  }
  template <class Condition>
  bool soon(Condition met) {
    for (const auto deadline = std::chrono::steady_clock::now() + 20s; !met();) {
      if (std::chrono::steady_clock::now() > deadline)
        return false;
      std::this_thread::sleep_for(2ms);
    }
    return true;
  }

  std::mutex mutex;
  std::vector<load_verdict> told;
  milliseconds now{0};
  monitor_settings settings;
  actor_world world;
  std::atomic<int> ended{0};
  root_supervisor root{{5, 60s, 10ms}, [this](const std::string&) { ++ended; }};
  std::optional<self_monitor> monitor;
};

} // namespace

TEST_CASE("the node's monitor tells, answers, and shows its newest sample to whoever only looks") {
  bench b;
  CHECK_FALSE(b.monitor->newest());
  b.seconds(8, 1);
  CHECK(b.report().summary.samples == 8);
  CHECK(b.monitor->newest()->moment == 8s);
  CHECK(b.told_count() == 0);
  b.seconds(8, 1);
  CHECK(b.soon([&] { return b.told_count() == 1; }));
  CHECK(b.told[0].wrong);
}

TEST_CASE("a monitor that dies is begun anew, and ends the alarm that the one before had raised") {
  bench b;
  b.seconds(20, 1);
  REQUIRE(b.soon([&] { return b.told_count() == 1; }));
  const auto first = b.monitor->actor();
  caf::anon_send_exit(first, caf::exit_reason::unhandled_exception);
  REQUIRE(b.soon([&] { return b.root.restarts() == 1; }));
  CHECK(b.monitor->actor() != first);
  CHECK(b.report().standing == std::vector<std::string>{"cpu"});
  CHECK(b.report().summary.samples == 0);
  // Above its limit still: nothing new.
  b.seconds(20, 1);
  CHECK(b.report().summary.samples == 20);
  CHECK(b.told_count() == 1);
  b.seconds(10, 0.1);
  REQUIRE(b.soon([&] { return b.told_count() == 2; }));
  CHECK_FALSE(b.told[1].wrong);
  CHECK(b.root.whole());
  CHECK(b.ended == 0);
}

TEST_CASE("a monitor that is ended on purpose is no death") {
  bench b;
  b.seconds(3, 0.1);
  b.monitor.reset();
  b.world.system().await_all_actors_done();
  CHECK(b.root.whole());
  CHECK(b.root.restarts() == 0);
  b.monitor.emplace(b.world.system(), b.root, b.settings, [](const load_verdict&) {});
}

} // namespace self_monitor_test

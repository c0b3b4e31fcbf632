#include "actors/monitor/monitor_actor.hpp"

#include <doctest/doctest.h>

#include <caf/scheduler/test_coordinator.hpp>

#include <stdexcept>

namespace monitor_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

struct test_config : caf::actor_system_config {
  test_config() {
    add_message_types<caf::id_block::millwright>();
    set("scheduler.policy", caf::atom("testing"));
  }
};

struct watched {
  std::vector<load_verdict> told;
  bool throws = false;
  test_config config;
  caf::actor_system system{config};
  caf::scheduler::test_coordinator& clockwork = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  load_monitor_actor monitor;

  explicit watched(std::vector<std::string> standing = {}) {
    monitor_actor_settings settings;
    settings.standing = std::move(standing);
    settings.tell = [this](const load_verdict& x) {
      if (throws)
        throw std::runtime_error{"nobody thought of this"};
      told.push_back(x);
    };
    monitor = system.spawn(run_monitor, settings);
    clockwork.run();
  }
  ~watched() {
    caf::anon_send_exit(monitor, caf::exit_reason::user_shutdown);
    clockwork.run();
  }

  void seconds(int from, int to, double cpu) {
    for (int i = from; i < to; ++i) {
      load_sample x;
      x.moment = i * 1s;
      x.figures[load_measure::input] = x.figures[load_measure::processing] = i;
      x.figures[load_measure::cpu] = cpu;
      caf::anon_send(monitor, x);
    }
    clockwork.run();
  }

  template <class Answer, class Question>
  Answer answer(const Question& question) {
    caf::scoped_actor self{system};
    auto pending = self->request(monitor, caf::infinite, question);
    clockwork.run();
    Answer out;
    pending.receive([&](Answer& x) { out = std::move(x); }, [&](caf::error& problem) { FAIL(system.render(problem)); });
    return out;
  }
};

} // namespace

TEST_CASE("the monitor answers with its newest sample, a summary, advice and history") {
  watched w;
  const auto empty = w.answer<load_report>(load_report_wanted{1min, 0s});
  CHECK_FALSE(empty.newest);
  CHECK(empty.summary.samples == 0);
  CHECK_FALSE(empty.advice);
  w.seconds(0, 100, 0.2);
  const auto report = w.answer<load_report>(load_report_wanted{1min, 99s});
  REQUIRE(report.newest);
  CHECK(report.newest->moment == 99s);
  CHECK(report.summary.samples == 60);
  CHECK(report.summary.max[load_measure::input] == 99);
  REQUIRE(report.advice);
  CHECK(report.advice->commit_interval == 60s);
  const auto history = w.answer<load_history_answer>(load_history_wanted{5});
  REQUIRE(history.samples.size() == 5);
  CHECK(history.samples.front().moment == 95s);
}

TEST_CASE("what comes to be wrong is told by the actor, and its end") {
  watched w;
  w.seconds(0, 290, 1);
  CHECK(w.told.empty());
  w.seconds(290, 310, 1);
  REQUIRE(w.told.size() == 1);
  CHECK(w.told[0].subject == "cpu");
  CHECK(w.answer<load_report>(load_report_wanted{1min, 310s}).standing == std::vector<std::string>{"cpu"});
  w.seconds(310, 400, 0.1);
  REQUIRE(w.told.size() == 2);
  CHECK_FALSE(w.told[1].wrong);
}

TEST_CASE("a monitor that is begun anew ends what the one before had told") {
  watched w{{"cpu"}};
  w.seconds(0, 100, 0.1);
  REQUIRE(w.told.size() == 1);
  CHECK(w.told[0].subject == "cpu");
  CHECK_FALSE(w.told[0].wrong);
}

TEST_CASE("an exception ends the actor with a reason, so that its supervisor hears of it") {
  watched w;
  std::string reason;
  caf::actor_cast<caf::actor>(w.monitor)->attach_functor([&](const caf::error& why) { reason = w.system.render(why); });
  w.throws = true;
  w.seconds(0, 400, 1);
  CHECK(reason.find("nobody thought of this") != std::string::npos);
}

} // namespace monitor_test

#include "actors/channel/channel_actor.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <caf/scheduler/test_coordinator.hpp>

#include <deque>
#include <stdexcept>

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
using answer = delivery_result::answer;

namespace {

class scripted_transport final : public transport {
public:
  delivery_result deliver(const page& x) override {
    keys.push_back(key_of(x));
    if (script.empty())
      return {};
    auto next = script.front();
    script.pop_front();
    if (next.detail == "throw")
      throw std::runtime_error{"broken"};
    return next;
  }
  std::deque<delivery_result> script;
  std::vector<std::string> keys;
};

struct test_config : caf::actor_system_config {
  test_config() {
    add_message_types<caf::id_block::millwright>();
    set("scheduler.policy", caf::atom("testing"));
  }
};

struct line {
  std::shared_ptr<scripted_transport> way = std::make_shared<scripted_transport>();
  std::vector<delivery_report> reports;
  uint32_t credit = 0;
  test_config config;
  caf::actor_system system{config};
  caf::scheduler::test_coordinator& clockwork = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  alarm_router_actor router;
  channel_actor channel;

  line() {
    router = system.spawn([this]() -> alarm_router_actor::behavior_type {
      return {[](const alarm_transition&) {},
              [](const alarm_transitions&) {},
              [](const split_started&) {},
              [](const split_committed&) {},
              [](const acknowledge_alarm&) { return acknowledge_answer{}; },
              [](const list_alarms&) { return alarm_list{}; },
              [](const get_alarm_status&) { return alarm_status{}; },
              [](const journal_answered&) {},
              [this](const channel_pull& x) { credit += x.credit; },
              [this](const delivery_report& x) { reports.push_back(x); },
              [](const router_alarm_clock&) {},
              [](const stop_router&) { return true; }};
    });
    channel_actor_settings settings;
    settings.name = {"slack"};
    settings.way = way;
    settings.retries = {3, 100ms, 1000ms};
    channel = system.spawn(run_channel, settings, router);
    clockwork.run();
  }

  ~line() {
    caf::anon_send(channel, stop_channel{});
    caf::anon_send_exit(router, caf::exit_reason::kill);
    clockwork.run();
  }

  void order(std::initializer_list<std::pair<uint64_t, int>> sequence_and_priority, uint32_t attempts = 0) {
    page_orders orders;
    for (const auto& [sequence, priority] : sequence_and_priority) {
      page_order each{
          {{"slack"}, page_kind::alert, raise(numbered("t", static_cast<int>(sequence))), false}, sequence, attempts};
      each.what.about.priority = priority;
      orders.all.push_back(each);
    }
    caf::anon_send(channel, std::move(orders));
    clockwork.run();
  }
};

} // namespace

TEST_CASE("a channel asks for more when a page is done") {
  line l;
  CHECK(l.credit == 2);
  l.order({{1, 50}});
  REQUIRE(l.reports.size() == 1);
  CHECK(l.reports[0].outcome == delivery_outcome::sent);
  CHECK(l.reports[0].attempts == 1);
  CHECK(l.credit == 3);
}

TEST_CASE("of the pages in hand the most urgent goes first") {
  line l;
  l.order({{1, 10}, {2, 90}});
  REQUIRE(l.reports.size() == 2);
  CHECK(l.reports[0].sequence == 2);
}

TEST_CASE("after a failure the channel leaves its receiver alone, then goes on with the next page") {
  line l;
  l.way->script = {{answer::try_again, "HTTP 503", {}}};
  l.order({{1, 90}, {2, 50}});
  REQUIRE(l.reports.size() == 1);
  CHECK(l.reports[0].outcome == delivery_outcome::retry);
  CHECK(l.reports[0].wait >= 50ms);
  CHECK(l.reports[0].wait <= 100ms);
  l.clockwork.advance_time(49ms);
  l.clockwork.run();
  CHECK(l.reports.size() == 1);
  l.clockwork.advance_time(51ms);
  l.clockwork.run();
  CHECK(l.reports.size() == 2);
  CHECK(l.reports[1].outcome == delivery_outcome::sent);
}

TEST_CASE("a receiver that says when to come again is obeyed") {
  line l;
  l.way->script = {{answer::try_again, "HTTP 429", 7000ms}};
  l.order({{1, 90}, {2, 90}});
  CHECK(l.reports[0].wait == 7000ms);
  l.clockwork.advance_time(6999ms);
  l.clockwork.run();
  CHECK(l.reports.size() == 1);
  l.clockwork.advance_time(1ms);
  l.clockwork.run();
  CHECK(l.reports.size() == 2);
}

TEST_CASE("a page is given up after its last try, and at once when it is refused") {
  line l;
  l.way->script = {{answer::try_again, "HTTP 500", {}}};
  l.order({{1, 50}}, 2);
  REQUIRE(l.reports.size() == 1);
  CHECK(l.reports[0].outcome == delivery_outcome::failed);
  CHECK(l.reports[0].detail == "given up after 3 tries: HTTP 500");
  l.clockwork.advance_time(1000ms);
  l.clockwork.run();
  l.way->script = {{answer::refused, "HTTP 404: no such hook", {}}};
  l.order({{2, 50}});
  REQUIRE(l.reports.size() == 2);
  CHECK(l.reports[1].outcome == delivery_outcome::failed);
  CHECK(l.reports[1].detail == "HTTP 404: no such hook");
}

TEST_CASE("a transport that throws is one that failed") {
  line l;
  l.way->script = {{answer::taken, "throw", {}}};
  l.order({{1, 50}});
  REQUIRE(l.reports.size() == 1);
  CHECK(l.reports[0].outcome == delivery_outcome::retry);
  CHECK(l.reports[0].detail == "broken");
}

TEST_CASE("the pause doubles up to its most, and its jitter never takes more than a half") {
  const retry_policy policy{20, 500ms, 60'000ms};
  std::mt19937_64 random{5};
  for (uint32_t tried = 1; tried < 60; ++tried)
    for (int i = 0; i < 100; ++i) {
      const auto whole = std::min<int64_t>(60'000, 500ll << std::min<uint32_t>(tried - 1, 20));
      const auto pause = policy.pause(tried, random);
      CHECK(pause.count() <= whole);
      CHECK(pause.count() * 2 >= whole);
    }
}

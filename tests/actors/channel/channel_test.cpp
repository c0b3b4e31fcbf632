#include "actors/channel/channel_actor.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <caf/scheduler/test_coordinator.hpp>

#include <deque>
#include <stdexcept>

namespace channel_test {

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
    router = system.spawn(
        [](line& end) -> alarm_router_actor::behavior_type {
          return {[](const alarm_transition&) {},
                  [](const alarm_transitions&) {},
                  [](const split_started&) {},
                  [](const split_committed&) {},
                  [](const transition_dropped&) {},
                  [](const split_begun_anew&) {},
                  [](const acknowledge_alarm&) { return acknowledge_answer{}; },
                  [](const handle_alarms&) { return handle_answer{}; },
                  [](const journal_answered&) {},
                  [&end](const channel_pull& x) { end.credit += x.credit; },
                  [&end](const delivery_report& x) { end.reports.push_back(x); },
                  [](const router_alarm_clock&) {},
                  [](const stop_router&) { return true; },
                  [](const describe_wanted&) { return actor_description{}; }};
        },
        std::ref(*this));
    channel_actor_settings settings;
    settings.name = {"slack"};
    settings.way = way;
    settings.retries = {100ms, 1000ms};
    channel = system.spawn(run_channel, settings, router);
    clockwork.run();
  }

  ~line() {
    caf::anon_send(channel, stop_channel{});
    caf::anon_send_exit(router, caf::exit_reason::kill);
    clockwork.run();
  }

  void order(uint64_t sequence, uint32_t attempts = 0) {
    page_orders orders;
    orders.all.push_back(
        {{{"slack"}, page_kind::alert, raise(numbered("t", static_cast<int>(sequence))), false}, sequence, attempts});
    caf::anon_send(channel, std::move(orders));
    clockwork.run();
  }

  void pass(milliseconds by) {
    clockwork.advance_time(by);
    clockwork.run();
  }
};

} // namespace

TEST_CASE("a channel asks for one page at a time, and for more when it is done") {
  line l;
  CHECK(l.credit == 1);
  l.order(1);
  REQUIRE(l.reports.size() == 1);
  CHECK(l.reports[0].outcome == delivery_outcome::sent);
  CHECK(l.credit == 2);
}

TEST_CASE("while its receiver is left alone a channel has no page in hand") {
  line l;
  l.way->script = {{answer::try_again, "HTTP 503", {}}};
  l.order(1);
  REQUIRE(l.reports.size() == 1);
  CHECK(l.reports[0].outcome == delivery_outcome::retry);
  CHECK(l.reports[0].wait >= 50ms);
  CHECK(l.reports[0].wait <= 100ms);
  l.pass(49ms);
  CHECK(l.credit == 1);
  l.pass(51ms);
  CHECK(l.credit == 2);
}

TEST_CASE("what was refused and one of several recipients may have is told as that") {
  line l;
  l.way->script = {{answer::refused_channel, "HTTP 404", {}, {}, true}};
  l.order(1);
  REQUIRE(l.reports.size() == 1);
  CHECK(l.reports[0].outcome == delivery_outcome::refused_channel);
  CHECK(l.reports[0].somebody_may_have_it);
}

TEST_CASE("a receiver that says when to come again is obeyed") {
  line l;
  l.way->script = {{answer::try_again, "HTTP 429", 7000ms}};
  l.order(1);
  CHECK(l.reports[0].wait == 7000ms);
  l.pass(6999ms);
  CHECK(l.credit == 1);
  l.pass(1ms);
  CHECK(l.credit == 2);
}

TEST_CASE("a receiver that refuses the channel is asked again for ever, ever more seldom") {
  line l;
  for (int i = 0; i < 100; ++i) {
    l.way->script = {{answer::refused_channel, "HTTP 403", {}}};
    l.order(1, static_cast<uint32_t>(i));
    REQUIRE(l.reports.size() == static_cast<size_t>(i) + 1);
    CHECK(l.reports.back().outcome == delivery_outcome::refused_channel);
    l.pass(1000ms);
    REQUIRE(l.credit == static_cast<uint32_t>(i) + 2);
  }
  CHECK(l.reports.back().wait >= 500ms);
}

TEST_CASE("a receiver that refuses a page is well: the next one goes at once") {
  line l;
  l.way->script = {{answer::refused_page, "HTTP 413: too long", {}}};
  l.order(1);
  CHECK(l.reports[0].outcome == delivery_outcome::refused_page);
  CHECK(l.reports[0].detail == "HTTP 413: too long");
  CHECK(l.credit == 2);
}

TEST_CASE("a transport that throws is one that failed") {
  line l;
  l.way->script = {{answer::taken, "throw", {}}};
  l.order(1);
  REQUIRE(l.reports.size() == 1);
  CHECK(l.reports[0].outcome == delivery_outcome::retry);
  CHECK(l.reports[0].detail == "broken");
}

TEST_CASE("the pause doubles up to its most, and its jitter never takes more than a half") {
  const retry_policy policy{500ms, 60'000ms};
  std::mt19937_64 random{5};
  for (uint32_t tried = 1; tried < 60; ++tried)
    for (int i = 0; i < 100; ++i) {
      const auto whole = std::min<int64_t>(60'000, 500ll << std::min<uint32_t>(tried - 1, 20));
      const auto pause = policy.pause(tried, random);
      CHECK(pause.count() <= whole);
      CHECK(pause.count() * 2 >= whole);
    }
}

} // namespace channel_test

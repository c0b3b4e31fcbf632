#include "protocol/failure.hpp"
#include "runtime/admin/router_questions.hpp"

#include <doctest/doctest.h>

using namespace millwright;

namespace {

alarm_router_actor::behavior_type answering_router(alarm_router_actor::pointer self) {
  return {
      [](const alarm_transition&) {},
      [](const alarm_transitions&) {},
      [](const split_started&) {},
      [](const split_committed&) {},
      [](const acknowledge_alarm& x) {
        return acknowledge_answer{acknowledge_result::unknown, {}, x.id + " by " + x.by};
      },
      [](const list_alarms& x) {
        alarm_list out;
        out.total = x.limit;
        return out;
      },
      [](const get_alarm_status&) {
        alarm_status out;
        out.sent = 7;
        return out;
      },
      [](const journal_answered&) {},
      [](const channel_pull&) {},
      [](const delivery_report&) {},
      [](const router_alarm_clock&) {},
      [self](const stop_router&) {
        self->quit();
        return true;
      },
  };
}

} // namespace

TEST_CASE("the router's answers come back, and its end is told") {
  caf::actor_system_config config;
  config.add_message_types<caf::id_block::millwright>();
  caf::actor_system system{config};
  const alarm_router_actor router = system.spawn(answering_router);
  const router_questions questions{system, [&] { return router; }};
  CHECK(questions.acknowledge({"1f3a", "anna"}).text == "1f3a by anna");
  CHECK(questions.list({17, true}).total == 17);
  CHECK(questions.status().sent == 7);
  caf::scoped_actor self{system};
  self->request(router, caf::infinite, stop_router{}).receive([](bool) {}, [](const caf::error&) {});
  CHECK_THROWS_WITH_AS(questions.status(), "the alarm router has ended", failure);
}

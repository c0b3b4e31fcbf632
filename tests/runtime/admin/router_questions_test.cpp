#include "protocol/failure.hpp"
#include "runtime/admin/router_questions.hpp"

#include <doctest/doctest.h>

namespace router_questions_test {

using namespace millwright;

namespace {

alarm_router_actor::behavior_type answering_router(alarm_router_actor::pointer self, const std::string& by) {
  return {
      [](const alarm_transition&) {},
      [](const alarm_transitions&) {},
      [](const split_started&) {},
      [](const split_committed&) {},
      [](const transition_dropped&) {},
      [](const split_begun_anew&) {},
      [by](const acknowledge_alarm& x) {
        return acknowledge_answer{acknowledge_result::unknown, {}, x.id + by + x.by};
      },
      [](const handle_alarms&) { return handle_answer{}; },
      [](const journal_answered&) {},
      [](const channel_pull&) {},
      [](const delivery_report&) {},
      [](const router_alarm_clock&) {},
      [self](const stop_router&) {
        self->quit();
        return true;
      },
      [](const describe_wanted&) { return actor_description{}; },
  };
}

} // namespace

TEST_CASE("the router's answers come back, and its end is told") {
  caf::actor_system_config config;
  config.add_message_types<caf::id_block::millwright>();
  caf::actor_system system{config};
  const alarm_router_actor router = system.spawn(answering_router, std::string{" by "});
  const auto board = std::make_shared<alarm_board>();
  const router_questions questions{system, [&] { return router; }, board};
  CHECK(questions.acknowledge({"1f3a", "anna"}).text == "1f3a by anna");
  alarm_status figures;
  figures.sent = 7;
  figures.pending = 4;
  board->publish(figures);
  caf::scoped_actor self{system};
  self->request(router, caf::infinite, stop_router{}).receive([](bool) {}, [](const caf::error&) {});
  CHECK_THROWS_WITH_AS(questions.acknowledge({"1f3a", "anna"}), "the alarm router has ended", failure);
  // What is only looked at needs no router.
  CHECK(questions.list({17, true}).total == 0);
  CHECK(questions.status().sent == 7);
  CHECK(questions.status().pending == 4);
}

} // namespace router_questions_test

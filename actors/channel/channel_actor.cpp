#include "actors/channel/channel_actor.hpp"

#include "protocol/json.hpp"

#include <algorithm>
#include <exception>

namespace millwright {

namespace {

using channel_pointer = channel_actor::stateful_pointer<channel_actor_state>;

delivery_result try_to_deliver(transport& way, const page& what) {
  try {
    return way.deliver(what);
  } catch (const std::exception& problem) {
    return {delivery_result::answer::try_again, problem.what(), {}};
  }
}

// Judges the answer, and says how long the whole channel pauses.
milliseconds judge(channel_actor_state& state, const delivery_result& result, uint32_t attempts,
                   delivery_report& report) {
  using answer = delivery_result::answer;
  report.detail = result.detail;
  if (result.what == answer::taken || result.what == answer::refused_page) {
    // One that refuses a page is well all the same.
    state.failures = 0;
    ++(result.what == answer::taken ? state.delivered : state.refused);
    report.outcome = result.what == answer::taken ? delivery_outcome::sent : delivery_outcome::refused_page;
    return milliseconds{0};
  }
  report.outcome = result.what == answer::try_again ? delivery_outcome::retry : delivery_outcome::refused_channel;
  const auto& settings = state.settings;
  ++state.failures;
  state.last_failure = result.detail;
  auto pause = settings.retries.pause(state.failures, state.random);
  report.wait = settings.retries.pause(attempts, state.random);
  if (result.retry_after) {
    const auto wanted = std::clamp(*result.retry_after, milliseconds{0}, settings.retry_after_most);
    pause = std::max(pause, wanted);
    report.wait = std::max(report.wait, wanted);
  }
  return pause;
}

actor_description describe(const channel_actor_state& state) {
  actor_description out;
  json_object line{out.json};
  line.text("channel", state.settings.name.text)
      .integer("delivered", static_cast<int64_t>(state.delivered))
      .integer("refused", static_cast<int64_t>(state.refused))
      .integer("failures_in_a_row", state.failures)
      .text_or_null("last_failure", state.last_failure)
      .close();
  return out;
}

} // namespace

channel_actor::behavior_type run_channel(channel_pointer self, channel_actor_settings settings,
                                         alarm_router_actor router) {
  auto& state = self->state;
  state.settings = std::move(settings);
  state.router = std::move(router);
  state.random.seed(state.settings.seed);
  const auto ask = [=] {
    auto& state = self->state;
    self->send(state.router, channel_pull{state.settings.name, 1});
  };
  ask();
  return {
      [=](const page_orders& x) {
        auto& state = self->state;
        milliseconds pause{0};
        for (const auto& order : x.all) {
          delivery_report report;
          report.channel = state.settings.name;
          report.priority = order.what.about.priority;
          report.sequence = order.sequence;
          pause = judge(state, try_to_deliver(*state.settings.way, order.what), order.attempts + 1, report);
          self->send(state.router, std::move(report));
        }
        if (pause.count() > 0)
          self->delayed_send(self, pause, deliver_next{});
        else
          ask();
      },
      [=](const deliver_next&) { ask(); },
      [=](const stop_channel&) { self->quit(); },
      [=](const describe_wanted&) { return describe(self->state); },
  };
}

} // namespace millwright

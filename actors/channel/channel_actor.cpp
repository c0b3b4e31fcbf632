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
milliseconds judge(channel_actor_state& state, const delivery_result& result, uint32_t attempts, milliseconds now,
                   delivery_report& report) {
  using answer = delivery_result::answer;
  report.detail = result.detail;
  report.somebody_may_have_it = result.somebody_may_have_it;
  if (result.what == answer::taken || result.what == answer::refused_page) {
    // One that refuses a page is well all the same.
    state.breaker->answered();
    ++(result.what == answer::taken ? state.delivered : state.refused);
    report.outcome = result.what == answer::taken ? delivery_outcome::sent : delivery_outcome::refused_page;
    return milliseconds{0};
  }
  report.outcome = result.what == answer::try_again ? delivery_outcome::retry : delivery_outcome::refused_channel;
  state.last_failure = result.detail;
  std::optional<milliseconds> wanted;
  if (result.retry_after)
    wanted = std::clamp(*result.retry_after, milliseconds{0}, state.settings.retry_after_most);
  const auto pause = state.breaker->failed(now, wanted);
  report.wait = std::max(state.breaker->pause_of_page(attempts), wanted.value_or(milliseconds{0}));
  return pause;
}

milliseconds clock_of(const channel_pointer& self) {
  return std::chrono::floor<milliseconds>(self->system().clock().now().time_since_epoch());
}

actor_description describe(const channel_actor_state& state, milliseconds now) {
  actor_description out;
  json_object line{out.json};
  line.text("channel", state.settings.name.text)
      .integer("delivered", static_cast<int64_t>(state.delivered))
      .integer("refused", static_cast<int64_t>(state.refused))
      .integer("failures_in_a_row", state.breaker->failures())
      .text("circuit", name_of(state.breaker->look(now)))
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
  state.breaker.emplace(state.settings.retries, state.settings.seed);
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
          pause =
              judge(state, try_to_deliver(*state.settings.way, order.what), order.attempts + 1, clock_of(self), report);
          self->send(state.router, std::move(report));
        }
        if (pause.count() > 0)
          self->delayed_send(self, pause, deliver_next{});
        else
          ask();
      },
      [=](const deliver_next&) { ask(); },
      [=](const stop_channel&) { self->quit(); },
      [=](const describe_wanted&) { return describe(self->state, clock_of(self)); },
  };
}

} // namespace millwright

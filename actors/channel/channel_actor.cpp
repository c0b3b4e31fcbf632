#include "actors/channel/channel_actor.hpp"

#include <algorithm>
#include <exception>
#include <string>

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
milliseconds judge(channel_actor_state& state, const delivery_result& result, delivery_report& report) {
  report.detail = result.detail;
  switch (result.what) {
  case delivery_result::answer::taken:
    state.failures = 0;
    report.outcome = delivery_outcome::sent;
    return milliseconds{0};
  case delivery_result::answer::refused:
    // The receiver is well; it is this page that it does not want.
    state.failures = 0;
    report.outcome = delivery_outcome::failed;
    return milliseconds{0};
  case delivery_result::answer::try_again:
    break;
  }
  const auto& settings = state.settings;
  ++state.failures;
  auto pause = settings.retries.pause(state.failures, state.random);
  report.wait = settings.retries.pause(report.attempts, state.random);
  if (result.retry_after) {
    const auto wanted = std::clamp(*result.retry_after, milliseconds{0}, settings.retry_after_most);
    pause = std::max(pause, wanted);
    report.wait = std::max(report.wait, wanted);
  }
  if (settings.retries.gives_up(report.attempts)) {
    report.outcome = delivery_outcome::failed;
    report.detail = "given up after " + std::to_string(report.attempts) + " tries: " + result.detail;
  } else {
    report.outcome = delivery_outcome::retry;
  }
  return pause;
}

void call_again(channel_pointer self, milliseconds pause) {
  auto& state = self->state;
  if (state.called || (state.ready.empty() && pause.count() == 0))
    return;
  state.called = true;
  if (pause.count() > 0)
    self->delayed_send(self, pause, deliver_next{});
  else
    self->send(self, deliver_next{});
}

} // namespace

channel_actor::behavior_type run_channel(channel_pointer self, channel_actor_settings settings,
                                         alarm_router_actor router) {
  auto& state = self->state;
  state.settings = std::move(settings);
  state.router = std::move(router);
  state.random.seed(state.settings.seed);
  self->send(state.router, channel_pull{state.settings.name, state.settings.in_hand});
  return {
      [=](const page_orders& x) {
        for (const auto& each : x.all)
          self->state.ready.emplace(std::pair{-each.what.about.priority, each.sequence}, each);
        call_again(self, milliseconds{0});
      },
      [=](const deliver_next&) {
        auto& state = self->state;
        state.called = false;
        if (state.ready.empty())
          return;
        const auto order = std::move(state.ready.extract(state.ready.begin()).mapped());
        const auto result = try_to_deliver(*state.settings.way, order.what);
        delivery_report report;
        report.channel = state.settings.name;
        report.priority = order.what.about.priority;
        report.sequence = order.sequence;
        report.attempts = order.attempts + 1;
        const auto pause = judge(state, result, report);
        self->send(state.router, std::move(report));
        self->send(state.router, channel_pull{state.settings.name, 1});
        call_again(self, pause);
      },
      [=](const stop_channel&) { self->quit(); },
  };
}

} // namespace millwright

#pragma once

#include "protocol/actors.hpp"

#include <functional>

namespace millwright {

/// Questions to a running alarm router. Each blocks for at most five seconds, then throws failure(not_found) saying
/// that the router did not answer. Any thread that is no actor's. `system` outlives the calls.
class router_questions {
public:
  /// @param router the living one, at each question.
  router_questions(caf::actor_system& system, std::function<alarm_router_actor()> router)
      : system_{&system}, router_{std::move(router)} {}

  alarm_list list(const list_alarms& question) const;
  alarm_status status() const;
  acknowledge_answer acknowledge(const acknowledge_alarm& question) const;

private:
  template <class Answer, class Question>
  Answer ask(const Question& question) const;

  caf::actor_system* system_;
  std::function<alarm_router_actor()> router_;
};

} // namespace millwright

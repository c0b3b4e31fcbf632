#pragma once

#include "protocol/actors.hpp"

#include <functional>

namespace millwright {

/// People's questions to the node's monitor. Any thread that is no actor's; blocks for at most five seconds, then
/// throws failure(not_found) saying that it did not answer. `system` outlives the calls.
class load_questions {
public:
  /// @param monitor the living one, at each question.
  load_questions(caf::actor_system& system, std::function<load_monitor_actor()> monitor)
      : system_{&system}, monitor_{std::move(monitor)} {}

  load_report report(milliseconds span) const;
  load_history_answer history(uint32_t most) const;

private:
  caf::actor_system* system_;
  std::function<load_monitor_actor()> monitor_;
};

} // namespace millwright

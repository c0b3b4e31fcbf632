#pragma once

#include "actors/alarm/alarm_board.hpp"
#include "protocol/actors.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace millwright {

/// People's questions about alarms. What is only looked at comes from the router's board and costs the router nothing.
/// Any thread that is no actor's. `system` outlives the calls.
class router_questions {
public:
  /// @param router the living one, at each question.
  router_questions(caf::actor_system& system, std::function<alarm_router_actor()> router,
                   std::shared_ptr<const alarm_board> board)
      : system_{&system}, router_{std::move(router)}, board_{std::move(board)} {}

  alarm_list list(const list_alarms& question) const { return board_->list(question); }
  alarm_status status() const { return board_->status(); }

  /// Asks the router. Blocks for at most five seconds, then throws failure(not_found) saying that it did not answer.
  acknowledge_answer acknowledge(const acknowledge_alarm& question) const;
  handle_answer handle(const handle_alarms& question) const;

  std::vector<alarm_shelf> shelves() const {
    const auto all = board_->status().shelves;
    return all ? *all : std::vector<alarm_shelf>{};
  }

private:
  template <class Answer, class Question>
  Answer ask(const Question& question) const;

  caf::actor_system* system_;
  std::function<alarm_router_actor()> router_;
  std::shared_ptr<const alarm_board> board_;
};

} // namespace millwright

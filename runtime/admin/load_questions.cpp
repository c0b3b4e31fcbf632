#include "runtime/admin/load_questions.hpp"

#include "protocol/failure.hpp"

#include <chrono>
#include <utility>

namespace millwright {

namespace {

constexpr auto patience = std::chrono::seconds{5};

template <class Answer, class Question>
Answer asked(caf::actor_system& system, const load_monitor_actor& monitor, const Question& question) {
  caf::scoped_actor self{system};
  Answer out;
  caf::error problem;
  self->request(monitor, patience, question)
      .receive([&](Answer& answer) { out = std::move(answer); },
               [&](caf::error& error) { problem = std::move(error); });
  if (problem)
    throw failure{failure_code::not_found, "",
                  problem == caf::sec::request_timeout ? "the node's monitor has not answered for five seconds"
                                                       : "the node's monitor has ended, and is begun anew: ask again"};
  return out;
}

} // namespace

load_report load_questions::report(milliseconds span) const {
  // As the samples' moments.
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return asked<load_report>(*system_, monitor_(),
                            load_report_wanted{span, std::chrono::duration_cast<milliseconds>(now)});
}

load_history_answer load_questions::history(uint32_t most) const {
  return asked<load_history_answer>(*system_, monitor_(), load_history_wanted{most});
}

} // namespace millwright

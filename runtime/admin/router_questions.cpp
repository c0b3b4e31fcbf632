#include "runtime/admin/router_questions.hpp"

#include "protocol/failure.hpp"

namespace millwright {

namespace {

constexpr auto patience = std::chrono::seconds{5};

} // namespace

template <class Answer, class Question>
Answer router_questions::ask(const Question& question) const {
  caf::scoped_actor self{*system_};
  Answer out;
  caf::error problem;
  self->request<caf::message_priority::high>(router_(), patience, question)
      .receive([&](Answer& answer) { out = std::move(answer); },
               [&](caf::error& error) { problem = std::move(error); });
  if (problem)
    throw failure{failure_code::not_found, "",
                  problem == caf::sec::request_timeout
                      ? "the alarm router has not answered for five seconds; look again with millwright alarms"
                      : "the alarm router has ended"};
  return out;
}

acknowledge_answer router_questions::acknowledge(const acknowledge_alarm& question) const {
  return ask<acknowledge_answer>(question);
}

handle_answer router_questions::handle(const handle_alarms& question) const {
  return ask<handle_answer>(question);
}

} // namespace millwright

#include "runtime/transport/smtp_outcome.hpp"

namespace millwright {

namespace {

constexpr int too_large = 552;

delivery_result::answer kind_of_refusal(const mail_answer& x) {
  using what = delivery_result::answer;
  if (x.status >= 400 && x.status < 500)
    return what::try_again;
  if (x.no_session)
    return what::refused_channel;
  if (x.status == 0)
    return what::try_again;
  const bool of_page = x.stage == mail_stage::recipient || x.stage == mail_stage::content ||
                       (x.stage == mail_stage::sender && x.status == too_large);
  return of_page ? what::refused_page : what::refused_channel;
}

} // namespace

delivery_result outcome_of(const mail_answer& answer) {
  if (answer.taken)
    return {delivery_result::answer::taken, "SMTP 250", {}};
  auto detail =
      answer.status == 0 ? answer.text : "SMTP, at " + std::string{name_of(answer.stage)} + ": " + answer.text;
  return {kind_of_refusal(answer), std::move(detail), {}};
}

} // namespace millwright

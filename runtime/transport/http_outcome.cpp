#include "runtime/transport/http_outcome.hpp"

namespace millwright {

delivery_result outcome_of(const http_answer& answer) {
  using what = delivery_result::answer;
  if (answer.status == 0)
    return {what::try_again, answer.error, {}};
  if (answer.status >= 200 && answer.status < 300)
    return {what::taken, "HTTP " + std::to_string(answer.status), {}};
  auto detail = "HTTP " + std::to_string(answer.status);
  if (!answer.body.empty())
    detail += ": " + answer.body.substr(0, 200);
  const bool passing = answer.status == 408 || answer.status == 429 || answer.status >= 500;
  return {passing ? what::try_again : what::refused, std::move(detail), answer.retry_after};
}

} // namespace millwright

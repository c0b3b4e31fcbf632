#include "runtime/transport/http_outcome.hpp"

namespace millwright {

namespace {

delivery_result::answer kind_of(int status) {
  using what = delivery_result::answer;
  switch (status) {
  case 400:
  case 413:
  case 422:
    return what::refused_page;
  case 408:
  // Another request with this key is not finished.
  case 409:
  case 425:
  case 429:
    return what::try_again;
  default:
    return status >= 500 ? what::try_again : what::refused_channel;
  }
}

} // namespace

delivery_result outcome_of(const http_answer& answer) {
  using what = delivery_result::answer;
  if (answer.status == 0)
    return {proxy_refuses(answer.proxy_status) ? what::refused_channel : what::try_again, answer.error, {}};
  if (answer.status >= 200 && answer.status < 300)
    return {what::taken, "HTTP " + std::to_string(answer.status), {}};
  auto detail = "HTTP " + std::to_string(answer.status);
  if (!answer.body.empty())
    detail += ": " + answer.body.substr(0, 200);
  return {kind_of(answer.status), std::move(detail), answer.retry_after};
}

} // namespace millwright

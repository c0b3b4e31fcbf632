#include "runtime/transport/request_transport.hpp"

#include "runtime/transport/http_outcome.hpp"

#include <utility>

namespace millwright {

namespace {

constexpr size_t shown_of_body = 200;

} // namespace

request_transport::request_transport(request_function make, std::vector<std::string> to, answer_pattern failed_when,
                                     http_way way)
    : make_{std::move(make)}, to_{std::move(to)}, failed_when_{std::move(failed_when)}, client_{std::move(way)} {}

delivery_result request_transport::send(const http_request& request, bool& answered) {
  const auto answer = request.method == "GET"
                          ? client_.get(request.url, request.headers)
                          : client_.send(request.method, request.url, request.headers, request.body);
  answered = answer.status != 0;
  auto out = outcome_of(answer);
  if (out.what == delivery_result::answer::taken && failed_when_.found_in(answer.body))
    return {delivery_result::answer::try_again, out.detail + ", but: " + answer.body.substr(0, shown_of_body),
            answer.retry_after};
  return out;
}

delivery_result request_transport::deliver(const page& x) {
  bool answered = false;
  if (to_.empty())
    return send(make_(x, {}), answered);
  return recipients_.deliver(
      key_of(x), to_, [&](const std::string& to) { return send(make_(x, to), answered); }, [&] { return answered; });
}

} // namespace millwright

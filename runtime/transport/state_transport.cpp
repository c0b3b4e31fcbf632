#include "runtime/transport/state_transport.hpp"

#include "runtime/transport/http_outcome.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

constexpr size_t shown_of_receipt = 200;

// "Length of 'routing_key' is incorrect (should be 32 characters)", "Invalid routing key".
bool names_routing_key(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c == '_' ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  });
  return text.find("routing key") != std::string::npos;
}

} // namespace

state_transport::state_transport(request_function make, outcome_function judge, http_way way)
    : make_{std::move(make)}, judge_{std::move(judge)}, client_{std::move(way)} {}

delivery_result state_transport::deliver(const page& x) {
  const auto request = make_(x);
  return judge_(client_.send(request.method, request.url, request.headers, request.body));
}

delivery_result pagerduty_outcome(const http_answer& answer) {
  auto out = outcome_of(answer);
  if (out.what == delivery_result::answer::taken && !answer.body.empty())
    out.detail += ": " + answer.body.substr(0, shown_of_receipt);
  if (out.what == delivery_result::answer::refused_page && names_routing_key(answer.body))
    out.what = delivery_result::answer::refused_channel;
  return out;
}

} // namespace millwright

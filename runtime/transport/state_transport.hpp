#pragma once

#include "actors/channel/transport.hpp"
#include "runtime/message/http_request.hpp"
#include "runtime/transport/http_client.hpp"

#include <functional>

namespace millwright {

/// States of alarms as a request by HTTP that a pure function makes.
class state_transport final : public transport {
public:
  using request_function = std::function<http_request(const page& x)>;
  using outcome_function = std::function<delivery_result(const http_answer& answer)>;

  /// @param judge what the receiver's answer means.
  state_transport(request_function make, outcome_function judge, http_way way);

  delivery_result deliver(const page& x) override;
  void cancel() override { client_.cancel(); }

private:
  request_function make_;
  outcome_function judge_;
  http_client client_;
};

/// As PagerDuty documents its answers: 202 is taken, with its words. 400 is an event that it will never take, but where
/// it is the routing key that it does not want, which concerns the channel. All else as `outcome_of` has it.
delivery_result pagerduty_outcome(const http_answer& answer);

} // namespace millwright

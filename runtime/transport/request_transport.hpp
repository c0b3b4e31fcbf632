#pragma once

#include "actors/channel/transport.hpp"
#include "runtime/message/answer_pattern.hpp"
#include "runtime/message/http_request.hpp"
#include "runtime/transport/each_recipient.hpp"
#include "runtime/transport/http_client.hpp"

#include <functional>
#include <string>
#include <vector>

namespace millwright {

/// Pages as requests by HTTP that a pure function makes, one a recipient.
class request_transport final : public transport {
public:
  /// @param to empty for a receiver of its own.
  using request_function = std::function<http_request(const page& x, const std::string& to)>;

  /// @param to whom a request each goes to; empty: one goes to nobody in particular.
  /// @param failed_when an answer of 2xx in whose beginning this is found is none: worth another try.
  request_transport(request_function make, std::vector<std::string> to, answer_pattern failed_when, http_way way);

  delivery_result deliver(const page& x) override;
  void cancel() override { client_.cancel(); }

private:
  delivery_result send(const http_request& request, bool& answered);

  request_function make_;
  std::vector<std::string> to_;
  answer_pattern failed_when_;
  http_client client_;
  each_recipient recipients_;
};

} // namespace millwright

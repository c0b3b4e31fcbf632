#pragma once

#include "runtime/message/http_request.hpp"
#include "runtime/message/message_template.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

/// How a gateway wants to be asked, as templates.
struct gateway_form {
  /// POST, PUT or GET.
  std::string method = "POST";
  message_template url;
  std::vector<std::pair<std::string, message_template>> headers;
  message_template body;
  /// Of the body: json, form or plain. Says its Content-Type too, unless `headers` do.
  text_place format = text_place::json;
  /// Basic authentication; none where both are empty.
  std::string user, password;
  /// {message} has so many characters at most; 0: as many as it has.
  size_t longest = 0;
};

/// The page as such a request to `to` (empty: to nobody in particular), with an Idempotency-Key of its own. Pure.
http_request gateway_request(const gateway_form& form, const page& x, const std::string& to);

} // namespace millwright

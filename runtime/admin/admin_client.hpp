#pragma once

#include "runtime/admin/admin_request.hpp"
#include "runtime/admin/admin_socket.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace millwright {

/// Asks a running node over its socket. One thread; blocks.
class admin_client {
public:
  /// Whole lines, each with its line feed, some at a time. False: enough, the question is given up (and with it this
  /// connection).
  using line_sink = std::function<bool(std::string_view lines)>;

  /// Throws failure(socket_unreachable) when nobody answers.
  explicit admin_client(std::string path);

  /// Hands the answer's lines to `sink`, and returns the closing line ({"end":true,...}, empty when the sink had
  /// enough). Throws failure(not_found) with the node's words when it reports an error; failure(socket_unreachable)
  /// when it breaks off.
  std::string ask(const admin_request& request, const line_sink& sink);

private:
  std::string path_;
  descriptor connection_;
};

} // namespace millwright

#pragma once

#include "runtime/admin/admin_request.hpp"
#include "runtime/admin/admin_socket.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace millwright {

/// Asks a running node over its socket. One thread; blocks, but never for ever on a node that is stopped or hangs.
class admin_client {
public:
  /// Whole lines, each with its line feed, some at a time. False: enough, the question is given up (and with it this
  /// connection).
  using line_sink = std::function<bool(std::string_view lines)>;

  static constexpr std::chrono::milliseconds usual_patience{10'000};

  /// Throws failure(socket_unreachable) when nobody answers.
  /// @param patience a node that says nothing for so long is asked no more. What follows on may be silent as long as
  /// another connection is answered.
  explicit admin_client(std::string path, std::chrono::milliseconds patience = usual_patience);

  /// Hands the answer's lines to `sink`, and returns the closing line ({"end":true,...}, empty when the sink had
  /// enough). Throws failure(not_found) with the node's words when it reports an error; failure(socket_unreachable)
  /// when it breaks off, failure(not_found) saying who is silent.
  std::string ask(const admin_request& request, const line_sink& sink);

  /// A list's rows, a line each, and how many there are in all.
  struct listing {
    std::string rows;
    uint64_t total = 0;
    /// The last line.
    std::string closing;
  };
  /// The same for a question whose answer is a list that has an end.
  listing list(const admin_request& request);

private:
  /// False: it has not become ready in time.
  bool ready(short events) const;
  bool still_answers() const;

  std::string path_;
  std::chrono::milliseconds patience_;
  descriptor connection_;
};

} // namespace millwright

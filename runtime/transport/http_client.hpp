#pragma once

#include "protocol/time.hpp"

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

struct http_answer {
  /// 0: no answer at all; `error` says why.
  int status = 0;
  std::string error;
  /// The beginning of the answer's body.
  std::string body;
  std::optional<milliseconds> retry_after;
};

/// One receiver's HTTP connection, kept between requests. Certificates are verified; a redirect is not followed: the
/// configuration names the receiver. One thread sends at a time.
class http_client {
public:
  /// @param timeout for a whole request; connecting may take half of it.
  explicit http_client(milliseconds timeout);
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;
  ~http_client();

  /// @param headers whole lines, "Content-Type: application/json".
  http_answer post(const std::string& url, const std::vector<std::string>& headers, std::string_view body);
  http_answer get(const std::string& url);

  /// From any thread: a running and every later request ends at once without an answer.
  void cancel();

private:
  void begin();
  http_answer perform(const std::string& url, const std::vector<std::string>& headers);

  void* easy_ = nullptr;
  void* multi_ = nullptr;
  milliseconds timeout_;
  std::atomic<bool> cancelled_{false};
};

} // namespace millwright

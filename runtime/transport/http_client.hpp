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
  /// The proxy wants to know who we are, or will not have us: its status, with an `error`.
  int proxy_status = 0;
  /// The beginning of the answer's body.
  std::string body;
  std::optional<milliseconds> retry_after;
};

/// How a receiver is reached, beside its URL.
struct http_way {
  http_way(milliseconds timeout = milliseconds{10'000}) : timeout{timeout} {}

  /// For a whole request, the proxy included; connecting may take half of it.
  milliseconds timeout;
  /// PEM files: who signs the receiver's certificate (empty: the system's authorities); our own certificate and its
  /// key.
  std::string authority, certificate, certificate_key;
  /// Empty: the environment says, as for curl (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY).
  std::string proxy;
};

/// One receiver's HTTP connection, kept between requests. Certificates are verified; a redirect is not followed: the
/// configuration names the receiver. One thread sends at a time.
class http_client {
public:
  explicit http_client(http_way way);
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
  http_way way_;
  std::atomic<bool> cancelled_{false};
};

} // namespace millwright

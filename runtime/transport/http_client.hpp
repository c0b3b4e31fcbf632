#pragma once

#include "runtime/transport/curl_transfer.hpp"

#include <cstddef>
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

/// One receiver's HTTP connection, kept between requests. Certificates are verified; a redirect is not followed: the
/// configuration names the receiver. One thread sends at a time.
class http_client {
public:
  /// @param longest_body so much of an answer's body is kept, in bytes.
  explicit http_client(http_way way, size_t longest_body = usual_body);
  /// A gateway may repeat the page in its answer, in front of what it has to say.
  static constexpr size_t usual_body = 8000;

  /// @param headers whole lines, "Content-Type: application/json".
  http_answer post(const std::string& url, const std::vector<std::string>& headers, std::string_view body);
  /// The same by another method: one that takes a body.
  http_answer send(const std::string& method, const std::string& url, const std::vector<std::string>& headers,
                   std::string_view body);
  /// @param headers as above.
  http_answer get(const std::string& url, const std::vector<std::string>& headers = {});

  /// From any thread: a running and every later request ends at once without an answer.
  void cancel() { transfer_.cancel(); }

private:
  http_answer perform(void* easy, const std::string& url, const std::vector<std::string>& headers);

  curl_transfer transfer_;
  size_t longest_body_;
};

} // namespace millwright

#pragma once

#include "runtime/message/mail_security.hpp"
#include "runtime/transport/curl_transfer.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millwright {

/// 25, 587, 465.
int usual_port(mail_security how);

struct mail_server {
  /// A name or an address; an IPv6 address in brackets.
  std::string host;
  int port = 0;
  mail_security security = mail_security::starttls;
  /// Empty: no login.
  std::string user, password;
};

/// How far the dialogue had come when it ended.
enum class mail_stage : uint8_t { connecting, login, sender, recipient, content };

std::string_view name_of(mail_stage stage);

struct mail_answer {
  bool taken = false;
  mail_stage stage{};
  /// The server's refusal, 400 to 599; 0 where there was none: `text` says why it ended.
  int status = 0;
  /// The session cannot be had as it is configured: no TLS there, or no way to log in.
  bool no_session = false;
  /// The server's line, or libcurl's words.
  std::string text;
};

/// A mail server's clients: one message to one recipient at a time, in a dialogue of its own. With TLS wanted nothing
/// goes out without it, and certificates are verified. Through an HTTP proxy by CONNECT. One thread sends at a time.
class smtp_client {
public:
  smtp_client(mail_server server, http_way way);

  /// @param from, to addresses that hold no line ends.
  /// @param message lines ended by CR LF.
  mail_answer send(const std::string& from, const std::string& to, std::string_view message);

  /// From any thread: a running and every later call of `send` ends at once.
  void cancel() { transfer_.cancel(); }

private:
  mail_server server_;
  milliseconds timeout_;
  curl_transfer transfer_;
};

} // namespace millwright

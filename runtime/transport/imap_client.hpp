#pragma once

#include "runtime/transport/smtp_client.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace millwright {

/// A mailbox that is looked into by IMAP, in a dialogue of its own each time. With TLS wanted nothing goes out without
/// it, and certificates are verified. Through an HTTP proxy by CONNECT. One thread asks at a time.
class imap_client {
public:
  /// @param folder printable ASCII, without quotes and backslashes.
  imap_client(mail_server server, std::string folder, http_way way);

  struct listed {
    /// Why there is no list; empty: there is one.
    std::string error;
    /// Ids of the mails, in no order; they hold while the folder has this `validity` (RFC 3501), 0: the server has not
    /// said.
    std::vector<uint32_t> mails;
    uint32_t validity = 0;
  };
  /// What has come on this day, as the server counts days, and since.
  listed mails_since(std::chrono::sys_days day);

  struct fetched {
    std::string error;
    /// Its beginning.
    std::string header;
  };
  /// The server takes the mail for read.
  fetched header_of(uint32_t mail);

  /// From any thread: a running and every later question ends at once.
  void cancel() { transfer_.cancel(); }

private:
  /// What was answered is in `body`. @returns why not.
  std::string perform(const std::string& path, const std::string& command, std::string& body, uint32_t& validity);

  mail_server server_;
  std::string folder_;
  milliseconds timeout_;
  curl_transfer transfer_;
};

/// 993 with TLS from the first byte on, else 143.
int usual_imap_port(mail_security how);

} // namespace millwright

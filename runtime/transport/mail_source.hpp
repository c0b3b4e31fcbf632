#pragma once

#include "runtime/transport/acknowledgement_poll.hpp"
#include "runtime/transport/imap_client.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace millwright {

/// Whose answers count, and to which mails.
struct reply_terms {
  /// That the ids of our mails end in.
  std::string domain;
  /// Addresses, in small letters.
  std::set<std::string> people;
};

/// The mailbox that answers to our mails come to: any answer acknowledges the alarm of the mail that it answers. It
/// looks at each mail once, as long as it lives; what it sees again after a restart is of a time before what waits
/// then.
class mail_source final : public acknowledgement_source {
public:
  mail_source(mail_server server, std::string folder, const http_way& way, reply_terms terms);

  /// The newest so many that it has not looked at, each time.
  static constexpr size_t most_at_once = 50;
  /// A mail that cannot be had so often is left alone.
  static constexpr int most_tries = 3;

  std::string name() const override { return "the mailbox"; }
  std::string ask(std::vector<waiting_alarm> waiting, const acknowledge_function& acknowledge) override;
  void cancel() override { client_.cancel(); }

private:
  imap_client client_;
  reply_terms terms_;
  /// Of which mails it knows what they say; how often others could not be had. Of one validity of their folder.
  std::set<uint32_t> looked_at_;
  std::map<uint32_t, int> tries_;
  uint32_t validity_ = 0;
};

} // namespace millwright

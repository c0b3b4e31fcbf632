#pragma once

#include "protocol/ids.hpp"
#include "protocol/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Of a mail in the mailbox of our own address, what says whether somebody has answered one of ours.
struct mail_reply {
  /// Whose it says that it is, in small letters; empty: of nobody, or not of one alone.
  std::string from;
  /// Of which alarms the mails are that it answers, each once.
  std::vector<uuid> alarms;
  /// No person has written it: an answer of one who is away, a report of a mail that did not arrive, a list's.
  bool automatic = false;
  /// When it was taken for the mailbox, by that server's clock; where that is not said, when it says that it was
  /// written.
  std::optional<event_time> at;
};

/// Reads a mail's header (RFC 5322), whatever it is. Pure.
/// @param domain that our ids end in: of the address that our mails are from.
mail_reply read_mail_reply(std::string_view header, std::string_view domain);

/// "Mon, 30 Nov 2026 09:14:02 +0100". None for what is no such date, or in a zone that has a name but GMT, UT or UTC.
std::optional<event_time> parse_mail_date(std::string_view text);

/// In small letters, where these are ASCII: addresses and domains are the same in others.
std::string in_small_letters(std::string_view text);

} // namespace millwright

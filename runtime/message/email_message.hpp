#pragma once

#include "protocol/page.hpp"
#include "runtime/message/channel_words.hpp"

#include <string>
#include <vector>

namespace millwright {

/// Whom a mail is from and to: addresses like alarms@plant.example, of ASCII (see `is_mail_address`).
struct mail_addresses {
  std::string from;
  std::vector<std::string> to;
};

/// LOCAL@DOMAIN of letters, digits and what RFC 5321 allows unquoted, of 254 characters at most: nothing that could end
/// a header's line or an SMTP command.
bool is_mail_address(std::string_view text);

/// <KEY@DOMAIN>, of the page's key and the sender's domain: a repeat has the same one.
std::string message_id_of(const page& x, const mail_addresses& who);

/// Its subject, one line, and its body as text.
std::string email_subject(const page& x, const channel_words& own = {});
std::string email_text(const page& x, const channel_words& own = {});

/// The page as an Internet message (RFC 5322), ready for SMTP: text and HTML, 7-bit ASCII, lines of 76 characters
/// (an id is whole) ended by CR LF; in its shortest form text alone. Mails of one alarm refer to an id that is made of
/// the alarm's: mail programs show them as one thread. Pure: the same page and date give the same bytes.
/// @param date of the header Date; one that a calendar cannot show (before 1970, after 9999) leaves it to the server.
/// @param own in the place of our subject and body.
std::string email_message(const page& x, const mail_addresses& who, event_time date, const channel_words& own = {});

} // namespace millwright

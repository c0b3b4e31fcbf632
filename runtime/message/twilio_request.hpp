#pragma once

#include "protocol/page.hpp"
#include "runtime/message/channel_words.hpp"
#include "runtime/message/http_request.hpp"

#include <cstddef>
#include <string>

namespace millwright {

struct twilio_account {
  /// Without a slash at its end.
  std::string server = "https://api.twilio.com";
  /// The account's SID, and its token.
  std::string user, password;
  /// A telephone number, or the SID of a messaging service ("MG...").
  std::string from;
  /// Characters of a message: two SMS of plain letters have 306.
  size_t longest = 300;
};

/// What an answer of status 2xx has where Twilio did not take the message all the same; for an answer_pattern.
inline constexpr char twilio_failure[] = "\"error_code\": *[0-9]|\"status\": *\"(failed|undelivered)\"";

/// The page as an SMS to one number: what, where, the value and what to do in front, cut if need be, and how to
/// acknowledge. Pure.
/// @param own the body in the place of our words.
http_request twilio_request(const twilio_account& account, const page& x, const std::string& to,
                            const channel_words& own = {});

/// The same line.
std::string sms_text(const page& x, size_t longest, const channel_words& own = {});

} // namespace millwright

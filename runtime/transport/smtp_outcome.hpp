#pragma once

#include "actors/channel/transport.hpp"
#include "runtime/transport/smtp_client.hpp"

namespace millwright {

/// No answer, and any 4xx: worth another try. A 5xx to the recipient or to the message, and 552 (too large) to the
/// sender: this page is refused. Any other 5xx (greeting, login, sender), and a server without the TLS or the login
/// that we are to have: the channel.
delivery_result outcome_of(const mail_answer& answer);

} // namespace millwright

#include "runtime/transport/email.hpp"

#include "runtime/transport/smtp_outcome.hpp"

#include <utility>

namespace millwright {

email_transport::email_transport(mail_server server, mail_addresses who, http_way way, channel_words own)
    : who_{std::move(who)}, own_{std::move(own)}, client_{std::move(server), std::move(way)} {}

delivery_result email_transport::deliver(const page& x) {
  const auto message = email_message(x, who_, x.about.at, own_);
  bool answered = false;
  const auto send = [&](const std::string& to) {
    const auto answer = client_.send(who_.from, to, message);
    answered = answer.taken || answer.status != 0;
    return outcome_of(answer);
  };
  // The page itself, however late it is told by now.
  return recipients_.deliver(key_of(x), who_.to, send, [&] { return answered; });
}

} // namespace millwright

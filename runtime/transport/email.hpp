#pragma once

#include "actors/channel/transport.hpp"
#include "runtime/message/email_message.hpp"
#include "runtime/transport/each_recipient.hpp"
#include "runtime/transport/smtp_client.hpp"

namespace millwright {

/// Pages by mail: each recipient in a dialogue of its own, so that one who is refused keeps it from nobody else. The
/// Date is that of the event, so that a repeat is the same bytes.
class email_transport final : public transport {
public:
  /// @param who as `is_mail_address` has them.
  email_transport(mail_server server, mail_addresses who, http_way way, channel_words own = {});

  delivery_result deliver(const page& x) override;
  void cancel() override { client_.cancel(); }

private:
  mail_addresses who_;
  channel_words own_;
  smtp_client client_;
  each_recipient recipients_;
};

} // namespace millwright

#pragma once

#include "actors/channel/transport.hpp"
#include "runtime/message/channel_words.hpp"
#include "runtime/transport/http_client.hpp"

#include <string>

namespace millwright {

/// The body of an incoming webhook: `text` for notifications, `blocks` with every figure and how to acknowledge. Of a
/// digest as many alarms as a message takes; in its shortest form a text alone.
/// @param own in the place of our headline and what is below it.
std::string slack_message(const page& x, const channel_words& own = {});

/// Slack by an incoming webhook. Slack knows no idempotency: the key stands in the message's small print.
class slack_transport final : public transport {
public:
  slack_transport(std::string url, http_way way, channel_words own = {});

  delivery_result deliver(const page& x) override;
  void cancel() override { client_.cancel(); }

private:
  std::string url_;
  http_client client_;
  channel_words own_;
};

} // namespace millwright

#pragma once

#include "protocol/alarm.hpp"
#include "protocol/binary.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// A configured way to people: "terminal", "slack-maintenance".
using channel_name = named_id<struct channel_tag>;

/// Stored: append only. An alert wants somebody to act; a notice tells those who were alerted what became of it.
enum class page_kind : uint8_t { alert, notice };

std::string_view name_of(page_kind kind);

/// One message about one transition over one channel. It holds nothing but what the transition says, so that the same
/// transition gives the same bytes after any crash.
struct page {
  channel_name channel;
  page_kind kind{};
  alarm_transition about;
  /// The journal could not be written when this went out: after a crash it may come again. Not stored.
  bool may_repeat = false;
};

/// Idempotency-Key: alarm id, number of the transition, channel. A receiver recognises a repeat by it.
std::string key_of(const page& x);

/// What a person types to acknowledge: "millwright ack 1f3a9c02".
std::string how_to_acknowledge(const page& x);

/// The stored form, behind a version byte.
void encode(binary_writer& out, const page& x);
std::optional<page> decode_page(binary_reader& in);

/// Every field of the page as one JSON object: the body of a webhook.
void append_json(std::string& out, const page& x);

/// Stored: append only.
enum class notification_outcome : uint8_t { planned, sent, grouped, digest, failed };

std::string_view name_of(notification_outcome outcome);

/// What became of a page.
struct notification {
  std::string key;
  uuid alarm;
  channel_name channel;
  /// Event time of the transition that it told of: the same in a replay and live.
  event_time timestamp;
  int priority = 0;
  notification_outcome outcome{};
  /// The receiver's answer where it failed; not part of the record of semantics 12.
  std::string detail;
};

notification notification_of(const page& x, notification_outcome outcome, std::string detail = {});

void encode(binary_writer& out, const notification& x);
std::optional<notification> decode_notification(binary_reader& in);

/// A line of `notifications` (semantics 12).
void append_notification_json(std::string& out, const notification& x);

} // namespace millwright

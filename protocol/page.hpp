#pragma once

#include "protocol/alarm.hpp"
#include "protocol/alarm_guidance.hpp"
#include "protocol/binary.hpp"
#include "protocol/digest.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// A configured way to people: "terminal", "slack-maintenance".
using channel_name = named_id<struct channel_tag>;

/// Stored: append only. An alert wants somebody to act; a notice tells those who were alerted what became of it; a
/// digest stands for all that is old news.
enum class page_kind : uint8_t { alert, notice, digest };

std::string_view name_of(page_kind kind);

/// An alarm as it is now, for a receiver that keeps a state of its own for each.
struct alarm_now {
  enum class what : uint8_t { stands, acknowledged, over };
  what is{};
  /// The newest transition, with the condition of the raise. Of an alarm that nobody knows any more its id alone.
  alarm_transition newest;
  /// Somebody has said that they see to it, and who; nobody need have a name.
  bool acknowledged = false;
  std::string acknowledged_by = {};
  /// Of one that stands: what the plant knows of such an alarm.
  guidance_pointer guidance = nullptr;
};

/// The route of what none of the configured routes takes; no configured one may be called so.
inline constexpr std::string_view default_route = "default";

/// One message over one channel: about one transition, or a digest. It holds nothing but what these say, and what the
/// plant knew when the page was made, so that it is the same bytes after any crash.
struct page {
  channel_name channel;
  page_kind kind{};
  /// Of a digest: its own id, the newest time, the worst severity and the highest priority among its members.
  alarm_transition about;
  /// The journal could not be written when this went out: after a crash it may come again. Not stored.
  bool may_repeat = false;
  /// Its alarm was given up so often on this channel, and is told anew since it still stands.
  uint32_t again = 0;
  /// The receiver refused it as it was: now no more than it takes to act.
  bool shortest = false;
  /// The end of an alarm whose raise never reached this channel.
  bool came_and_went = false;
  /// Old news that cannot wait: says since when. Decided when the page is due, not stored.
  bool told_late = false;
  /// Sent by a person to see whether it arrives: no alarm, says so, and wants nothing of anybody. Not stored.
  bool test = false;
  /// Of a digest.
  std::shared_ptr<const alarm_digest> digest = nullptr;
  /// Of a page of a group: the alarms that it stands for. Null for any other.
  std::shared_ptr<const std::vector<uuid>> members = nullptr;
  /// For a receiver of states: all that this message tells; `about` is the first one's. Null for any other. Not stored.
  std::shared_ptr<const std::vector<alarm_now>> states = nullptr;
  /// Wall clock: when these were so, and until when what stands will be told again; `never`: it is not. Not stored.
  event_time told_at = never, stands_until = never;
  /// Of an alert, the routes that led to this channel: "night, reactors". Empty where there are none.
  std::string route = {};
  /// Of an alert: what the plant knows of such an alarm.
  guidance_pointer guidance = nullptr;
  /// Of an alert: it tells nothing new, and asks for an acknowledgement.
  bool reminder = false;
};

/// What a page is known by here: alarm id, number of the transition, channel.
std::string key_of(const page& x);

/// Idempotency-Key: a receiver recognises a repeat by it. Where the same page is worded otherwise (told late, or in its
/// shortest form) the key is another one: under one key a receiver always gets the same bytes.
std::string receiver_key_of(const page& x);

/// True for the page that tells the end of its alarm.
bool ends_alarm(const page& x);

/// What a person types to acknowledge: "millwright ack 1f3a9c02".
std::string how_to_acknowledge(const page& x);

/// Where a person looks further: "millwright plant main/reactor-1", ready for a shell.
std::string where_to_look(const page& x);

/// The page in one line: what happened, and since when.
std::string describe(const page& x);

/// The same with what the plant says is to be done, complete enough to act on.
std::string describe_with_action(const page& x);

/// The same for where it may be cut: the alarm's short id, what, where, the value and what is to be done come first; of
/// a digest how many alarms, then the worst. In its shortest form a digest names none.
std::string brief_of(const page& x);

/// A page that tries a channel out: `id` makes its key, `by` is who sends it.
page test_page(channel_name channel, const uuid& id, event_time now, const std::string& by);

/// What is left of it in its shortest form: of `brief_of` plain ASCII, of 160 characters at most.
std::string shortest_text(const page& x);

/// Printable ASCII without what a format may take for its own; of that at most `most` characters.
std::string plain_ascii(std::string text, size_t most);

/// The stored form, behind a version byte.
void encode(binary_writer& out, const page& x);
std::optional<page> decode_page(binary_reader& in);

/// Every field of the page as one JSON object: the body of a webhook.
void append_json(std::string& out, const page& x);

/// Stored: append only. `fallback`: another channel has told it in this one's place.
enum class notification_outcome : uint8_t { planned, sent, grouped, digest, failed, fallback };

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
  /// The receiver's answer where it failed, by whom it was told in this one's place; not part of the record of
  /// semantics 12.
  std::string detail;
};

notification notification_of(const page& x, notification_outcome outcome, std::string detail = {});

void encode(binary_writer& out, const notification& x);
std::optional<notification> decode_notification(binary_reader& in);

/// A line of `notifications` (semantics 12).
void append_notification_json(std::string& out, const notification& x);

} // namespace millwright

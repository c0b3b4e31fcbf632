#include "protocol/page.hpp"

#include "protocol/json.hpp"

#include <array>

namespace millwright {

namespace {

// 2: told anew, shortest, came and went, digest. 3: the members of a group. 4: the routes, what the plant knows. 5:
// whether it tells nothing new.
constexpr uint8_t page_version = 5;
constexpr uint8_t notification_version = 1;
constexpr uint8_t shortest_flag = 1, came_and_went_flag = 2, members_flag = 4, guidance_flag = 8, reminder_flag = 16,
                  known_flags = 31;

constexpr std::array<std::string_view, 3> kind_names{"alert", "notice", "digest"};
constexpr std::array<std::string_view, 6> outcome_names{"planned", "sent", "grouped", "digest", "failed", "fallback"};

} // namespace

std::string_view name_of(page_kind kind) {
  return kind_names[static_cast<size_t>(kind)];
}

std::string_view name_of(notification_outcome outcome) {
  return outcome_names[static_cast<size_t>(outcome)];
}

std::string key_of(const page& x) {
  auto key = to_string(x.about.alarm) + '-' + std::to_string(x.about.number) + '-' + x.channel.text;
  return x.again == 0 ? key : key + "-again-" + std::to_string(x.again);
}

std::string receiver_key_of(const page& x) {
  return key_of(x) + (x.told_late ? "-late" : "") + (x.shortest ? "-short" : "");
}

bool ends_alarm(const page& x) {
  return x.kind == page_kind::notice && ends_alarm(x.about.kind);
}

void encode(binary_writer& out, const page& x) {
  out.u8(page_version);
  out.text(x.channel.text);
  out.u8(static_cast<uint8_t>(x.kind));
  encode(out, x.about);
  out.varint(x.again);
  out.u8(static_cast<uint8_t>((x.shortest ? shortest_flag : 0) | (x.came_and_went ? came_and_went_flag : 0) |
                              (x.members ? members_flag : 0) | (x.guidance ? guidance_flag : 0) |
                              (x.reminder ? reminder_flag : 0)));
  if (x.kind == page_kind::digest)
    encode(out, x.digest ? *x.digest : alarm_digest{});
  if (x.members) {
    out.varint(x.members->size());
    for (const auto& each : *x.members)
      for (const uint8_t byte : each.bytes)
        out.u8(byte);
  }
  out.text(x.route);
  if (x.guidance)
    encode(out, *x.guidance);
}

std::optional<page> decode_page(binary_reader& in) {
  const auto version = in.u8();
  if (version < 1 || version > page_version)
    return std::nullopt;
  page x;
  x.channel.text = in.text();
  const auto kind = in.u8();
  auto about = decode_alarm_transition(in);
  if (!in.ok() || !about || kind >= kind_names.size())
    return std::nullopt;
  x.kind = static_cast<page_kind>(kind);
  x.about = std::move(*about);
  if (version == 1)
    return x.kind == page_kind::digest ? std::nullopt : std::optional{std::move(x)};
  x.again = static_cast<uint32_t>(in.varint());
  const auto flags = in.u8();
  if (!in.ok() || flags > known_flags)
    return std::nullopt;
  x.shortest = (flags & shortest_flag) != 0;
  x.came_and_went = (flags & came_and_went_flag) != 0;
  x.reminder = (flags & reminder_flag) != 0;
  if (x.kind == page_kind::digest) {
    auto digest = decode_digest(in);
    if (!digest)
      return std::nullopt;
    x.digest = std::make_shared<const alarm_digest>(std::move(*digest));
  }
  if ((flags & members_flag) != 0) {
    std::vector<uuid> members(in.count(16));
    for (auto& each : members)
      for (uint8_t& byte : each.bytes)
        byte = in.u8();
    if (!in.ok())
      return std::nullopt;
    x.members = std::make_shared<const std::vector<uuid>>(std::move(members));
  }
  if (version >= 4) {
    x.route = in.text();
    if (!in.ok())
      return std::nullopt;
  }
  if ((flags & guidance_flag) != 0) {
    auto guidance = decode_alarm_guidance(in);
    if (!guidance)
      return std::nullopt;
    x.guidance = std::make_shared<const alarm_guidance>(std::move(*guidance));
  }
  return x;
}

notification notification_of(const page& x, notification_outcome outcome, std::string detail) {
  return {key_of(x), x.about.alarm, x.channel, x.about.at, x.about.priority, outcome, std::move(detail)};
}

void encode(binary_writer& out, const notification& x) {
  out.u8(notification_version);
  out.text(x.key);
  for (const uint8_t byte : x.alarm.bytes)
    out.u8(byte);
  out.text(x.channel.text);
  out.time(x.timestamp);
  out.svarint(x.priority);
  out.u8(static_cast<uint8_t>(x.outcome));
  out.text(x.detail);
}

std::optional<notification> decode_notification(binary_reader& in) {
  if (in.u8() != notification_version)
    return std::nullopt;
  notification x;
  x.key = in.text();
  for (uint8_t& byte : x.alarm.bytes)
    byte = in.u8();
  x.channel.text = in.text();
  x.timestamp = in.time();
  x.priority = static_cast<int>(in.svarint());
  const auto outcome = in.u8();
  x.detail = in.text();
  if (!in.ok() || outcome >= outcome_names.size())
    return std::nullopt;
  x.outcome = static_cast<notification_outcome>(outcome);
  return x;
}

void append_notification_json(std::string& out, const notification& x) {
  json_object{out}
      .text("key", x.key)
      .text("alarm_id", to_string(x.alarm))
      .text("channel", x.channel.text)
      .time("timestamp", x.timestamp)
      .integer("priority", x.priority)
      .text("outcome", name_of(x.outcome))
      .close();
}

} // namespace millwright

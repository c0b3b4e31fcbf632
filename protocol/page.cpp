#include "protocol/page.hpp"

#include "protocol/json.hpp"

#include <array>

namespace millwright {

namespace {

constexpr uint8_t page_version = 1;
constexpr uint8_t notification_version = 1;

constexpr std::array<std::string_view, 2> kind_names{"alert", "notice"};
constexpr std::array<std::string_view, 5> outcome_names{"planned", "sent", "grouped", "digest", "failed"};

} // namespace

std::string_view name_of(page_kind kind) {
  return kind_names[static_cast<size_t>(kind)];
}

std::string_view name_of(notification_outcome outcome) {
  return outcome_names[static_cast<size_t>(outcome)];
}

std::string key_of(const page& x) {
  return to_string(x.about.alarm) + '-' + std::to_string(x.about.number) + '-' + x.channel.text;
}

std::string how_to_acknowledge(const page& x) {
  return "millwright ack " + short_form(x.about.alarm);
}

void encode(binary_writer& out, const page& x) {
  out.u8(page_version);
  out.text(x.channel.text);
  out.u8(static_cast<uint8_t>(x.kind));
  encode(out, x.about);
}

std::optional<page> decode_page(binary_reader& in) {
  if (in.u8() != page_version)
    return std::nullopt;
  page x;
  x.channel.text = in.text();
  const auto kind = in.u8();
  auto about = decode_alarm_transition(in);
  if (!in.ok() || !about || kind >= kind_names.size())
    return std::nullopt;
  x.kind = static_cast<page_kind>(kind);
  x.about = std::move(*about);
  return x;
}

void append_json(std::string& out, const page& x) {
  const auto& t = x.about;
  const auto& why = t.evidence;
  std::string against;
  json_object{against}
      .number("avg", why.against.avg)
      .number("stddev", why.against.stddev)
      .number("min", why.against.min)
      .number("max", why.against.max)
      .integer("count", why.against.count)
      .close();
  json_object{out}
      .text("key", key_of(x))
      .text("kind", name_of(x.kind))
      .text("channel", x.channel.text)
      .text("alarm_id", to_string(t.alarm))
      .text("short_id", short_form(t.alarm))
      .integer("number", t.number)
      .text("transition", name_of(t.kind))
      .text_or_null("reason", t.reason)
      .time("timestamp", t.at)
      .time("raised_at", t.raised_at)
      .text_or_null("facility_id", t.condition.facility.text)
      .text_or_null("facility_name", why.facility_name)
      .text_or_null("timezone", why.timezone)
      .text_or_null("equipment_id", t.condition.unit.text)
      .text_or_null("sensor_id", t.condition.sensor.text)
      .text_or_null("sensor_type", why.sensor_type)
      .text("rule", name_of(t.condition.which))
      .text("severity", name_of(t.level))
      .integer("priority", t.priority)
      .number("value", t.value)
      .text_or_null("unit", why.unit)
      .number("previous", why.previous)
      .number("limit", why.limit)
      .number("z", why.z)
      .raw("baseline", against)
      .boolean("chattering", t.chattering)
      .text("message", describe(t))
      .text("acknowledge", how_to_acknowledge(x))
      .close();
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

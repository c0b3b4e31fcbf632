#include "protocol/alarm.hpp"

#include "protocol/json.hpp"

#include <array>

namespace millwright {

namespace {

// 2: fresh, swept, the severity before. 3: the production line. 4: the onset.
constexpr uint8_t format_version = 4;
constexpr auto most_severe = static_cast<uint8_t>(severity::critical);

constexpr std::array<std::string_view, 6> kind_names{"raised",  "updated", "reopened",
                                                     "cleared", "adapted", "acknowledged"};

} // namespace

std::string_view name_of(transition_kind kind) {
  return kind_names[static_cast<size_t>(kind)];
}

bool is_group(const condition_key& x) {
  return x.sensor.empty() && !x.facility.empty() && x.which < first_node_rule;
}

uuid alarm_id_of(const condition_key& condition, event_time raised, uint32_t raises) {
  std::string name = "alarm";
  const auto unit = condition.sensor.empty() ? condition.unit.view() : std::string_view{};
  for (const std::string_view part :
       {condition.facility.view(), condition.sensor.view(), unit, name_of(condition.which)}) {
    name += '\0';
    name += part;
  }
  name += '\0' + std::to_string(epoch_ms(raised));
  name += '\0' + std::to_string(raises);
  return uuid_v5(name);
}

uint32_t raises_in(const uuid& alarm, const condition_key& condition, event_time raised) {
  constexpr uint32_t most = 10'000;
  for (uint32_t raises = 1; raises <= most; ++raises)
    if (alarm_id_of(condition, raised, raises) == alarm)
      return raises;
  return 1;
}

void encode(binary_writer& out, const alarm_transition& x) {
  out.u8(format_version);
  for (const uint8_t byte : x.alarm.bytes)
    out.u8(byte);
  out.varint(x.number);
  out.u8(static_cast<uint8_t>(x.kind));
  out.text(x.condition.facility.text);
  out.text(x.condition.sensor.text);
  out.text(x.condition.unit.text);
  out.u8(static_cast<uint8_t>(x.condition.which));
  out.time(x.at);
  out.time(x.raised_at);
  out.u8(static_cast<uint8_t>(x.level));
  out.svarint(x.priority);
  out.f64(x.value);
  const auto& why = x.evidence;
  for (const double figure :
       {why.previous, why.limit, why.z, why.against.avg, why.against.stddev, why.against.min, why.against.max})
    out.f64(figure);
  out.varint(why.against.count);
  out.text(why.unit);
  out.text(why.sensor_type);
  out.text(why.facility_name);
  out.text(why.timezone);
  out.text(x.reason);
  out.u8(static_cast<uint8_t>((x.pages ? 1 : 0) | (x.chattering ? 2 : 0) | (x.fresh ? 4 : 0) | (x.swept ? 8 : 0)));
  out.u8(static_cast<uint8_t>(x.was));
  out.u16(x.split);
  out.u64(x.position);
  out.text(why.line);
  out.time(x.onset);
}

std::optional<alarm_transition> decode_alarm_transition(binary_reader& in) {
  const auto version = in.u8();
  if (version == 0 || version > format_version)
    return std::nullopt;
  alarm_transition x;
  for (uint8_t& byte : x.alarm.bytes)
    byte = in.u8();
  x.number = static_cast<uint32_t>(in.varint());
  const auto kind = in.u8();
  x.condition.facility.text = in.text();
  x.condition.sensor.text = in.text();
  x.condition.unit.text = in.text();
  const auto which = in.u8();
  x.at = in.time();
  x.raised_at = in.time();
  const auto level = in.u8();
  x.priority = static_cast<int>(in.svarint());
  x.value = in.f64();
  auto& why = x.evidence;
  for (double* figure :
       {&why.previous, &why.limit, &why.z, &why.against.avg, &why.against.stddev, &why.against.min, &why.against.max})
    *figure = in.f64();
  why.against.count = static_cast<uint32_t>(in.varint());
  why.unit = in.text();
  why.sensor_type = in.text();
  why.facility_name = in.text();
  why.timezone = in.text();
  x.reason = in.text();
  const auto flags = in.u8();
  x.pages = flags & 1;
  x.chattering = flags & 2;
  uint8_t was = 0;
  if (version >= 2) {
    x.fresh = flags & 4;
    x.swept = flags & 8;
    was = in.u8();
  }
  x.split = in.u16();
  x.position = in.u64();
  if (version >= 3)
    why.line = in.text();
  if (version >= 4)
    x.onset = in.time();
  if (!in.ok() || kind >= kind_names.size() || which >= rule_count || level > most_severe || was > most_severe)
    return std::nullopt;
  x.kind = static_cast<transition_kind>(kind);
  x.condition.which = static_cast<rule>(which);
  x.level = static_cast<severity>(level);
  x.was = static_cast<severity>(was);
  return x;
}

void append_json(std::string& out, const alarm_transition& x) {
  json_object{out}
      .text("alarm_id", to_string(x.alarm))
      .integer("number", x.number)
      .time("timestamp", x.at)
      .text("transition", name_of(x.kind))
      .text_or_null("reason", x.reason)
      .text_or_null("sensor_id", x.condition.sensor.text)
      .text_or_null("equipment_id", x.condition.unit.text)
      .text_or_null("facility_id", x.condition.facility.text)
      .text("rule", name_of(x.condition.which))
      .text("severity", name_of(x.level))
      .integer("priority", x.priority)
      .number("value", x.value)
      .text("message", describe(x))
      .close();
}

} // namespace millwright

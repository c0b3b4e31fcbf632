#include "protocol/alarm_shelf.hpp"

#include "protocol/json.hpp"
#include "protocol/local_time.hpp"

#include <array>
#include <tuple>
#include <utility>

namespace millwright {

namespace {

constexpr uint8_t shelf_format = 1;
constexpr std::array<std::string_view, 3> scope_names{"alarm", "sensor", "unit"};
constexpr std::array<std::string_view, 3> remark_names{"note", "shelved", "unshelved"};

std::string by_and_why(const alarm_shelf& x) {
  return (x.by.empty() ? std::string{} : " by " + x.by) + ": " + x.reason;
}

// "alarm 1f3a9c02 (limit of TI-101)": by its id alone nobody knows it among others.
std::string known_as(const alarm_shelf& x) {
  auto out = subject_of(x);
  if (x.what == alarm_shelf::scope::alarm)
    out += " (" + std::string{name_of(x.of.which)} + " of " +
           (x.of.sensor.empty() ? x.of.unit.text : x.of.sensor.text) + ")";
  return out;
}

} // namespace

std::string_view name_of(alarm_shelf::scope what) {
  return scope_names[static_cast<size_t>(what)];
}

std::string_view name_of(alarm_remark::kind what) {
  return remark_names[static_cast<size_t>(what)];
}

bool alarm_shelf::covers(const condition_key& x) const {
  switch (what) {
  case scope::alarm:
    // Metadata may move a sensor to another unit meanwhile.
    return std::tie(of.facility, of.sensor, of.which) == std::tie(x.facility, x.sensor, x.which) &&
           (!x.sensor.empty() || of.unit == x.unit);
  case scope::sensor:
    return std::tie(of.facility, of.sensor) == std::tie(x.facility, x.sensor);
  case scope::unit:
    return std::tie(of.facility, of.unit) == std::tie(x.facility, x.unit);
  }
  return false;
}

alarm_shelf shelf_of_alarm(const alarm_transition& x) {
  alarm_shelf out;
  out.what = alarm_shelf::scope::alarm;
  out.of = x.condition;
  if (!out.of.sensor.empty())
    out.of.unit = {};
  out.alarm = x.alarm;
  return out;
}

alarm_shelf shelf_of_sensor(facility_id facility, sensor_id sensor) {
  alarm_shelf out;
  out.what = alarm_shelf::scope::sensor;
  out.of.facility = std::move(facility);
  out.of.sensor = std::move(sensor);
  return out;
}

alarm_shelf shelf_of_unit(facility_id facility, equipment_id unit) {
  alarm_shelf out;
  out.what = alarm_shelf::scope::unit;
  out.of.facility = std::move(facility);
  out.of.unit = std::move(unit);
  return out;
}

std::string subject_of(const alarm_shelf& x) {
  std::string out{name_of(x.what)};
  if (x.what == alarm_shelf::scope::alarm)
    return out + ' ' + short_form(x.alarm);
  out += ' ';
  out += x.what == alarm_shelf::scope::sensor ? x.of.sensor.text : x.of.unit.text;
  return out + " of " + x.of.facility.text;
}

std::string describe(const alarm_shelf& x, const std::string& zone) {
  auto out = "shelved until " + local_minute(x.until, zone);
  if (x.what != alarm_shelf::scope::alarm)
    out += " with " + subject_of(x);
  return out + by_and_why(x);
}

void encode(binary_writer& out, const alarm_shelf& x) {
  out.u8(shelf_format);
  out.u8(static_cast<uint8_t>(x.what));
  out.text(x.of.facility.text);
  out.text(x.of.sensor.text);
  out.text(x.of.unit.text);
  out.u8(static_cast<uint8_t>(x.of.which));
  for (const uint8_t byte : x.alarm.bytes)
    out.u8(byte);
  out.time(x.since);
  out.time(x.until);
  out.text(x.by);
  out.text(x.reason);
}

std::optional<alarm_shelf> decode_alarm_shelf(binary_reader& in) {
  if (in.u8() != shelf_format)
    return std::nullopt;
  alarm_shelf x;
  const auto what = in.u8();
  x.of.facility.text = in.text();
  x.of.sensor.text = in.text();
  x.of.unit.text = in.text();
  const auto which = in.u8();
  for (uint8_t& byte : x.alarm.bytes)
    byte = in.u8();
  x.since = in.time();
  x.until = in.time();
  x.by = in.text();
  x.reason = in.text();
  if (!in.ok() || what >= scope_names.size() || which >= rule_count)
    return std::nullopt;
  x.what = static_cast<alarm_shelf::scope>(what);
  x.of.which = static_cast<rule>(which);
  return x;
}

void append_json(std::string& out, const alarm_shelf& x) {
  const bool alarm = x.what == alarm_shelf::scope::alarm;
  json_object{out}
      .text("kind", name_of(x.what))
      .text_or_null("alarm_id", alarm ? to_string(x.alarm) : std::string{})
      .text_or_null("sensor_id", x.of.sensor.text)
      .text_or_null("equipment_id", x.of.unit.text)
      .text_or_null("facility_id", x.of.facility.text)
      .text_or_null("rule", alarm ? name_of(x.of.which) : std::string_view{})
      .time("since", x.since)
      .time("until", x.until)
      .text_or_null("by", x.by)
      .text("reason", x.reason)
      .text("text", known_as(x) + " until " + local_minute(x.until, "UTC") + by_and_why(x))
      .close();
}

} // namespace millwright

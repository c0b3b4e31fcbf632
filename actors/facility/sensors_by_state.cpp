#include "actors/facility/sensors_by_state.hpp"

#include <algorithm>
#include <string_view>

namespace millwright {

namespace {

enum class sensor_state : uint8_t { none, abnormal, stale, bad, in_alarm };

sensor_state state_of(rule which, bool pages) {
  switch (which) {
  case rule::stale:
    return sensor_state::stale;
  case rule::bad_quality:
  case rule::range:
  case rule::stuck:
    return sensor_state::bad;
  case rule::state:
    return pages ? sensor_state::in_alarm : sensor_state::abnormal;
  default:
    return pages ? sensor_state::in_alarm : sensor_state::none;
  }
}

} // namespace

void sensors_by_state::take(std::span<const alarm_transition> transitions) {
  for (const auto& each : transitions) {
    // A group stands for sensors that are counted already.
    if (each.condition.sensor.empty() || is_group(each.condition) || each.kind == transition_kind::acknowledged)
      continue;
    if (!ends_alarm(each.kind)) {
      standing_[each.alarm] = {each.condition.sensor, each.condition.which, each.pages, each.raised_at};
      continue;
    }
    standing_.erase(each.alarm);
    ended_ = std::max(ended_, each.at);
  }
}

sensor_states sensors_by_state::counted() const {
  struct found {
    bool abnormal = false, in_alarm = false, stale = false, bad = false;
  };
  std::map<std::string_view, found> sensors;
  for (const auto& [alarm, each] : standing_) {
    const auto state = state_of(each.which, each.pages);
    if (state == sensor_state::none)
      continue;
    auto& of = sensors[each.sensor.view()];
    of.abnormal |= state == sensor_state::abnormal || each.which == rule::state;
    of.in_alarm |= state == sensor_state::in_alarm;
    of.stale |= state == sensor_state::stale;
    of.bad |= state == sensor_state::bad;
  }
  sensor_states out;
  out.concerned = sensors.size();
  for (const auto& [sensor, of] : sensors) {
    out.abnormal += of.abnormal;
    out.in_alarm += of.in_alarm;
    out.stale += of.stale;
    out.bad += of.bad;
  }
  return out;
}

event_time sensors_by_state::since() const {
  auto worst = sensor_state::none;
  event_time out = ended_;
  for (const auto& [alarm, each] : standing_) {
    const auto state = state_of(each.which, each.pages);
    if (state > worst)
      out = each.raised;
    else if (state == worst && state != sensor_state::none)
      out = std::min(out, each.raised);
    worst = std::max(worst, state);
  }
  return out;
}

void sensors_by_state::encode(binary_writer& out) const {
  out.time(ended_);
  out.varint(standing_.size());
  for (const auto& [alarm, each] : standing_) {
    for (const uint8_t byte : alarm.bytes)
      out.u8(byte);
    out.text(each.sensor.text);
    // By name: rules may come and go.
    out.text(name_of(each.which));
    out.u8(each.pages);
    out.time(each.raised);
  }
}

bool sensors_by_state::decode(binary_reader& in) {
  *this = {};
  ended_ = in.time();
  const uint64_t count = in.count(27);
  for (uint64_t i = 0; i < count; ++i) {
    uuid alarm;
    for (auto& byte : alarm.bytes)
      byte = in.u8();
    standing each;
    each.sensor.text = in.text();
    const auto which = rule_named(in.text());
    const uint8_t pages = in.u8();
    each.raised = in.time();
    if (!in.ok() || !which || pages > 1)
      return false;
    each.which = *which;
    each.pages = pages == 1;
    standing_[alarm] = std::move(each);
  }
  return in.ok();
}

} // namespace millwright

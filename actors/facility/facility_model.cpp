#include "actors/facility/facility_model.hpp"

#include "actors/facility/facility_settings.hpp"

#include <algorithm>

namespace millwright {

namespace {

constexpr uint8_t model_version = 1;

window_layout layout_of(const hosted_birth& birth) {
  return window_layout::of(birth.settings ? *birth.settings : actor_settings{facility_settings()});
}

std::string counted(size_t n, std::string_view what) {
  return std::to_string(n) + ' ' + std::string{what};
}

} // namespace

entity_key facility_entity(const facility_id& facility) {
  return {"facility", facility, {}};
}

void facility_targets(const sensor_context& of, const actor_settings&, std::vector<entity_key>& out) {
  out.push_back(facility_entity(of.key.facility));
}

void facility_part::born(const hosted_birth& birth) {
  if (!birth.settings)
    return;
  layout_ = window_layout::of(*birth.settings);
  quality_alert_ = birth.settings->number("quality_alert");
}

void facility_part::bounds(const actor_settings& settings, tally_bounds& out) {
  out.delay(window_layout::of(settings).delay);
}

facility_model::facility_model(const hosted_birth& birth) : facility_{birth.key.facility}, windows_{layout_of(birth)} {}

void facility_model::take(part&& of, hosted_output&) {
  for (const auto& [start, pane] : of.panes()) {
    windows_.take(start, pane);
    called_.merge(pane.called);
  }
  newest_ = std::max(newest_, of.newest());
}

void facility_model::heard(std::span<const alarm_transition> transitions, hosted_output&) {
  sensors_.take(transitions);
}

void facility_model::pass(const time_passed& time, hosted_output& out) {
  close(time.closing, out);
}

void facility_model::end(hosted_output& out) {
  close(forever, out);
}

void facility_model::close(event_time closing, hosted_output& out) {
  windows_.close(closing, [&](event_time start, event_time end, const facility_pane& pane) {
    out.row(row_of(start, end, pane, true));
  });
}

void facility_model::updates(const part& open, hosted_output& out) const {
  windows_.open(open.panes(), [&](event_time start, event_time end, const facility_pane& pane) {
    out.row(row_of(start, end, pane, false));
  });
}

facility_row facility_model::row_of(event_time start, event_time end, const facility_pane& pane, bool final) const {
  facility_row out;
  out.facility = facility_;
  out.facility_name = pane.called.name();
  out.start = start;
  out.end = end;
  out.readings = pane.values.count;
  out.sensors = pane.sensors.size();
  out.avg = pane.values.avg();
  out.units = pane.units.size();
  out.quality_alerts = pane.quality_alerts;
  out.final = final;
  return out;
}

void facility_model::encode(std::string& out) const {
  binary_writer writer{out};
  writer.u8(model_version);
  writer.time(newest_);
  called_.encode(writer);
  sensors_.encode(writer);
  windows_.encode(writer);
}

bool facility_model::decode(std::string_view in) {
  binary_reader reader{in};
  if (reader.u8() != model_version)
    return false;
  newest_ = reader.time();
  return called_.decode(reader) && sensors_.decode(reader) && windows_.decode(reader) && reader.at_end();
}

headline facility_model::line() const {
  const auto states = sensors_.counted();
  headline out;
  out.since = sensors_.since();
  const bool doubtful = states.stale > 0 || states.bad > 0;
  out.rank = states.in_alarm > 0 ? 3 : doubtful ? 2 : states.abnormal > 0 ? 1 : 0;
  static constexpr std::string_view names[] = {"well", "abnormal", "degraded", "in alarm"};
  out.state = names[out.rank];
  const auto tell = [&](size_t n, std::string_view what) {
    if (n > 0)
      out.reason += (out.reason.empty() ? "" : ", ") + counted(n, what);
  };
  tell(states.in_alarm, states.in_alarm == 1 ? "sensor in alarm" : "sensors in alarm");
  tell(states.stale, "stale");
  tell(states.bad, "not to be believed");
  tell(states.abnormal, "abnormal");
  return out;
}

void facility_model::show(json_object& view, const part& open) const {
  auto called = called_;
  for (const auto& [start, pane] : open.panes())
    called.merge(pane.called);
  view.text("facility_id", facility_.text).text_or_null("facility_name", called.name());

  // The window that holds the newest reading and as much before it as there is: what is open of it is not over yet, so
  // a rate is over the time that has passed.
  const auto& layout = windows_.layout();
  const event_time newest = std::max(newest_, open.newest());
  facility_pane now;
  event_time start = never;
  if (newest != never) {
    start = align_down(newest, layout.slide) + layout.slide - layout.length;
    now = windows_.between(start, newest + milliseconds{1});
    for (const auto& [at, pane] : open.panes())
      if (at >= start && at <= newest)
        now.merge(pane);
  }
  const double seconds = static_cast<double>((newest - start).count()) / 1000;
  view.time("from", start).time("to", newest);
  view.number("readings_per_second", seconds > 0 ? now.values.count / seconds : absent);
  view.number("avg_sensor_reading", now.values.avg());
  view.integer("quality_alerts", now.quality_alerts);
  view.integer("distinct_sensors", static_cast<int64_t>(now.sensors.size()));
  view.integer("active_equipment", static_cast<int64_t>(now.units.size()));

  const auto states = sensors_.counted();
  std::string by_state;
  json_object{by_state}
      .integer("abnormal", static_cast<int64_t>(states.abnormal))
      .integer("in_alarm", static_cast<int64_t>(states.in_alarm))
      .integer("stale", static_cast<int64_t>(states.stale))
      .integer("bad", static_cast<int64_t>(states.bad))
      .close();
  view.raw("sensors_by_state", by_state);
}

} // namespace millwright

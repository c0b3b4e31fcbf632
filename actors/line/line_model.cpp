#include "actors/line/line_model.hpp"

#include "actors/line/line_settings.hpp"

#include <algorithm>

namespace millwright {

namespace {

constexpr uint8_t model_version = 1;

actor_settings settings_of(const hosted_birth& birth) {
  return birth.settings ? *birth.settings : actor_settings{line_settings()};
}

} // namespace

entity_key line_entity(const facility_id& facility, std::string line) {
  return {std::string{"line"}, facility, std::move(line)};
}

void line_targets(const sensor_context& of, const actor_settings&, std::vector<entity_key>& out) {
  if (of.facility && !of.facility->production_line.empty())
    out.push_back(line_entity(of.key.facility, of.facility->production_line));
}

void line_part::born(const hosted_birth& birth) {
  if (!birth.settings)
    return;
  layout_ = window_layout::of(*birth.settings);
  optimal_above_ = birth.settings->number("optimal_above");
}

void line_part::bounds(const actor_settings& settings, tally_bounds& out) {
  out.delay(window_layout::of(settings).delay);
  out.above(settings.number("optimal_above"));
}

void line_part::take(const sensor_tally& x) {
  const auto measure = line_measure_of(*x.type);
  if (!measure || x.far_ahead())
    return;
  if (!x.ahead())
    came(x.newest());
  if (!x.on_time(layout_.delay))
    return;
  auto& figures = panes_.at(align_down(x.pane, layout_.slide)).of(x.shift());
  figures.means[static_cast<size_t>(*measure)].merge({x.values.sum, x.count()});
  figures.optimal += x.above(optimal_above_);
  if (!x.context->equipment.empty())
    figures.units.add(unit_mark_of(*x.context));
}

line_model::line_model(const hosted_birth& birth)
    : facility_{birth.key.facility}, line_{birth.key.id},
      readings_a_unit_{settings_of(birth).number("readings_a_unit")}, windows_{window_layout::of(settings_of(birth))} {}

void line_model::take(part&& of, hosted_output&) {
  for (const auto& [start, pane] : of.panes())
    windows_.take(start, pane);
  newest_ = std::max(newest_, of.newest());
}

void line_model::pass(const time_passed& time, hosted_output& out) {
  close(time.closing, out);
}

void line_model::end(hosted_output& out) {
  close(forever, out);
}

void line_model::close(event_time closing, hosted_output& out) {
  windows_.close(closing,
                 [&](event_time start, event_time end, const line_pane& pane) { tell(start, end, pane, false, out); });
}

void line_model::updates(const part& open, hosted_output& out) const {
  windows_.open(open.panes(),
                [&](event_time start, event_time end, const line_pane& pane) { tell(start, end, pane, true, out); });
}

void line_model::tell(event_time start, event_time end, const line_pane& pane, bool open, hosted_output& out) const {
  for (const auto shift : {work_shift::morning, work_shift::afternoon, work_shift::night}) {
    const auto& of = pane.shifts[static_cast<size_t>(shift)];
    if (!of.empty())
      out.row(line_row{line_, facility_, shift, start, end, of.avg(line_measure::power),
                       of.avg(line_measure::vibration), of.avg(line_measure::temperature), of.units.size(), of.optimal,
                       of.efficiency(readings_a_unit_), open});
  }
}

void line_model::encode(std::string& out) const {
  binary_writer writer{out};
  writer.u8(model_version);
  writer.time(newest_);
  windows_.encode(writer);
}

bool line_model::decode(std::string_view in) {
  binary_reader reader{in};
  if (reader.u8() != model_version)
    return false;
  newest_ = reader.time();
  return windows_.decode(reader) && reader.at_end();
}

headline line_model::line() const {
  return {0, std::string{"running"}, {}, newest_};
}

void line_model::show(json_object& view, const part& open) const {
  const auto& layout = windows_.layout();
  const event_time newest = std::max(newest_, open.newest());
  line_pane now;
  event_time start = never;
  if (newest != never) {
    start = align_down(newest, layout.slide) + layout.slide - layout.length;
    now = windows_.between(start, newest + milliseconds{1});
    for (const auto& [at, pane] : open.panes())
      if (at >= start && at <= newest)
        now.merge(pane);
  }
  line_figures all;
  for (const auto& each : now.shifts)
    all.merge(each);
  uint64_t readings = 0;
  for (const auto& each : all.means)
    readings += each.count;
  view.text("production_line", line_).text("facility_id", facility_.text);
  view.time("from", start).time("to", newest);
  view.number("avg_power_consumption", all.avg(line_measure::power));
  view.number("avg_vibration", all.avg(line_measure::vibration));
  view.number("avg_temperature", all.avg(line_measure::temperature));
  view.integer("active_equipment", static_cast<int64_t>(all.units.size()));
  view.integer("readings", static_cast<int64_t>(readings));
  view.integer("optimal_readings", static_cast<int64_t>(all.optimal));
}

} // namespace millwright

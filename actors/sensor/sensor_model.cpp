#include "actors/sensor/sensor_model.hpp"

#include "actors/sensor/stored_time.hpp"

#include <algorithm>

namespace millwright {

namespace {

// The first versions had no mark of the windows' settings. A sensor that was taught, and has not lived since, has no
// windows.
constexpr uint8_t first_version = 1, format_version = 2, taught_version = 3, first_changes_version = 0x81,
                  changes_version = 0x82;

} // namespace

bool sensor_model::take(const reading& r, sensor_output& out) {
  if (book().before_reading)
    book().before_reading(r);
  if (lessons_ended() != never)
    begin_living(r.time);
  rules_.follow_mode(r.is(reading::not_judged) ? sensor_tick::judging::not_judged : sensor_tick::judging::judged,
                     *r.context, r.split, r.activity, r.position, out, r.time, r.is(reading::at_end));
  advance(r.closing, r.activity, *r.context, r.split, r.position, r.is(reading::at_end), out);
  const auto recent = windows_.recent(r.time);
  const auto intake = windows_.take(r, rules_.fit(r));
  r.dropped = intake.duplicate || intake.conflict;
  if (r.dropped) {
    ++(intake.duplicate ? apart_.made().counted.duplicate : apart_.made().counted.conflict);
    return false;
  }
  split_ = r.split;
  count(r, intake);
  rules_.judge(r, {recent.panes, recent.start, recent.end}, out);
  return true;
}

void sensor_model::count(const reading& r, const intake& what) {
  ++accepted_;
  if (!what.late() && !r.is(reading::unknown_type) && !r.is(reading::quality_out_of_range)) [[likely]]
    return;
  auto& all = apart_.made().counted;
  all.late_statistics += what.late_statistics;
  all.late_patterns += what.late_patterns;
  all.late_averages += what.late_averages;
  all.unknown_type += r.is(reading::unknown_type);
  all.quality_out_of_range += r.is(reading::quality_out_of_range);
}

sensor_counters sensor_model::take_counters() {
  sensor_counters out;
  if (apart_) {
    out = std::exchange(apart_->counted, {});
    if (lessons_ended() == never)
      apart_.reset();
  }
  out.accepted = accepted_;
  accepted_ = 0;
  return out;
}

void sensor_model::tick(const sensor_tick& tick, const sensor_context& context, uint16_t split, sensor_output& out) {
  const auto before = out.transitions.size();
  rules_.follow_mode(tick.mode, context, split, tick.activity, tick.position, out, never, tick.at_end);
  advance(tick.closing, tick.activity, context, split, tick.position, tick.at_end, out);
  for (auto i = before; i < out.transitions.size(); ++i)
    out.transitions[i].swept = true;
}

void sensor_model::learn_anew(const sensor_tick& tick, const sensor_context& context, uint16_t split,
                              sensor_output& out) {
  const auto before = out.transitions.size();
  if (tick.closing != never)
    advance(tick.closing, tick.activity, context, split, tick.position, tick.at_end, out);
  rules_.learn_anew(tick.activity, context, split, tick.position, out);
  // What has left the ranges and habits is not written behind what is kept of them.
  kept_ = false;
  for (auto i = before; i < out.transitions.size(); ++i)
    out.transitions[i].swept = true;
}

void sensor_model::finish(const sensor_context& context, sensor_output& out) {
  const size_t statistics = out.statistics.size(), patterns = out.patterns.size();
  windows_.close(forever, context, out);
  judge_rows(statistics, patterns, never, milliseconds{0}, context, 0, no_position, false, out);
}

void sensor_model::advance(event_time closing, milliseconds activity, const sensor_context& context, uint16_t split,
                           uint64_t position, bool fresh, sensor_output& out) {
  if (windows_.closes_by(closing)) [[unlikely]] {
    const size_t statistics = out.statistics.size(), patterns = out.patterns.size();
    windows_.close(closing, context, out);
    if (out.statistics.size() != statistics || out.patterns.size() != patterns)
      judge_rows(statistics, patterns, closing, activity, context, split, position, fresh, out);
  } else {
    windows_.close(closing, context, out);
  }
  rules_.advance(closing, activity, context, split, position, out, fresh);
}

// Rows in the order in which their windows fell due; before each, the delays that ended earlier.
void sensor_model::judge_rows(size_t s, size_t p, event_time limit, milliseconds activity,
                              const sensor_context& context, uint16_t split, uint64_t position, bool fresh,
                              sensor_output& out) {
  const auto& settings = book().settings->windows;
  while (s < out.statistics.size() || p < out.patterns.size()) {
    const auto due_s = s < out.statistics.size() ? out.statistics[s].end + settings.statistics_delay : forever;
    const auto due_p = p < out.patterns.size() ? out.patterns[p].end + settings.patterns_delay : forever;
    const bool statistics_first = due_s <= due_p && s < out.statistics.size();
    if (limit != never)
      rules_.advance(std::min(limit, statistics_first ? due_s : due_p), activity, context, split, position, out, fresh);
    if (statistics_first)
      rules_.window_closed(out.statistics[s++], split, position, out);
    else
      rules_.window_closed(out.patterns[p++], split, position, out);
  }
}

void sensor_model::end_lessons(event_time end) {
  const auto last = std::min(rules_.learned().last, end);
  windows_ = sensor_windows{*book().settings};
  rules_.end_lessons();
  apart_.made().counted = {};
  accepted_ = 0;
  split_ = kept_split_ = no_split;
  kept_ = false;
  apart_->lessons_ended = last;
}

void sensor_model::begin_living(event_time at) {
  rules_.skip(at - lessons_ended());
  apart_->lessons_ended = never;
}

bool sensor_model::idle() const {
  return windows_.idle() && rules_.idle();
}

void sensor_model::encode(std::string& out) const {
  binary_writer writer{out};
  if (lessons_ended() != never) {
    writer.u8(taught_version);
    writer.u16(no_split);
    writer.time(lessons_ended());
    return rules_.encode(writer);
  }
  writer.u8(format_version);
  writer.u16(split_);
  writer.u32(window_mark(book().settings->windows));
  windows_.encode(writer);
  rules_.encode(writer);
}

void sensor_model::kept() {
  windows_.kept();
  rules_.kept();
  kept_ = lessons_ended() == never;
  kept_split_ = split_;
}

void sensor_model::encode_changes(std::string& out) const {
  binary_writer writer{out};
  writer.u8(changes_version);
  writer.u32(window_mark(book().settings->windows));
  windows_.encode_changes(writer);
  rules_.encode_changes(writer);
}

bool sensor_model::decode(std::string_view in) {
  binary_reader reader{in};
  const uint32_t mark = window_mark(book().settings->windows);
  const auto other_mark = [&](bool marked) { return marked && reader.u32() != mark; };
  const uint8_t version = reader.u8();
  if (version != format_version && version != first_version && version != taught_version)
    return false;
  split_ = kept_split_ = reader.u16();
  if (apart_)
    apart_->lessons_ended = never;
  if (version == taught_version) {
    windows_ = sensor_windows{*book().settings};
    kept_ = false;
    apart_.made().lessons_ended = reader.time();
    return rules_.decode(reader) && reader.at_end() && split_ == no_split && lessons_ended() != never &&
           plausible(lessons_ended());
  }
  const bool other = other_mark(version == format_version);
  // Behind windows that were given up there are no changes to them.
  kept_ = !other;
  bool good = windows_.decode(reader, other) && rules_.decode(reader) && reader.ok();
  while (good && !reader.at_end()) {
    const uint8_t changes = reader.u8();
    const bool others_changes = other_mark(changes == changes_version);
    kept_ = kept_ && !others_changes;
    good = (changes == changes_version || changes == first_changes_version) &&
           windows_.decode_changes(reader, others_changes) && rules_.decode_changes(reader) && reader.ok();
  }
  // A type that the table no longer has is the first one, `generic`, until the sensor's next reading.
  windows_.map_types([&](sensor_type_index type) { return type < book().types->size() ? type : sensor_type_index{0}; });
  return good;
}

std::optional<uint16_t> sensor_model::split_of(std::string_view in) {
  binary_reader reader{in};
  const uint8_t version = reader.u8();
  const bool known = version == format_version || version == first_version || version == taught_version;
  const uint16_t split = reader.u16();
  return known && reader.ok() ? std::optional{split} : std::nullopt;
}

} // namespace millwright

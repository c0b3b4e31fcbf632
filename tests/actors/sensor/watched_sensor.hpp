#pragma once

#include "actors/sensor/rules.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <string>
#include <vector>

namespace millwright::testing {

/// One sensor and its surroundings: readings go in by seconds, with a plain baseline of the last five minutes.
struct watched_sensor {
  struct options {
    double quality = absent;
    /// reading::flag.
    int flags = 0;
    /// Of the split, ms; by default the largest time so far.
    int64_t closing_ms = -1, activity_ms = -1, watermark_ms = -1;
    int hour = 12;
    int split = 0;
  };

  detection_settings settings;
  std::vector<sensor_type> types{1};
  std::shared_ptr<facility_info> facility = std::make_shared<facility_info>();
  sensor_context context;
  rule_book book{&settings, &types, true};
  sensor_rules rules{book};
  sensor_output out;
  std::deque<std::pair<int64_t, double>> past;
  bool windows = true;
  uint64_t position = 0;
  int64_t largest_ms = 0;

  watched_sensor() {
    types[0].name = std::string{"temperature"};
    types[0].unit = std::string{"C"}; // Assigning the literal is a false -Wrestrict of GCC 12.
    types[0].range_min = -1000;
    types[0].range_max = 1000;
    types[0].stuck_after.reset();
    context.key = {{"plant-a"}, {"TI-101"}};
    context.equipment = {"pump-7"};
    context.facility = facility;
  }
  watched_sensor(const watched_sensor&) = delete;

  void at(double seconds, double value) { at(seconds, value, options{}); }
  void at(double seconds, double value, options how) {
    const auto ms = static_cast<int64_t>(std::llround(seconds * 1000));
    largest_ms = std::max(largest_ms, ms);
    reading r;
    r.time = from_epoch_ms(ms);
    r.value = value;
    r.quality = how.quality;
    r.closing = from_epoch_ms(how.closing_ms >= 0 ? how.closing_ms : largest_ms);
    r.activity = milliseconds{how.activity_ms >= 0 ? how.activity_ms : largest_ms};
    r.watermark = from_epoch_ms(how.watermark_ms >= 0 ? how.watermark_ms : largest_ms);
    r.hour = static_cast<uint8_t>(how.hour);
    r.context = &context;
    r.position = ++position;
    r.flags = static_cast<uint8_t>(how.flags);
    r.split = static_cast<uint16_t>(how.split);
    judged seen;
    if (windows)
      seen.recent = baseline_before(ms);
    rules.follow_mode(r.is(reading::not_judged) ? sensor_tick::judging::not_judged : sensor_tick::judging::judged,
                      context, r.split, r.activity, r.position, out, r.time);
    rules.advance(r.closing, r.activity, context, r.split, r.position, out, r.is(reading::at_end));
    rules.judge(r, seen, out);
    if (windows)
      past.emplace_back(ms, value);
  }

  /// The same value every `step` seconds in [from, to).
  void hold(double from, double to, double value, double step = 1) {
    for (double t = from; t < to - 1e-9; t += step)
      at(t, value);
  }

  void sweep(double seconds) {
    const auto ms = static_cast<int64_t>(std::llround(seconds * 1000));
    largest_ms = std::max(largest_ms, ms);
    rules.advance(from_epoch_ms(ms), milliseconds{ms}, context, 0, position, out);
  }

  /// Its machine's mode changes: what fell due before is done, and then whether its rules hold is other.
  void enter(double seconds, bool judged) {
    sweep(seconds);
    rules.follow_mode(judged ? sensor_tick::judging::judged : sensor_tick::judging::not_judged, context, 0,
                      milliseconds{std::llround(seconds * 1000)}, position, out);
  }

  baseline baseline_before(int64_t ms) {
    while (!past.empty() && past.front().first < ms - 300'000)
      past.pop_front();
    baseline b;
    if (past.size() < 2)
      return b;
    double sum = 0, squares = 0;
    b.min = b.max = past.front().second;
    for (const auto& [t, v] : past) {
      sum += v;
      b.min = std::min(b.min, v);
      b.max = std::max(b.max, v);
    }
    b.count = static_cast<uint32_t>(past.size());
    b.avg = sum / b.count;
    for (const auto& [t, v] : past)
      squares += (v - b.avg) * (v - b.avg);
    b.stddev = std::sqrt(squares / (b.count - 1));
    return b;
  }

  /// "raised@12.5 high 60 pages" and so on, of one rule.
  std::vector<std::string> story(rule which) const {
    std::vector<std::string> lines;
    for (const auto& x : out.transitions)
      if (x.condition.which == which)
        lines.push_back(line(x));
    return lines;
  }

  static std::string line(const alarm_transition& x) {
    std::string text{name_of(x.kind)};
    auto seconds = std::to_string(epoch_ms(x.at) / 1000.0);
    seconds.erase(seconds.find_last_not_of('0') + 1);
    if (seconds.back() == '.')
      seconds.pop_back();
    text += '@' + seconds;
    if (x.kind != transition_kind::cleared && x.kind != transition_kind::adapted)
      text += ' ' + std::string{name_of(x.level)} + ' ' + std::to_string(x.priority);
    if (x.pages)
      text += " pages";
    if (x.chattering)
      text += " chattering";
    return text;
  }

  int anomalies(rule which, anomaly_origin origin = anomaly_origin::reading) const {
    return static_cast<int>(std::count_if(out.anomalies.begin(), out.anomalies.end(),
                                          [&](const auto& row) { return row.which == which && row.origin == origin; }));
  }

  std::string encoded() const {
    std::string bytes;
    binary_writer writer{bytes};
    rules.encode(writer);
    return bytes;
  }
};

using story = std::vector<std::string>;

} // namespace millwright::testing

#pragma once

#include "tests/actors/equipment/unit_log.hpp"

#include <set>

namespace millwright::test {

/// The same definitions a second time, in the plainest way: over all readings of a log that is over, one by one.
class plain_unit {
public:
  plain_unit(const unit_log& log, size_t splits, bool between) : log_{log}, between_{between}, feeds_(splits) {}

  void reads(const unit_log::entry& x) {
    const auto& r = x.of;
    auto& feed = feeds_[r.split];
    const milliseconds after = activity_behind(r);
    if (feed.empty() || r.activity >= feed.back().last + 10min)
      feed.push_back({behind(r), never, {}, after});
    feed.back().last = after;
    feed.back().all.push_back(&x);
    if (on_time(r, 5min)) {
      const event_time minute = align_down(r.time, 1min);
      for (int i = 1; i <= 5; ++i)
        windows_[{minute + i * 1min, log_.type_name(x)}].push_back(&r);
    }
    if (on_time(r, 30s))
      session_times_.insert(r.time);
  }

  /// After whatever moved a split's time from one to the other, and its activity clock.
  void passed(size_t split, event_time from, event_time to, milliseconds clock) {
    if (feeds_[split].empty() || from >= to)
      return;
    auto& last = feeds_[split].back();
    const milliseconds step = std::min(to - from, milliseconds{10s}), due = last.last + 10min;
    if (last.ended == never && due > clock - step && due <= clock)
      last.ended = to - from > 10s ? to : to - (clock - due);
  }

  lines_by_kind lines(event_time end) const {
    lines_by_kind out;
    window_lines(out);
    for (const auto& each : sessions_of(session_times_))
      out["sessions"].push_back(session_line(each));
    state_lines(out, end);
    return out;
  }

private:
  struct stretch {
    event_time began, ended;
    std::vector<const unit_log::entry*> all;
    milliseconds last{0};
  };
  using times = std::multiset<event_time>;
  struct session {
    event_time first, last;
    int events = 0;
  };

  static event_time behind(const reading& r) {
    return r.is(reading::ahead) ? r.watermark : std::max(r.watermark, r.time);
  }
  static milliseconds activity_behind(const reading& r) {
    return r.watermark == never ? r.activity : r.activity + std::min(behind(r) - r.watermark, milliseconds{10s});
  }
  static bool on_time(const reading& r, milliseconds delay) {
    return !r.is(reading::far_ahead) && (r.watermark == never || align_down(r.time, 30s) + 30s > r.watermark - delay);
  }
  static std::vector<session> sessions_of(const times& all) {
    std::vector<session> out;
    for (const auto at : all)
      if (!out.empty() && at - out.back().last < 5min)
        out.back() = {out.back().first, at, out.back().events + 1};
      else
        out.push_back({at, at, 1});
    return out;
  }
  static std::string number(double x) {
    std::string out;
    append_json_number(out, x);
    return out;
  }
  static std::string time_or_null(event_time x) { return x == never ? std::string{"null"} : '"' + to_iso(x) + '"'; }

  void window_lines(lines_by_kind& out) const {
    for (const auto& [key, readings] : windows_) {
      exact_moments value;
      exact_mean quality;
      for (const auto* r : readings) {
        value.add(r->value);
        if (r->has_quality())
          quality.add(r->quality);
      }
      const std::string status = quality.avg() < 0.7 ? "degraded" : value.stddev() > 10 ? "unstable" : "healthy";
      out["equipment"].push_back(
          "{\"equipment_id\":\"P-101\",\"facility_id\":\"plant\",\"sensor_type\":\"" + key.second +
          "\",\"window_start\":\"" + to_iso(key.first - 5min) + "\",\"window_end\":\"" + to_iso(key.first) +
          "\",\"avg_reading\":" + number(value.avg()) + ",\"peak_reading\":" + number(value.max) +
          ",\"reading_variability\":" + number(value.stddev()) + ",\"avg_quality\":" + number(quality.avg()) +
          ",\"reading_count\":" + std::to_string(readings.size()) + ",\"equipment_status\":\"" + status + "\"}");
    }
  }

  static std::string session_line(const session& x) {
    const double minutes = static_cast<double>((x.last - x.first).count()) / 60000, rate = x.events / minutes;
    const std::string pattern = minutes == 0               ? "none"
                                : rate > 10 && minutes < 2 ? "startup"
                                : rate < 1 && minutes > 10 ? "shutdown"
                                                           : "none";
    return "{\"equipment_id\":\"P-101\",\"facility_id\":\"plant\",\"session_start\":\"" + to_iso(x.first) +
           "\",\"session_end\":\"" + to_iso(x.last) + "\",\"event_count\":" + std::to_string(x.events) +
           ",\"session_minutes\":" + number(minutes) + ",\"avg_event_rate\":" + number(minutes == 0 ? absent : rate) +
           ",\"pattern\":\"" + pattern + "\"}";
  }

  // What a record says of all readings in `known`.
  std::string state_line(event_time at, const std::vector<const unit_log::entry*>& known, bool online) const {
    int faults = 0;
    event_time newest = never;
    times running;
    for (const auto* each : known) {
      faults += each->of.quality < 0.5;
      if (!each->of.is(reading::ahead))
        newest = std::max(newest, each->of.time);
      if (on_time(each->of, 30s))
        running.insert(each->of.time);
    }
    milliseconds length{0};
    for (const auto& each : sessions_of(running))
      length += each.last - each.first;
    const double hours =
        between_ ? static_cast<double>(length.count()) / 3'600'000 : static_cast<double>(known.size()) * 0.1;
    return "{\"equipment_id\":\"P-101\",\"facility_id\":\"plant\",\"timestamp\":\"" + to_iso(at) +
           "\",\"last_maintenance\":null,\"total_runtime_hours\":" + number(hours) +
           ",\"fault_count\":" + std::to_string(faults) + ",\"last_update\":" + time_or_null(newest) +
           ",\"presence\":\"" + (online ? "online" : "offline") + "\"}";
  }

  void state_lines(lines_by_kind& out, event_time end) const {
    std::vector<std::pair<const stretch*, size_t>> all;
    for (size_t split = 0; split < feeds_.size(); ++split)
      for (const auto& each : feeds_[split])
        all.push_back({&each, split});
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.first->began < b.first->began; });
    const auto until = [](const stretch& x) { return x.ended == never ? forever : x.ended; };
    std::vector<const unit_log::entry*> known;
    auto& lines = out["equipment-state"];
    event_time over = never;
    for (const auto& [each, split] : all) {
      if (over != never && over <= each->began) {
        lines.push_back(state_line(over, known, false));
        known.push_back(each->all.front());
        lines.push_back(state_line(each->began, known, true));
        known.pop_back();
      }
      known.insert(known.end(), each->all.begin(), each->all.end());
      over = std::max(over, until(*each));
    }
    if (known.empty())
      return;
    if (over != forever)
      lines.push_back(state_line(over, known, false));
    lines.push_back(state_line(end, known, over == forever));
  }

  const unit_log& log_;
  bool between_;
  std::vector<std::vector<stretch>> feeds_;
  std::map<std::pair<event_time, std::string>, std::vector<const reading*>> windows_;
  times session_times_;
};

} // namespace millwright::test

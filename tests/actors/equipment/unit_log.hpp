#pragma once

#include "actors/equipment/unit_model.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace millwright::test {

using namespace std::chrono_literals;

inline const event_time day_begins = from_epoch_ms(1'767'225'600'000);

/// A small plant: sensors of one unit, and the splits that bring their readings, stamped as a split stamps them.
class unit_log {
public:
  struct entry {
    reading of;
    size_t sensor = 0;
  };

  struct split {
    split_times times;
    uint64_t position = 0;
  };

  explicit unit_log(size_t splits = 1) : splits_(splits) {
    for (size_t i = 0; i < splits; ++i)
      splits_[i].times.split = static_cast<uint16_t>(i);
  }

  /// Names of types, one a sensor; sensors are S-0, S-1, ...
  void sensors(const std::vector<std::string>& types) {
    for (const auto& name : types) {
      auto& context = contexts_.emplace_back();
      context.key = {facility_id{"plant"}, sensor_id{"S-" + std::to_string(contexts_.size() - 1)}};
      context.equipment = equipment_id{"P-101"};
      context.slot = static_cast<uint32_t>(contexts_.size() + 100);
      const auto same = std::find_if(types_.begin(), types_.end(), [&](const auto& x) { return x.name == name; });
      type_of_.push_back(static_cast<sensor_type_index>(same - types_.begin()));
      if (same == types_.end())
        types_.emplace_back().name = name;
    }
  }

  /// A reading of the unit, stamped.
  const entry& speak(size_t split, size_t sensor, event_time time, double value, double quality = 1,
                     uint8_t flags = 0) {
    auto& s = splits_[split];
    auto& made = entries_.emplace_back();
    made.sensor = sensor;
    auto& r = made.of;
    r.time = time;
    r.value = value;
    r.quality = quality;
    r.flags = flags;
    r.watermark = s.times.time;
    r.activity = s.times.activity;
    r.position = ++s.position;
    r.split = static_cast<uint16_t>(split);
    r.type = type_of_[sensor];
    r.context = &contexts_[sensor];
    if (!r.is(reading::ahead))
      moves(s.times, time);
    return made;
  }

  /// Readings of other units: nothing but the split's time goes on, in steps of 5 s.
  void others(size_t split, event_time until) {
    auto& times = splits_[split].times;
    while (times.time < until) {
      ++splits_[split].position;
      moves(times, times.time == never ? until : std::min(until, times.time + 5s));
    }
  }
  /// The split's time leaps: nobody spoke in between.
  void leaps(size_t split, event_time to) { moves(splits_[split].times, to); }

  contribution contribution_of(const entry& x) const { return {x.of, types_[x.of.type]}; }
  std::string type_name(const entry& x) const { return types_[x.of.type].name; }
  const sensor_context& context(size_t sensor) const { return contexts_[sensor]; }
  event_time time(size_t split = 0) const { return splits_[split].times.time; }

  time_passed now() const {
    time_passed out;
    out.closing = forever;
    for (const auto& each : splits_) {
      out.splits.push_back(each.times);
      out.closing = std::min(out.closing, each.times.time);
      out.newest = std::max(out.newest, each.times.time);
    }
    return out;
  }

private:
  static void moves(split_times& x, event_time to) {
    if (to <= x.time)
      return;
    if (x.time != never) {
      const milliseconds step = std::min(to - x.time, split_times::largest_step);
      x.activity += step;
      if (to - x.time > split_times::largest_step)
        x.leaps.push_back({x.activity, x.time, to});
    }
    x.time = to;
  }

  std::deque<sensor_context> contexts_;
  std::deque<sensor_type> types_;
  std::vector<sensor_type_index> type_of_;
  std::vector<split> splits_;
  std::deque<entry> entries_;
};

/// Lines by kind of record.
using lines_by_kind = std::map<std::string, std::vector<std::string>>;

inline const entity_key the_unit{"equipment", facility_id{"plant"}, "P-101"};

/// A unit that is given what a log has, and keeps the records that it decides.
class watched_unit {
public:
  explicit watched_unit(unit_log& log, const actor_settings* settings = nullptr)
      : log_{log}, birth_{the_unit, settings}, model{birth_} {
    open.born(birth_);
  }

  void take(const unit_log::entry& x) { open.take(log_.contribution_of(x)); }
  void speak(size_t split, size_t sensor, event_time time, double value, double quality = 1, uint8_t flags = 0) {
    take(log_.speak(split, sensor, time, value, quality, flags));
  }
  void barrier() { barrier(log_.now()); }
  void barrier(const time_passed& time) {
    if (!open.empty())
      model.take(std::move(open), out);
    open = {};
    open.born(birth_);
    model.pass(time, out);
    gather();
  }
  void heard(const alarm_transition& x) {
    model.heard({&x, 1}, out);
    gather();
  }
  void end() {
    auto last = log_.now();
    last.closing = forever;
    barrier(last);
    model.end(out);
    gather();
  }
  /// Stored and taken up again.
  void restart() {
    std::string bytes;
    model.encode(bytes);
    unit_model again{birth_};
    if (!again.decode(bytes))
      throw std::logic_error{"a stored unit is none"};
    model = std::move(again);
  }
  std::string page() const {
    std::string text;
    json_object view{text};
    model.show(view, open);
    view.close();
    return text;
  }

private:
  void gather() {
    for (const auto& each : out.rows)
      lines[std::string{each.schema->name}].push_back(each.json);
    out.clear();
  }

  unit_log& log_;
  hosted_birth birth_;

public:
  hosted_output out;
  unit_part open;
  unit_model model;
  lines_by_kind lines;
};

} // namespace millwright::test

#pragma once

#include "actors/sensor/sensor_model.hpp"
#include "protocol/page.hpp"
#include "protocol/results.hpp"
#include "runtime/types/sensor_type_table.hpp"

#include <initializer_list>
#include <string>
#include <vector>

namespace millwright::fuzz {

/// What sensors are judged by here: the shipped types, every rule an alarm, so that all of their code is reached.
struct sensor_world {
  sensor_world() {
    for (auto& each : settings.rules)
      each.alarm = true;
    context.key = {{"plant-a"}, {"TI-101"}};
    context.equipment = {"reactor-7"};
    context.facility = std::make_shared<const facility_info>();
  }
  sensor_world(const sensor_world&) = delete;

  detection_settings settings;
  sensor_type_table types = load_sensor_types(MILLWRIGHT_FOLDER "/config/sensor-types.yaml");
  rule_book book{&settings, &types.types(), true};
  sensor_context context;
};

inline std::string encoded(const sensor_model& model) {
  std::string out;
  model.encode(out);
  return out;
}

/// Everything in `out` as bytes, row by row. The position of a sweep depends on when it comes, and is left out.
inline std::vector<std::string> told(const sensor_output& out) {
  std::vector<std::string> rows;
  const auto row = [&](std::initializer_list<event_time> times, auto... numbers) {
    binary_writer to{rows.emplace_back()};
    for (const auto at : times)
      to.time(at);
    (to.f64(static_cast<double>(numbers)), ...);
  };
  for (const auto& x : out.statistics)
    row({x.start, x.end}, x.avg, x.stddev, x.min, x.max, x.last, x.z, x.count, x.type, static_cast<int>(x.level));
  for (const auto& x : out.patterns)
    row({x.start, x.end}, x.slope, x.count, x.rapid_change, x.stuck);
  for (const auto& x : out.averages)
    row({x.start, x.end, x.latest}, x.avg, x.count);
  for (const auto& x : out.anomalies)
    row({x.time, x.window_start, x.window_end}, x.value, x.score, x.against.avg, x.against.stddev, x.against.min,
        x.against.max, x.against.count, static_cast<int>(x.which), static_cast<int>(x.level),
        static_cast<int>(x.origin));
  for (const auto& x : out.scores)
    row({x.time}, x.score, x.states.bits);
  for (auto x : out.transitions) {
    // Whether a reading or a tick brought it is no part of what was decided.
    x.position = 0;
    x.swept = false;
    binary_writer to{rows.emplace_back()};
    encode(to, x);
  }
  return rows;
}

/// The same for people, to see where two differ.
inline std::string shown(const sensor_output& out, const sensor_type_table& types) {
  std::string text;
  const auto lines = [&](const auto& rows, auto... more) {
    for (const auto& row : rows) {
      append_json(text, row, more...);
      text += '\n';
    }
  };
  lines(out.statistics, types.types());
  lines(out.patterns);
  lines(out.averages);
  lines(out.anomalies);
  lines(out.scores);
  for (const auto& transition : out.transitions)
    lines(std::vector{page{{"channel"}, page_kind::alert, transition, false}});
  return text;
}

} // namespace millwright::fuzz

#include "actors/kit/actor_declaration.hpp"
#include "runtime/settings/tables.hpp"

namespace millwright {

void require(bool holds, const std::vector<std::string>& keys, const std::string& what, settings_report& report) {
  if (holds)
    return;
  for (const auto& key : keys)
    if (report.wrong(key))
      return;
  for (const auto& key : keys)
    if (report.given(key))
      return report.mistake(report.where(key), what);
  report.mistake(keys.front(), what);
}

namespace {

void check_window(const std::string& key, milliseconds pane, milliseconds length, milliseconds slide,
                  settings_report& report) {
  const std::string length_key = key + ".length", slide_key = key + ".slide";
  require(length % pane == milliseconds{0}, {length_key, "windows.pane"},
          "expected length to be a multiple of windows.pane", report);
  require(slide % pane == milliseconds{0}, {slide_key, "windows.pane"},
          "expected slide to be a multiple of windows.pane", report);
  require(slide <= length, {slide_key, length_key}, "expected slide to be at most length", report);
  require(length / pane <= 10'000, {length_key, "windows.pane"}, "expected at most 10000 panes in a length", report);
}

void check_detection(const detection_settings& d, settings_report& report) {
  const auto& w = d.windows;
  check_window("windows.statistics", w.pane, w.statistics_length, w.statistics_slide, report);
  check_window("windows.patterns", w.pane, w.patterns_length, w.patterns_slide, report);
  check_window("windows.averages", w.pane, w.averages_length, w.averages_slide, report);
  require(d.z.clear_below <= d.z.medium && d.z.medium <= d.z.high && d.z.high <= d.z.critical,
          {"rules.z.clear_below", "rules.z.medium", "rules.z.high", "rules.z.critical"},
          "expected clear_below <= medium <= high <= critical", report);
  require(d.z.slow_weight > 0, {"rules.z.slow_weight"}, "expected a share above 0", report);
  require(d.state.skip < d.state.learn, {"rules.state.skip", "rules.state.learn"},
          "expected skip to be less than learn", report);
  for (const auto& [key, weight] : {std::pair{"level", d.state.level_weight},
                                    {"change", d.state.change_weight},
                                    {"trend", d.state.trend_weight},
                                    {"spread", d.state.spread_weight}})
    require(weight > 0, {"rules.state." + std::string{key} + "_weight"}, "expected a share above 0", report);
}

void check_monitor(const monitor_settings& m, settings_report& report) {
  require(m.every <= m.alarms.average, {"monitor.every", "monitor.alarms.average"},
          "expected monitor.every to be at most monitor.alarms.average", report);
  require(m.every * m.kept >= m.alarms.average, {"monitor.kept", "monitor.every", "monitor.alarms.average"},
          "expected so many samples, so far apart, to reach over monitor.alarms.average", report);
  const auto& a = m.advice;
  const std::string commits = "monitor.advice.commits.", nodes = "monitor.advice.nodes.";
  require(a.middle_rate <= a.high_rate, {commits + "middle_rate", commits + "high_rate"},
          "expected middle_rate to be at most high_rate", report);
  require(a.lag_low <= a.lag && a.lag <= a.lag_high, {nodes + "lag_low", nodes + "lag", nodes + "lag_high"},
          "expected lag_low <= lag <= lag_high", report);
  require(a.memory_low <= a.memory_high, {nodes + "memory_low", nodes + "memory_high"},
          "expected memory_low to be at most memory_high", report);
  require(a.least_nodes <= a.most_nodes, {nodes + "least", nodes + "most"}, "expected least to be at most most",
          report);
  require(a.some_facilities <= a.many_facilities,
          {"monitor.advice.partitions.some_facilities", "monitor.advice.partitions.many_facilities"},
          "expected some_facilities to be at most many_facilities", report);
}

void check_source(const source_settings& source, settings_report& report) {
  const auto& file = source.file;
  if (source.kind == source_kind::file) {
    require(!file.paths.empty(), {"source.type", "source.file.paths"},
            "expected also source.file.paths for a file source", report);
    for (const auto& path : file.paths)
      require(file.csv.has_value() || !path.ends_with(".csv"), {"source.file.paths", "source.file.csv"},
              "expected also source.file.csv, the mapping of \"" + path + '"', report);
  }
  const auto& plant = source.simulation;
  require(plant.facilities <= plant.sensors, {"source.simulation.facilities", "source.simulation.sensors"},
          "expected at most as many facilities as sensors", report);
  double shares = 0;
  for (const auto& [type, share] : plant.mix)
    shares += share;
  require(plant.mix.empty() || shares > 0, {"source.simulation.mix"}, "expected a share above 0 for at least one type",
          report);
  for (size_t i = 0; i < plant.faults.size(); ++i) {
    const auto key = "source.simulation.faults[" + std::to_string(i) + "]";
    require(!plant.faults[i].kind.empty() || report.wrong(key), {key + ".kind", key, "source.simulation.faults"},
            "expected a kind for each fault", report);
  }
}

} // namespace

void check_csv_mapping(const csv_mapping& mapping, const std::string& where, settings_report& report) {
  // The keys stand below source.file.csv, or at the top of a file of their own.
  const auto wrong = [&](const std::string& key) {
    return report.wrong(key) || report.wrong("source.file.csv." + key);
  };
  const auto expect = [&](bool holds, const std::string& key, const std::string& what) {
    if (!holds && !wrong(key))
      report.mistake(where, what);
  };
  expect(!mapping.timestamp.empty(), "timestamp", "expected timestamp, the header of the column with the time");
  expect(!mapping.sensors.empty() || !mapping.fields.empty(), "sensors",
         "expected sensors (columns of one sensor each) or fields (a reading a row)");
  const auto has = [&](const std::string& field) {
    return mapping.constants.contains(field) || mapping.fields.contains(field);
  };
  expect(has("facility_id"), "constants", "expected facility_id among constants or fields");
  if (mapping.sensors.empty() && !mapping.fields.empty())
    expect(has("sensor_id"), "fields", "expected sensor_id among constants or fields");
  for (size_t i = 0; i < mapping.sensors.size(); ++i) {
    const auto key = "sensors[" + std::to_string(i) + "]";
    const auto& column = mapping.sensors[i];
    if (!wrong(key) && !wrong(key + ".column") && !wrong(key + ".sensor_id"))
      expect(!column.column.empty() && !column.sensor_id.empty(), key, "expected column and sensor_id in " + key);
  }
}

namespace {

// Of the actors above the sensors: each kind knows what must hold between its own.
void check_actors(const node_settings& settings, settings_report& report) {
  for (const auto* kind : declared_actors()) {
    if (!kind->problem)
      continue;
    actor_settings given{kind->settings};
    std::vector<std::string> keys;
    for (const auto& each : kind->settings) {
      const auto name = std::string{kind->name} + '.' + std::string{each.key};
      keys.push_back("actors." + name);
      if (const auto set = settings.actors.find(name); set != settings.actors.end())
        given.set(each.key, set->second);
    }
    const auto problem = kind->problem(given);
    require(problem.empty(), keys, problem, report);
  }
}

} // namespace

void check_settings(const node_settings& settings, settings_report& report) {
  check_actors(settings, report);
  check_source(settings.source, report);
  if (settings.source.file.csv && !report.wrong("source.file.csv"))
    check_csv_mapping(*settings.source.file.csv, report.where("source.file.csv"), report);
  require(settings.ledger.retention_bytes <= settings.ledger.map_bytes, {"ledger.retention.size", "ledger.map_size"},
          "expected retention.size to be at most map_size", report);
  check_detection(settings.detection, report);
  check_monitor(settings.monitor, report);
  require(settings.health.critical_below <= settings.health.warning_below,
          {"health.critical_below", "health.warning_below"}, "expected critical_below to be at most warning_below",
          report);
  check_channels(settings.channels, report);
  check_routes(settings, report);
}

} // namespace millwright

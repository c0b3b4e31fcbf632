#pragma once

#include "runtime/simulation/simulated_plant.hpp"
#include "runtime/types/sensor_type_table.hpp"

#include <doctest/doctest.h>
#include <rapidjson/document.h>

#include <map>
#include <string>
#include <vector>

namespace millwright {

inline const event_time plant_start = from_epoch_ms(1'767'225'600'000); // 2026-01-01T00:00:00Z

inline const std::vector<sensor_type>& shipped_types() {
  static const auto table = load_sensor_types("config/sensor-types.yaml");
  return table.types();
}

inline simulation_settings small_plant(uint32_t sensors = 60, uint64_t seed = 7) {
  simulation_settings out;
  out.sensors = sensors;
  out.facilities = 3;
  out.seed = seed;
  out.start = plant_start;
  return out;
}

inline simulation_settings::fault fault_of(std::string kind, int64_t at_s, int64_t lasts_s, std::string sensor = {},
                                           double strength = 1) {
  return {std::move(kind), std::move(sensor), milliseconds{at_s * 1000}, milliseconds{lasts_s * 1000}, strength};
}

inline std::string lines_of(const simulated_plant& plant, uint64_t from, uint64_t to) {
  std::string out;
  plant_cursor cursor{plant.schedule(), from};
  for (; cursor.slot().tick < to; cursor.advance())
    if (plant.append_reading_json(cursor.slot(), out))
      out += '\n';
  return out;
}

/// The primary measure as a reader would get it.
inline double value_of(const rapidjson::Document& json, const sensor_type& type) {
  double sum = 0;
  for (const int each : type.primary) {
    const double x = json[type.fields[static_cast<size_t>(each)].name.c_str()].GetDouble();
    if (type.primary.size() == 1)
      return x;
    sum += x * x;
  }
  return std::sqrt(sum);
}

struct seen_reading {
  std::string line;
  /// Within the plant's time, seconds after its start.
  double arrived, shown;
  bool parsed = false;
  double value = 0, quality = 0;
};

/// All that one sensor says in the first `seconds`, as it comes.
inline std::vector<seen_reading> readings_of(const simulated_plant& plant, uint32_t sensor, int64_t seconds) {
  std::vector<seen_reading> out;
  const auto& schedule = plant.schedule();
  for (uint64_t cycle = 0; schedule.time_of(sensor, cycle) < seconds * 1'000'000'000; ++cycle) {
    seen_reading each;
    const plant_slot slot{0, cycle, schedule.time_of(sensor, cycle), sensor};
    if (!plant.append_reading_json(slot, each.line))
      continue;
    each.arrived = static_cast<double>(slot.at) * 1e-9;
    rapidjson::Document json;
    json.Parse<rapidjson::kParseValidateEncodingFlag>(each.line.c_str());
    if (!json.HasParseError() && json.IsObject() && json.HasMember("timestamp") && json["facility_id"].IsString() &&
        std::string_view{json["timestamp"].GetString()}.size() == 24) {
      each.parsed = true;
      each.value = value_of(json, plant.layout().type_of(sensor));
      each.quality = json["quality_score"].GetDouble();
      const std::string at = json["timestamp"].GetString();
      // One day of plant at most, by the time of day alone.
      each.shown = std::stod(at.substr(11, 2)) * 3600 + std::stod(at.substr(14, 2)) * 60 + std::stod(at.substr(17, 6));
      if (at.substr(0, 10) == "2025-12-31")
        each.shown -= 86'400;
    }
    out.push_back(std::move(each));
  }
  return out;
}

inline uint32_t sensor_with(const plant_layout& layout, std::string_view type) {
  for (uint32_t i = 0; i < layout.sensors(); ++i)
    if (layout.type_of(i).name == type && layout.analog(i))
      return i;
  FAIL("no sensor of type ", std::string{type});
  return 0;
}

inline std::string full_name(const plant_layout& layout, uint32_t sensor) {
  return layout.facilities()[layout.facility_of(sensor)].id.text + "/" + layout.sensor_id_of(sensor);
}

} // namespace millwright

#pragma once

#include "runtime/admin/plant_answer.hpp"
#include "runtime/admin/plant_counts.hpp"

#include <map>
#include <string>
#include <vector>

namespace millwright::testing {

/// A plant above the sensors in which nothing happens.
class fake_plant {
public:
  void add(std::string_view kind, const std::string& facility, const std::string& id, int rank,
           const std::string& state, const std::string& reason = {}) {
    lines.push_back({{std::string{kind}, {facility}, id},
                     {rank, state, reason, from_epoch_ms(1'795'000'000'000)},
                     from_epoch_ms(1'795'000'060'000)});
  }
  void page(std::string_view kind, const std::string& facility, const std::string& id, std::string json) {
    pages[{std::string{kind}, {facility}, id}] = std::move(json);
  }

  plant_source source() {
    return {[this] { return lines; },
            [this](const entity_key& key) -> std::optional<std::string> {
              asked.push_back(key);
              const auto found = pages.find(key);
              return found == pages.end() ? std::nullopt : std::optional{found->second};
            },
            {"facility", "line", "equipment", "join", "oven"}};
  }

  std::vector<entity_line> lines;
  std::map<entity_key, std::string> pages;
  std::vector<entity_key> asked;
};

/// Two facilities; in north a unit that is unstable, in south one that is offline.
inline fake_plant small_plant() {
  fake_plant out;
  out.add(facility_kind, "north", "", 3, "in alarm", "1 sensor in alarm");
  out.add(line_kind, "north", "A", 0, "running");
  out.add(unit_kind, "north", "pump-1", 5, "unstable", "VI-101 outside its normal range (high)");
  out.add(unit_kind, "north", "pump-2", 0, "healthy");
  out.add(unit_kind, "north", "shared", 0, "healthy");
  out.add(facility_kind, "south", "", 0, "well");
  out.add(unit_kind, "south", "fan-1", 2, "offline", "no reading for 10 minutes");
  out.add(unit_kind, "south", "shared", 1, "learning");
  out.add(unit_kind, "south", "north", 0, "healthy");
  out.add("oven", "south", "oven-7", 3, "too hot", "door open");
  out.page(facility_kind, "north", "",
           R"({"facility_id":"north","facility_name":"North works",)"
           R"("from":"2026-11-18T11:06:00.000Z","to":"2026-11-18T11:06:59.500Z",)"
           R"("readings_per_second":101.4,"avg_sensor_reading":47.2,"quality_alerts":3,)"
           R"("distinct_sensors":1334,"active_equipment":3,"active_sensors":6084,)"
           R"("sensors_by_state":{"abnormal":2,"in_alarm":1,"stale":0,"bad":4}})");
  out.page(line_kind, "north", "A",
           R"({"production_line":"A","facility_id":"north","from":"2026-11-18T11:00:00.000Z",)"
           R"("to":"2026-11-18T11:06:59.500Z","avg_power_consumption":4523.71,"avg_vibration":null,)"
           R"("avg_temperature":81.25,"active_equipment":3,"readings":23234,"optimal_readings":9,"efficiency":0.3})");
  out.page(
      unit_kind, "north", "pump-1",
      R"x({"health":"unstable","reason":"VI-101 outside its normal range (high)",)x"
      R"("since":"2026-11-18T11:06:40.000Z","rank":5,"presence":"online",)"
      R"("presence_since":"2026-11-18T10:00:00.000Z","maintenance_since":null,)"
      R"("last_maintenance":"2026-11-01T08:00:00.000Z","runtime_hours":12.5,"readings":34343,"faults":3,)"
      R"("last_update":"2026-11-18T11:07:39.000Z","health_score":0.41,"health_score_of":"VI-101",)"
      R"("health_score_at":"2026-11-18T11:07:39.000Z","risk_level":"warning","maintenance_recommended":false,)"
      R"("extrapolated":false,"grease":"fresh",)"
      R"("sensors":{"all":2,"abnormal":1,"in_alarm":1,"stale":0,"bad_quality":0},)"
      R"("types":[{"type":"vibration","from":"2026-11-18T11:03:00.000Z","to":"2026-11-18T11:08:00.000Z",)"
      R"("avg":1.3,"peak":1.43925,"stddev":0.0125,"quality":0.987654321,"count":1200,"status":"unstable"}],)"
      R"("members":[{"sensor":"VI-101","type":"vibration","at":"2026-11-18T11:07:39.000Z","value":1.43925,)"
      R"("quality":0.99,"health_score":0.41,"abnormal":true,"in_alarm":true,"stale":false,"bad_quality":false,"conditions":)"
      R"([{"rule":"state","severity":"high","since":"2026-11-18T11:06:40.000Z","pages":true}]},)"
      R"({"sensor":"TI-101","type":"temperature","at":"2026-11-18T11:07:38.000Z","value":81,"quality":null,)"
      R"("abnormal":false,"in_alarm":false,"stale":false,"bad_quality":false,"conditions":[]}]})");
  out.page("oven", "south", "oven-7",
           R"({"set_point":1250,"door_open":true,"opened_at":"2026-11-18T11:06:40.000Z","by":null,)"
           R"("zones":[{"zone":"top","now":1249.5},{"zone":"floor","now":1251}],"limits":{"low":900,"high":1300}})");
  return out;
}

} // namespace millwright::testing

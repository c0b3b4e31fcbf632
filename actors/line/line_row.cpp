#include "actors/line/line_row.hpp"

#include "protocol/json.hpp"

namespace millwright {

namespace {

using value = row_column::value;

constexpr row_column columns[] = {
    {"production_line", value::text},     {"facility_id", value::text},        {"shift", value::text},
    {"window_start", value::time},        {"window_end", value::time},         {"avg_power_consumption", value::number},
    {"avg_vibration", value::number},     {"avg_temperature", value::number},  {"active_equipment", value::integer},
    {"optimal_readings", value::integer}, {"efficiency_score", value::number},
};

} // namespace

const row_schema line_row::schema{"lines", 1, columns};

void append_json(std::string& out, const line_row& row) {
  json_object line{out};
  line.text("production_line", row.line)
      .text("facility_id", row.facility.text)
      .text("shift", name_of(row.shift))
      .time("window_start", row.start)
      .time("window_end", row.end)
      .number("avg_power_consumption", row.avg_power)
      .number("avg_vibration", row.avg_vibration)
      .number("avg_temperature", row.avg_temperature)
      .integer("active_equipment", static_cast<int64_t>(row.units))
      .integer("optimal_readings", static_cast<int64_t>(row.optimal))
      .number("efficiency_score", row.efficiency);
  if (row.open)
    line.boolean("final", false);
  line.close();
}

} // namespace millwright

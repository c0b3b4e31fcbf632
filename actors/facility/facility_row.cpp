#include "actors/facility/facility_row.hpp"

#include "protocol/json.hpp"

namespace millwright {

namespace {

using value = row_column::value;

constexpr row_column columns[] = {
    {"facility_id", value::text},          {"facility_name", value::text},
    {"window_start", value::time},         {"window_end", value::time},
    {"active_sensors", value::integer},    {"distinct_sensors", value::integer},
    {"avg_sensor_reading", value::number}, {"active_equipment", value::integer},
    {"quality_alerts", value::integer},    {"final", value::boolean},
};

} // namespace

const row_schema facility_row::schema{"facility", 1, columns};

void append_json(std::string& out, const facility_row& row) {
  json_object{out}
      .text("facility_id", row.facility.text)
      .text_or_null("facility_name", row.facility_name)
      .time("window_start", row.start)
      .time("window_end", row.end)
      .integer("active_sensors", static_cast<int64_t>(row.readings))
      .integer("distinct_sensors", static_cast<int64_t>(row.sensors))
      .number("avg_sensor_reading", row.avg)
      .integer("active_equipment", static_cast<int64_t>(row.units))
      .integer("quality_alerts", static_cast<int64_t>(row.quality_alerts))
      .boolean("final", row.final)
      .close();
}

} // namespace millwright

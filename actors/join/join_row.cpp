#include "actors/join/join_row.hpp"

#include "protocol/json.hpp"

namespace millwright {

namespace {

using value = row_column::value;

constexpr row_column columns[] = {
    {"join", value::text},
    {"key", value::text},
    {"facility_id", value::text},
    {"timestamp", value::time},
    {"sensor_id", value::text},
    {"value", value::number},
    {"secondary_timestamp", value::time},
    {"secondary_sensor_id", value::text},
    {"secondary_value", value::number},
};

} // namespace

const row_schema join_row::schema{"joins", 1, columns};

void append_json(std::string& out, const join_row& row) {
  json_object{out}
      .text("join", row.join)
      .text("key", row.key)
      .text("facility_id", row.facility.text)
      .time("timestamp", row.time)
      .text("sensor_id", row.sensor.text)
      .number("value", row.value)
      .time("secondary_timestamp", row.secondary_time)
      .text("secondary_sensor_id", row.secondary_sensor.text)
      .number("secondary_value", row.secondary_value)
      .close();
}

} // namespace millwright

#include "protocol/results.hpp"

#include "protocol/json.hpp"

namespace millwright {

void append_json(std::string& out, const statistics_row& row, const std::vector<sensor_type>& types) {
  json_object{out}
      .text("sensor_id", row.context->key.sensor.text)
      .text("facility_id", row.context->key.facility.text)
      .text("sensor_type", types[row.type].name)
      .text_or_null("equipment_id", row.context->equipment.text)
      .time("window_start", row.start)
      .time("window_end", row.end)
      .number("avg", row.avg)
      .number("stddev", row.stddev)
      .number("min", row.min)
      .number("max", row.max)
      .integer("count", row.count)
      .number("last", row.last)
      .number("z", row.z)
      .text("severity", name_of(row.level))
      .close();
}

void append_json(std::string& out, const patterns_row& row) {
  json_object{out}
      .text("sensor_id", row.context->key.sensor.text)
      .text("facility_id", row.context->key.facility.text)
      .text_or_null("equipment_id", row.context->equipment.text)
      .time("window_start", row.start)
      .time("window_end", row.end)
      .number("slope", row.slope)
      .integer("count", row.count)
      .boolean("rapid_change", row.rapid_change)
      .boolean("stuck", row.stuck)
      .close();
}

void append_json(std::string& out, const averages_row& row) {
  json_object{out}
      .text("sensor_id", row.context->key.sensor.text)
      .text("facility_id", row.context->key.facility.text)
      .time("window_start", row.start)
      .time("window_end", row.end)
      .number("avg", row.avg)
      .integer("count", row.count)
      .time("latest_timestamp", row.latest)
      .close();
}

void append_json(std::string& out, const anomaly_row& row) {
  std::string against;
  json_object{against}
      .number("avg", row.against.avg)
      .number("stddev", row.against.stddev)
      .number("min", row.against.min)
      .number("max", row.against.max)
      .integer("count", row.against.count)
      .close();
  const auto& context = *row.context;
  json_object{out}
      .text("anomaly_id", to_string(anomaly_id_of(row)))
      .time("timestamp", row.time)
      .text("sensor_id", context.key.sensor.text)
      .text_or_null("equipment_id", context.equipment.text)
      .text("facility_id", context.key.facility.text)
      .text_or_null("facility_name", context.facility ? std::string_view{context.facility->name} : std::string_view{})
      .text("rule", name_of(row.which))
      .text("severity", name_of(row.level))
      .number("value", row.value)
      .number("score", row.score)
      .raw("baseline", against)
      .time("window_start", row.window_start)
      .time("window_end", row.window_end)
      .text("origin", row.origin == anomaly_origin::reading ? "reading" : "window")
      .close();
}

void append_json(std::string& out, const score_row& row) {
  std::string states = "[";
  for (int i = 0; i < rule_count; ++i)
    if (row.states.has(static_cast<rule>(i))) {
      if (states.size() > 1)
        states += ',';
      append_json_string(states, name_of(static_cast<rule>(i)));
    }
  states += ']';
  json_object{out}
      .text("sensor_id", row.context->key.sensor.text)
      .text("facility_id", row.context->key.facility.text)
      .time("timestamp", row.time)
      .number("score", row.score)
      .raw("states", states)
      .number("z", row.z)
      .number("novelty", row.novelty)
      .number("state", row.state)
      .close();
}

uuid anomaly_id_of(const anomaly_row& row) {
  std::string name = "anomaly";
  for (const std::string_view part :
       {row.context->key.facility.view(), row.context->key.sensor.view(), name_of(row.which)}) {
    name += '\0';
    name += part;
  }
  name += '\0' + std::to_string(epoch_ms(row.time)) + (row.origin == anomaly_origin::reading ? "r" : "w");
  return uuid_v5(name);
}

} // namespace millwright

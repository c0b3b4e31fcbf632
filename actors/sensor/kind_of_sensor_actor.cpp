#include "actors/sensor/kind_of_sensor_actor.hpp"

#include "protocol/result_catalogue.hpp"

#include <array>

namespace millwright {

const actor_type& sensor_kind() {
  static const std::array rows{schema_of(result_kind::statistics), schema_of(result_kind::patterns),
                               schema_of(result_kind::averages),   schema_of(result_kind::anomalies),
                               schema_of(result_kind::alarms),     schema_of(result_kind::scores)};
  static const actor_type type = [] {
    actor_type out;
    out.name = "sensor";
    out.meaning = "a sensor: its windows, its rules, its alarms";
    out.tells_alarms = true;
    out.own_shell = true;
    out.rows = rows;
    return out;
  }();
  return type;
}

} // namespace millwright

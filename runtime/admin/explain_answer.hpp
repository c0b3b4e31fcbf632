#pragma once

#include "actors/route/route_table.hpp"
#include "protocol/alarm_record.hpp"
#include "protocol/detection_settings.hpp"
#include "runtime/admin/called_names.hpp"
#include "runtime/admin/plant_answer.hpp"
#include "runtime/hosting/explained_sensor.hpp"
#include "runtime/journal/journal.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// What an explanation is made of; see admin_backend.
struct explain_source {
  using record_pointer = std::shared_ptr<const alarm_record>;

  /// The alarms and observations that it holds for, in no order.
  std::function<std::vector<record_pointer>(const std::function<bool(const alarm_record&)>& wanted)> alarms;
  sensor_lister sensors;
  /// None: nothing of it is committed.
  std::function<std::optional<explained_sensor>(const sensor_key&)> sensor;
  plant_source plant;
  /// What a channel says of itself, as a JSON object; none where it does not answer.
  std::function<std::optional<std::string>(const std::string& channel)> channel;
  /// Each outlives this; none may be null.
  const detection_settings* detection = nullptr;
  const route_table* routes = nullptr;
  journal* pages = nullptr;
  /// Wall clock.
  std::function<event_time()> now;
  /// What is shelved.
  std::function<std::vector<alarm_shelf>()> shelves;
};

/// Why an alarm paged, or a sensor or a unit did not: JSON lines, the most important first. The field `row` says of
/// what: answer, shelf, sensor, unit, rule, alarm, remark,
/// priority, route, told, page, waiting, channel. A row about one of several
/// alarms has its short id as `alarm`, one about one of several sensors its id as `sensor`.
///   {"row":"answer","paged":false,"text":"TI-101 ... has not paged: ..."}
///   {"row":"rule","sensor":"TI-101","rule":"limit","standing":"well","pages":true,"value":98.9,"high":106.6,...}
/// @param name an alarm's id or so much of its beginning that only one has it, SENSOR, UNIT, FACILITY/SENSOR or
/// FACILITY/UNIT. Throws failure(not_found) where nothing, or several things, are called so.
std::string explain(const std::string& name, const explain_source& from);

} // namespace millwright

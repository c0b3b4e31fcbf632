#pragma once

#include "protocol/results.hpp"
#include "protocol/sensor_questions.hpp"
#include "runtime/admin/maintenance_request.hpp"
#include "runtime/admin/plant_request.hpp"
#include "runtime/admin/sensor_word_request.hpp"
#include "runtime/admin/shelving_request.hpp"
#include "runtime/admin/tree_request.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millwright {

enum class admin_question : uint8_t {
  results,
  alarms,
  observations,
  acknowledge,
  status,
  sensors,
  forget_sensors,
  load,
  plant,
  tree,
  describe,
  maintenance,
  shelve,
  unshelve,
  note,
  shelves,
  explain,
  sensor_word,
};

/// Rows of a kind that a person wants to see.
struct results_request {
  result_kind kind{};
  /// Exactly this id; empty: any. Only for kinds that have one.
  std::string sensor;
  std::string facility;
  /// So many of the newest ones first. Kind `counts` always gives all.
  uint64_t last = 20;
  /// Then go on with what is committed, without end.
  bool follow = false;
  /// Also windows that are still open, as they stand; with `follow` every second those that have changed.
  bool updates = false;

  bool filtered() const { return !sensor.empty() || !facility.empty(); }
};

/// One line of the socket's protocol, which docs and people may write by hand:
///   {"request":"results","kind":"anomalies","sensor":"TI-101","facility":"site-1","last":20,"follow":true,"updates":false}
///   {"request":"alarms","all":true,"limit":100}
///   {"request":"observations","all":true,"limit":100}
///   {"request":"ack","id":"1f3a9c02","by":"anna"}
///   {"request":"status"}
///   {"request":"sensors","sensor":"TI-*","facility":"*","state":"asleep","limit":100}
///   {"request":"load","minutes":10}
///   {"request":"load","samples":300}
///   {"request":"forget","sensor":"TI-?1","facility":"site-1","state":"any","limit":10}
///   {"request":"maintenance","what":"begin","name":"site-1/pump-1","facility":"","by":"anna","note":"new bearing"}
///   {"request":"relearn","name":"site-1/TI-101","facility":"","by":"anna"}
///   {"request":"retire","name":"site-1/TI-101","facility":"","by":"anna"}
///   {"request":"unretire","name":"site-1/TI-101","facility":"","by":"anna"}
///   {"request":"shelve","name":"site-1/pump-1","facility":"","kind":"","for_ms":14400000,"reason":"new
///   bearing","by":"anna"}
///   {"request":"unshelve","name":"site-1/pump-1","facility":"","kind":"unit","by":"anna"}
///   {"request":"shelves"}
///   {"request":"note","id":"1f3a9c02","text":"the gauge sticks","by":"anna"}
///   {"request":"plant","name":"site-1/pump-1","facility":"site-1","kind":"equipment","limit":20}
///   {"request":"tree","name":"node","most":20}
///   {"request":"tree","name":"node/shard/0","kind":"sensor","from":0,"limit":1000}
///   {"request":"describe","name":"node/shard/0/sensor/site-1/TI-101"}
///   {"request":"explain","name":"TI-101"}
struct admin_request {
  admin_question question{};
  results_request results;
  /// alarms, observations: cleared ones, too.
  bool all = false;
  uint32_t limit = 100;
  /// ack; explain: an alarm's id, or what else is to be explained
  std::string id;
  std::string by;
  /// sensors, forget
  sensor_filter sensors;
  /// load: the minutes to sum up, 0 for what the node's settings say; or so many of the newest samples themselves.
  uint32_t minutes = 0;
  uint32_t samples = 0;
  plant_request plant;
  tree_request tree;
  maintenance_request maintenance;
  /// shelve, unshelve, note
  shelving_request shelving;
  /// relearn, retire, unretire
  sensor_word_request word;
};

inline constexpr uint64_t most_last = 10'000'000;
inline constexpr uint32_t most_alarms = 100'000;
inline constexpr uint32_t most_sensors = 1'000'000;
inline constexpr uint32_t most_minutes = 100'000;
/// Of a shelf, in ms; how long one may last is a setting.
inline constexpr uint64_t longest_shelf_ms = 365ull * 24 * 3'600'000;
inline constexpr uint32_t most_samples = 1'000'000;

/// What to tell a person who named `name`, which is none of them.
std::string unknown_result_kind(const std::string& name);
/// In words, that rows of the kind have no such id; empty where they have what is asked for.
std::string cannot_filter(const results_request& x);

/// Throws failure(bad_usage) that says what is wrong with it.
admin_request parse_request(std::string_view line);

/// The line that `parse_request` takes, without a line feed.
std::string to_json(const admin_request& x);

} // namespace millwright

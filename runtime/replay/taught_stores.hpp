#pragma once

#include "actors/sensor/lessons.hpp"
#include "actors/sensor/rule_book.hpp"
#include "runtime/ledger/lmdb_ledger.hpp"
#include "runtime/ledger/repair/fresh_directory.hpp"
#include "runtime/replay/newest_states.hpp"
#include "runtime/settings/settings.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// A sensor whose lessons are over.
struct taught_sensor {
  sensor_key key;
  /// As the ledger keeps it.
  std::string state;
  lessons learned;
};

/// What recordings taught, in the order of the ledger's keys. @param end the recordings' time at their end.
std::vector<taught_sensor> taught_by(const newest_states& states, const rule_book& book, event_time end);

/// The ledger and the alarm journal that a node starts on: made beside their places, and there whole or not at all.
class taught_stores {
public:
  /// Throws `failure`, also where there is something in their places.
  explicit taught_stores(const node_settings& settings);

  /// Durable on return. False where `stop` said so: nothing was made. Throws `failure`.
  /// @param by what taught them, in words.
  bool keep(std::vector<taught_sensor> sensors, const std::string& by, const std::function<bool()>& stop);

private:
  const std::string ledger_path_, journal_path_;
  fresh_directory ledger_place_, journal_place_;
  std::unique_ptr<lmdb_ledger> ledger_;
};

} // namespace millwright

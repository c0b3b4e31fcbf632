#pragma once

#include "runtime/decisions/sensor_word.hpp"
#include "runtime/entry/barrier_share.hpp"
#include "runtime/entry/plant_changes.hpp"
#include "runtime/entry/reading_intake.hpp"
#include "runtime/entry/sensor_feeds.hpp"
#include "runtime/entry/split_decisions.hpp"
#include "runtime/entry/split_table.hpp"
#include "runtime/hosting/sensor_keeper.hpp"
#include "runtime/hosting/sensor_roster.hpp"

#include <map>
#include <optional>
#include <string>

namespace millwright {

/// What people have sensors do: noted in the log of decisions of the split that feeds the sensor, told to it at that
/// place, and kept with who said it. The driver's thread.
class sensor_desk {
public:
  struct parts {
    sensor_keeper& keeper;
    split_table& splits;
    split_decisions& decisions;
    plant_changes& changes;
    sensor_feeds& feeds;
    reading_intake& intake;
    barrier_share& share;
    /// Null in a replay.
    sensor_roster* roster;
    /// The plant's readings alone say what time it is there: a recording, a simulated plant.
    bool own_time;
  };

  explicit sensor_desk(parts given) : parts_{given} {}

  /// What was said before this run, from the ledger's small named state of the node. Removes what it takes.
  void recover(std::map<std::string, std::string>& node_state);

  /// Notes it, as of now: since when it holds. None while what was said before a crash is still to come. Throws
  /// failure(not_found) with the reason where it cannot be noted.
  std::optional<event_time> note(sensor_word wanted);

  /// It is in the log: the sensor is told, behind all that came before that place.
  void tell(split_state& split, const decision& entry);

  /// Since when it learns anew, and who said so; none: nobody did.
  std::optional<sensor_word> said_of(const sensor_key& key) const;

private:
  split_state& split_for(const sensor_word& wanted);
  void learn_anew(split_state& split, const sensor_word& word);
  split_state& split_of(const sensor_key& key);
  split_state& split_or_first(bool has, uint16_t number);

  const parts parts_;
  /// Few sensors have any.
  std::map<sensor_key, sensor_word> said_;
};

} // namespace millwright

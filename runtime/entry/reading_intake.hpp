#pragma once

#include "runtime/barrier/collector.hpp"
#include "runtime/entry/barrier_share.hpp"
#include "runtime/entry/clock_skews.hpp"
#include "runtime/entry/driver_clock.hpp"
#include "runtime/entry/mode_desk.hpp"
#include "runtime/entry/own_conditions.hpp"
#include "runtime/entry/plant_changes.hpp"
#include "runtime/entry/plant_join.hpp"
#include "runtime/entry/reading_stamps.hpp"
#include "runtime/entry/sensor_feeds.hpp"
#include "runtime/entry/source_place.hpp"
#include "runtime/entry/split_silences.hpp"
#include "runtime/entry/split_table.hpp"
#include "runtime/hosting/sensor_keeper.hpp"
#include "runtime/hosting/sensor_roster.hpp"
#include "runtime/parse/reading_parser.hpp"
#include "runtime/settings/settings.hpp"
#include "runtime/watch/input_watch.hpp"
#include "runtime/watch/load_probe.hpp"
#include "runtime/watch/node_status.hpp"
#include "runtime/watch/quality_watch.hpp"
#include "runtime/watch/refusal_watch.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// The way of a record through the driver: judged to be a reading, stamped in the order of its split, sent to its
/// sensor; else laid aside. The driver's thread.
class reading_intake {
public:
  struct parts {
    const node_settings& settings;
    bool live;
    reading_parser& parser;
    sensor_keeper& keeper;
    collector& outputs;
    plant_join& plant;
    split_table& splits;
    split_decisions& decisions;
    reading_stamps& stamps;
    sensor_feeds& feeds;
    plant_changes& changes;
    source_place& place;
    split_silences& silences;
    clock_skews& skews;
    mode_desk& modes;
    const driver_clock& clock;
    barrier_share& share;
    own_conditions& own;
    node_status& status;
    /// Null in a replay.
    sensor_roster* roster;
    load_probe* load;
  };

  explicit reading_intake(parts given)
      : parts_{given}, recorded_{given.stamps.recorded()}, input_{given.settings.bad_input_share},
        quality_{given.settings.source.quality}, refusals_{given.settings.sensors_max} {}

  /// What was polled, in its order; it is parsed in place.
  void take(const std::vector<raw_record>& records);

  /// The sensor, in memory from here on where it sleeps; none: nobody knows it.
  std::optional<uint32_t> known(split_state& split, const sensor_key& key);

  /// Readings that went to their sensors so far.
  uint64_t sent() const { return sent_; }

  /// A reading that no actor takes any more goes to the dead letters.
  void refused(const reading& r, const std::string& reason, bool quarantined);

  /// Some ten times a second: whether the input is bad, and whether all sensors are taken on.
  void look(std::chrono::steady_clock::time_point now);

private:
  /// A record that was looked at ahead of its turn.
  struct prepared_record {
    parse_outcome outcome;
    uint64_t hash = 0;
    /// As it came; in `as_it_came` where parsing changes it.
    std::string_view payload;
    std::string as_it_came;
    std::string detail;
  };

  void prepare(const raw_record& record, prepared_record& to);
  void take(const raw_record& record, const prepared_record& prepared);
  void accept(split_state& split, const raw_record& record, const prepared_record& prepared);
  void reject(split_state& split, const raw_record& record, rejection reason, std::string_view detail,
              std::string_view payload);
  void hear(split_state& split, const raw_record& record);
  bool retired(split_state& split, const raw_record& record, const parse_outcome& outcome);
  uint32_t slot_of(split_state& split, const prepared_record& prepared);
  std::optional<uint32_t> wake(split_state& split, std::string_view facility, std::string_view sensor);
  uint32_t in_step(uint32_t slot, const split_state& split);
  void lay_aside(split_state& split, const raw_record& record, std::string_view reason, std::string_view detail,
                 std::string_view payload);
  void tell_taken();

  const parts parts_;
  const bool recorded_;
  static constexpr size_t prepared_group = 16;
  /// One group at work, and the next.
  std::array<prepared_record, 2 * prepared_group> prepared_;
  /// For `status`, since it was last told.
  struct {
    uint64_t taken = 0, bytes = 0, accepted = 0;
  } untold_;
  uint64_t sent_ = 0;
  input_watch input_;
  quality_watch quality_;
  refusal_watch refusals_;
};

} // namespace millwright

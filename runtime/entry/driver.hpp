#pragma once

#include "runtime/barrier/barrier_pace.hpp"
#include "runtime/decisions/decision_log.hpp"
#include "runtime/decisions/decision_writer.hpp"
#include "runtime/entry/dead_letter.hpp"
#include "runtime/entry/plant_join.hpp"
#include "runtime/entry/sensor_homes.hpp"
#include "runtime/entry/split_state.hpp"
#include "runtime/entry/sweep_pace.hpp"
#include "runtime/hosting/sensor_keeper.hpp"
#include "runtime/hosting/sensor_roster.hpp"
#include "runtime/parse/reading_parser.hpp"
#include "runtime/settings/settings.hpp"
#include "runtime/source/source.hpp"
#include "runtime/watch/input_watch.hpp"
#include "runtime/watch/load_probe.hpp"
#include "runtime/watch/node_conditions.hpp"
#include "runtime/watch/node_status.hpp"
#include "runtime/watch/quality_watch.hpp"
#include "runtime/watch/skew_watch.hpp"
#include "runtime/watch/source_reach.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// Of a steady clock.
inline int64_t milliseconds_of(std::chrono::steady_clock::time_point at) {
  return std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count();
}

/// What a driver works with; all of it outlives the driver.
struct driver_parts {
  const node_settings& settings;
  source& readings;
  reading_parser& parser;
  sensor_keeper& keeper;
  collector& outputs;
  plant_join& plant;
  /// None in a replay: nothing is decided there but by readings.
  decision_log* decisions = nullptr;
  node_status& status;
  /// Told of each condition of the node itself; empty in a replay.
  std::function<void(const alarm_transition&)> tell = {};
  /// Told the source's identity once it is known, before any of its readings; throws where it is foreign.
  std::function<void(const std::string&)> identify = {};
  /// Told of each split, with the position from which it goes on, before any of its readings.
  std::function<void(uint16_t, uint64_t)> found_split = {};
  /// Told of a split whose log was made anew, with the position from which the new one is read.
  std::function<void(uint16_t, uint64_t)> log_anew = {};
  /// Set by whoever wants the driver to end; may be null.
  const std::atomic<bool>* stop = nullptr;
  /// The oldest version of metadata that a recovery may need; empty: every one.
  std::function<uint64_t()> oldest_version = {};
  /// Who sleeps, and is forgotten; null in a replay.
  sensor_roster* roster = nullptr;
  /// Takes samples of the node's load; null in a replay.
  load_probe* load = nullptr;
};

/// The thread on which readings enter a node: takes records, judges which are readings, stamps them in the order of
/// their split, and sends them to their sensors' actors; leads barriers and sweeps past these; and notices what is
/// wrong with the source. The only thread that decides about order.
class driver {
public:
  /// @param live false for a replay: no wall clock decides anything.
  driver(driver_parts parts, node_conditions& conditions, bool live);

  /// Goes on from a commit: split name -> state and position.
  void recover(const std::map<std::string, std::string>& splits, const std::map<std::string, uint64_t>& positions);

  /// Runs until the source is finished or it is told to stop, then ends with a last barrier. Throws `failure` when the
  /// source or the decision log fails for good; what is committed stays so.
  void run();

  /// A reading that no actor takes any more goes to the dead letters. The driver's thread, from the keeper.
  void refused(const reading& r, const std::string& reason, bool quarantined);

  /// A sensor whose actor died again and again: an alarm says so. The driver's thread, from the keeper.
  void quarantined(uint32_t slot, const std::string& reason);

  /// A sensor leaves memory. The driver's thread, from the roster.
  void left(uint32_t slot, uint16_t split);
  /// A split's name and time, for the roster; empty and `never` where there is no such split yet. The time of
  /// `no_split` is the largest of all.
  std::string split_name(uint16_t split) const;
  event_time split_time(uint16_t split) const;

  /// A condition of the node itself, from any thread: handed to the driver, which alone numbers them.
  void report(rule which, std::string subject, bool wrong, std::string reason);

private:
  using steady = std::chrono::steady_clock;

  bool stopping() const { return parts_.stop && *parts_.stop; }
  void identify();

  /// A record that was looked at ahead of its turn.
  struct prepared_record {
    parse_outcome outcome;
    uint64_t hash = 0;
    /// As it came; in `as_it_came` where parsing changes it.
    std::string_view payload;
    std::string as_it_came;
    std::string detail;
  };

  void take_all();
  void tell_taken();
  void prepare(const raw_record& record, prepared_record& to);
  void take(const raw_record& record, const prepared_record& prepared);
  void accept(split_state& split, const raw_record& record, const prepared_record& prepared);
  void reject(split_state& split, const raw_record& record, rejection reason, std::string_view detail,
              std::string_view payload);
  split_clock::stamp stamp(split_state& split, const raw_record& record, const sensor_key& key, event_time time);
  void enter_bound(split_state& split, uint64_t position);
  void look_at_clocks(steady::time_point now);
  void collect_written();
  bool clock_is_behind(const split_state& split) const;
  uint32_t seconds_of(int64_t steady_ms) const;
  bool may_commit() const;
  uint32_t slot_of(split_state& split, const prepared_record& prepared);
  void feed(uint32_t slot, uint16_t split);
  event_time closing_of(uint32_t slot, const split_state& own) const;
  void lay_aside(split_state& split, const raw_record& record, std::string_view reason, std::string_view detail,
                 std::string_view payload);
  void add_splits();
  void recover_decisions(split_state& split);
  void prune_log_made_anew(const split_state& split);
  void apply_reached_changes();
  void apply_reached(split_state& split);
  void change_metadata(split_state& split, std::shared_ptr<const plant_metadata> next);
  /// Which models hold for what the split gives from here on.
  void note_models(const split_state& split);
  /// Brings the sensor in step with its split's metadata, before it is sent anything; whether its context changed.
  bool join(uint32_t slot, const split_state& split);
  /// Does so for the next sensors; true when all are.
  bool join_some();
  stored_place place_of(const std::string& split) const;
  void start_source();
  /// @param new_ones only those of which nothing is known yet. When everything polled is taken.
  void look_at_places(bool new_ones);
  void handle(const source_event& event);
  void lose(split_state& split, const source_event& event);
  void take_up_losses();
  void begin_log_anew(split_state& split);
  void apply_passed(split_state& split);
  void look_at_reach(steady::time_point now);
  void apply(split_state& split, const decision& entry);
  bool decide(split_state& split, decision entry);
  /// False where the log cannot be written: that is told, and it is not tried again within a second.
  bool log_decision(const split_state& split, const decision& entry);
  /// The split's first decision, if it has not been logged yet: it comes before any other.
  bool log_beginning(split_state& split);
  /// Tries again what could not be logged, and keeps commits waiting (`may_commit`).
  void log_what_is_missing();
  bool log_presses() const;
  void wait_for_credit();
  /// Where the splits stand, for what stands above the sensors.
  time_passed time_now() const;
  void cut();
  size_t asks_due(steady::time_point now);
  void sweep(size_t most);
  void look_after(steady::time_point now);
  void hear(steady::time_point now);
  bool has_nothing_yet(const split_state& split, steady::time_point now,
                       const std::optional<milliseconds>& fixed) const;
  void look_at_silence(steady::time_point now);
  void look_at_skew(steady::time_point now);
  std::string clocks_off(uint16_t split) const;
  std::string skew_of(split_state& split, steady::time_point now);
  void look_at_homes();
  void move(split_state& split, const std::string& sensors);
  void end_what_was_left(steady::time_point now);
  event_time smallest_time_but(const split_state& own) const;
  void look_at_metadata();
  void look_at_reports();
  void look_at_quarantines();
  void finish();
  void settle();
  void wrong(rule which, const std::string& subject, std::string reason);
  void tell_reason(rule which, const std::string& subject, std::string reason);
  void fine(rule which, const std::string& subject, std::string reason);
  void tell_own(const std::optional<alarm_transition>& transition);
  void count(std::string counter, std::string label, uint64_t n = 1);
  static event_time wall_now();

  driver_parts parts_;
  node_conditions& conditions_;
  bool live_;
  /// Neither arrival nor bound: what is ahead is told by the readings alone.
  bool recorded_;
  barrier_pace pace_;
  bool identified_ = false;
  /// A replay has come to its end: the next barrier is the last.
  bool ended_ = false;
  std::vector<split_state> splits_;
  std::map<std::string, std::string> stored_splits_;
  std::map<std::string, uint64_t> stored_positions_;
  /// Sensors that more than one split feeds, and by which.
  sensor_homes homes_;
  skew_watch skew_;
  uint64_t skew_seen_ = 0;
  steady::time_point skew_at_{};
  bool left_ended_ = false;
  record_batch batch_;
  static constexpr size_t prepared_group = 16;
  /// One group at work, and the next.
  std::array<prepared_record, 2 * prepared_group> prepared_;
  /// For `status`, since it was last told.
  struct {
    uint64_t taken = 0, bytes = 0, accepted = 0;
  } untold_;
  input_watch input_;
  quality_watch quality_;
  /// None in a replay.
  std::optional<source_reach> reach_;
  /// The driver's part of the current barrier's output.
  barrier_output own_;
  uint64_t sent_ = 0, taken_since_cut_ = 0;
  int64_t taken_ns_ = 0;
  int64_t wall_look_ms_ = 0;
  /// The node's clock at the last poll, and the driver's seconds since its begin.
  event_time wall_ = never;
  uint32_t spoke_now_ = 1;
  const steady::time_point begun_ = steady::now();
  /// A log of decisions that could not be written is not tried before.
  steady::time_point decide_again_{};
  /// Version of the metadata that some split has not changed to yet; empty: none.
  std::string metadata_wanted_;
  steady::time_point last_cut_, last_look_, last_second_, last_metadata_, last_ask_;
  /// Questions that may be asked by now.
  double asks_ = 0;
  uint32_t sweep_at_ = 0, join_at_ = 0;
  sweep_pace sweep_pace_{sweep_step};
  struct report_entry {
    rule which;
    std::string subject;
    bool wrong;
    std::string reason;
  };
  std::optional<decision_writer> writer_;
  std::mutex reports_mutex_;
  std::vector<report_entry> reports_;
};

} // namespace millwright

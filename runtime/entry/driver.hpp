#pragma once

#include "runtime/entry/barrier_cuts.hpp"
#include "runtime/entry/barrier_share.hpp"
#include "runtime/entry/clock_skews.hpp"
#include "runtime/entry/driver_clock.hpp"
#include "runtime/entry/maintenance_desk.hpp"
#include "runtime/entry/mode_desk.hpp"
#include "runtime/entry/own_conditions.hpp"
#include "runtime/entry/plant_changes.hpp"
#include "runtime/entry/quarantine_alarms.hpp"
#include "runtime/entry/quiet_sweep.hpp"
#include "runtime/entry/reading_intake.hpp"
#include "runtime/entry/reading_stamps.hpp"
#include "runtime/entry/sensor_desk.hpp"
#include "runtime/entry/sensor_feeds.hpp"
#include "runtime/entry/source_place.hpp"
#include "runtime/entry/split_decisions.hpp"
#include "runtime/entry/split_silences.hpp"
#include "runtime/entry/split_table.hpp"
#include "runtime/hosting/driver_questions.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace millwright {

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
  std::function<void(const split_started&)> found_split = {};
  /// Told of a split whose log was made anew.
  std::function<void(const split_begun_anew&)> log_anew = {};
  /// Set by whoever wants the driver to end; may be null.
  const std::atomic<bool>* stop = nullptr;
  /// The oldest version of metadata that a recovery may need; empty: every one.
  std::function<uint64_t()> oldest_version = {};
  /// Who sleeps, and is forgotten; null in a replay.
  sensor_roster* roster = nullptr;
  /// Takes samples of the node's load; null in a replay.
  load_probe* load = nullptr;
  /// Of other threads; null in a replay.
  driver_questions* questions = nullptr;
  /// So long a log of decisions is waited for that does not answer.
  milliseconds log_patience = split_decisions::usual_patience;
};

/// The thread on which readings enter a node: a loop over the objects that take records, lead barriers and sweeps past
/// the sensors, and notice what is wrong with the source. The only thread that decides about order.
class driver {
public:
  /// @param live false for a replay: no wall clock decides anything.
  driver(driver_parts parts, node_conditions& conditions, bool live);

  /// Goes on from a commit: split name -> state and position.
  void recover(const std::map<std::string, std::string>& splits, const std::map<std::string, uint64_t>& positions) {
    place_.recover(splits, positions);
  }

  /// Runs until the source is finished or it is told to stop, then ends with a last barrier. Throws `failure` when the
  /// source or the decision log fails for good; what is committed stays so.
  void run();

  /// A reading that no actor takes any more goes to the dead letters. The driver's thread, from the keeper.
  void refused(const reading& r, const std::string& reason, bool quarantined) {
    intake_.refused(r, reason, quarantined);
  }
  /// A sensor whose actor died again and again: an alarm says so. The driver's thread, from the keeper.
  void quarantined(uint32_t slot, const std::string& reason) { quarantines_.quarantined(slot, reason); }

  /// A sensor leaves memory. The driver's thread, from the roster.
  void left(uint32_t slot, uint16_t split) {
    feeds_.left(slot, split);
    skews_.left(slot);
  }
  /// A split's name and time, for the roster; empty and `never` where there is no such split yet. The time of
  /// `no_split` is the largest of all.
  std::string split_name(uint16_t split) const;
  event_time split_time(uint16_t split) const;

  /// A condition of the node itself, from any thread: handed to the driver, which alone numbers them.
  void report(rule which, std::string subject, bool wrong, std::string reason) {
    own_.report(which, std::move(subject), wrong, std::move(reason));
  }

  /// A person says something of a unit's maintenance (`maintenance_desk::note`). The driver's thread, as an answer to
  /// a question.
  std::optional<event_time> maintain(const maintenance_entry& said) { return maintenance_.note(said); }

  /// A person has a sensor do something (`sensor_desk::note`). Likewise.
  std::optional<event_time> say(const sensor_word& word) { return words_.note(word); }
  /// What was said of it last; none: nothing. Likewise.
  std::optional<sensor_word> said_of(const sensor_key& key) const { return words_.said_of(key); }
  /// What was said before this run, from the ledger's small named state of the node. Removes what it takes.
  void recover_words(std::map<std::string, std::string>& node_state) { words_.recover(node_state); }

private:
  using steady = std::chrono::steady_clock;

  void take_readings(steady::time_point begun);
  bool stopping() const { return parts_.stop && *parts_.stop; }
  void wait_for_credit();
  void look_after(steady::time_point now);
  void lead_barriers(steady::time_point now);
  void note_pause(steady::time_point now);
  void look(steady::time_point now);
  void reread(steady::time_point now);
  bool cut();
  void finish();
  void settle();

  const driver_parts parts_;
  const bool live_;
  barrier_share share_;
  driver_clock clock_;
  split_table splits_;
  own_conditions own_;
  split_decisions decisions_;
  sensor_feeds feeds_;
  plant_changes changes_;
  reading_stamps stamps_;
  source_place place_;
  split_silences silences_;
  clock_skews skews_;
  quarantine_alarms quarantines_;
  quiet_sweep sweep_;
  barrier_cuts cuts_;
  maintenance_desk maintenance_;
  mode_desk modes_;
  reading_intake intake_;
  sensor_desk words_;
  /// A replay has come to its end: the next barrier is the last.
  bool ended_ = false;
  record_batch batch_;
  /// Of the newest poll; steady clock.
  int64_t taken_ns_ = 0;
  steady::time_point last_second_{}, last_reread_{};
};

} // namespace millwright

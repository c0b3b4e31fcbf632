#pragma once

#include "protocol/sensor_questions.hpp"
#include "runtime/barrier/collector.hpp"
#include "runtime/hosting/retired_sensors.hpp"
#include "runtime/hosting/sensor_keeper.hpp"
#include "runtime/hosting/sleeping_sensors.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// Who of the plant's sensors is in memory, who sleeps on disk, and who is forgotten: the silent ones leave memory
/// after a while, once nothing waits that time alone would end, and wake at their next reading; after a longer sleep,
/// or when a person says so, the ledger forgets them. What is forgotten is forgotten with a commit, at its place in the
/// log: a reading of such a sensor between the decision and that commit takes the decision back, so that a recovery
/// finds the same. All but the questions: the driver's thread.
class sensor_roster {
public:
  struct parts {
    sensor_keeper& keeper;
    collector& outputs;
    const rule_book& book;
    /// Silent for so long (by its split's time) a sensor sleeps, and when it has slept for so long it is forgotten.
    milliseconds sleeps_after, forgotten_after;
    /// A split's name; empty: there is none of this number yet.
    std::function<std::string(uint16_t split)> split_name;
    /// A split's time; `never`: it has none yet. Of `no_split` the largest of all.
    std::function<event_time(uint16_t split)> split_time;
    /// Told of each alarm that ends since its sensor is forgotten, once that is committed.
    std::function<void(const alarm_transition&)> tell;
    /// The sensor in this slot, and the split that fed it, leave memory.
    std::function<void(uint32_t slot, uint16_t split)> left;
    /// Whether commits fail at the moment: nothing is forgotten then.
    std::function<bool()> ledger_fails;
  };

  explicit sensor_roster(parts given);

  /// Who sleeps, from the ledger's small named state of the node. Removes what it takes.
  void recover(std::map<std::string, std::string>& node_state);
  /// At a start: whether it goes on sleeping, by what the ledger has of it. Versions put sensors to sleep that had
  /// something to do yet: those are awake again.
  bool sleeps_on(const sensor_key& key, std::string_view state);
  size_t sleeping() const { return sleepers_.size(); }
  /// The split that fed a sensor that sleeps, and is not about to be forgotten; none: it does not sleep.
  std::optional<uint16_t> split_of_sleeper(const sensor_key& key);

  /// For a sensor that speaks and is not in memory: its slot, with what it knew, if it slept. None: nobody knows it.
  std::optional<uint32_t> wake(std::string_view facility, std::string_view sensor,
                               const std::function<sensor_context()>& context, barrier_output& own);

  /// From here on the sensor is out of service: it is told nothing more, and with what is committed its alarms end and
  /// the ledger forgets it. Its readings are to be `retired_sent`.
  void retire(const sensor_key& key, retired_sensor x, barrier_output& own);
  /// With its next reading it is a new one. Not while it `is_leaving`.
  void bring_back(const sensor_key& key, barrier_output& own);
  /// Null: it is not.
  const retired_sensor* retired(const sensor_key& key) { return retired_.find(key.facility.text, key.sensor.text); }
  /// It is retired, and what it knew is still there.
  bool is_leaving(const sensor_key& key) {
    return sleepers_.find(key.facility.text, key.sensor.text) ||
           parts_.keeper.sensors().find(key.facility.text, key.sensor.text) != sensor_registry::none;
  }
  bool any_retired() const { return !retired_.empty(); }
  /// A reading came at this time of its split: true where its sensor is retired. Then it is counted, and that is all.
  bool retired_sent(std::string_view facility, std::string_view sensor, event_time at);

  /// Puts the silent to sleep, and forgets who has slept too long: some at a time.
  void look(barrier_output& own);

  /// Goes on with the questions, and tells what is committed.
  void work(barrier_output& own);
  /// Tells of the alarms that ended with what is committed by now.
  void tell_committed();
  /// No question is gone on with: whoever waits, or asks from now on, is told so at once.
  void end();

  // Any thread but the driver's; each throws failure(not_found) when the node does not answer within `patience`, or has
  // ended.

  sensor_list list(const sensor_filter& filter);
  /// Those that speak stay; returns when the ledger has forgotten the others.
  sensors_forgotten forget(const sensor_filter& filter);

  static constexpr std::chrono::seconds patience{120};

private:
  using steady = std::chrono::steady_clock;

  struct question {
    sensor_filter filter;
    bool forgets = false;
    std::promise<sensor_list> listed;
    std::promise<sensors_forgotten> done;
    // How far it is:
    uint32_t slot = 0;
    bool slots_seen = false, all_seen = false;
    std::pair<std::string, std::string> after;
    sensor_list found;
    std::vector<sensor_key> left;
    /// Forgotten, unless they speak before that is committed.
    std::vector<sensor_key> gone;
    sensors_forgotten result;
    steady::time_point until{};
    uint32_t barrier = 0;
  };

  void take_out(barrier_output& own);
  bool sleep(uint32_t slot, barrier_output& own);
  bool forget_sleeper(const sensor_key& key, sleeping_sensor& x, barrier_output& own);
  std::vector<alarm_transition> end_alarms(const sensor_key& key, const sleeping_sensor& x, barrier_output& own);
  std::vector<alarm_transition> ends_of(const sensor_key& key);
  bool take_back(const sensor_key& key, uint32_t barrier, barrier_output& own);
  void search(question& q);
  void add(question& q, listed_sensor row);
  void add_retired(question& q);
  bool forget_some(question& q, barrier_output& own);
  template <class Answer>
  Answer ask(const sensor_filter& filter, bool forgets, std::promise<Answer> question::*of);

  const parts parts_;
  sleeping_sensors sleepers_;
  retired_sensors retired_;
  /// Of them those that are still to be forgotten.
  std::vector<sensor_key> to_go_;
  /// Where `look` goes on.
  std::pair<std::string, std::string> looked_;
  /// One that the ledger is about to forget, and the ends of its alarms, of which the router has not heard yet.
  struct farewell {
    sensor_key key;
    std::vector<alarm_transition> ends;
  };
  std::vector<farewell> leaving_;
  /// The newest commit that `leaving_` was looked at with.
  uint32_t told_until_ = 0;
  std::mutex mutex_;
  std::deque<std::unique_ptr<question>> asked_;
  bool ended_ = false;
  /// The driver's.
  std::unique_ptr<question> at_work_;
};

} // namespace millwright

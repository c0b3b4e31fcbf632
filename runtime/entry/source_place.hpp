#pragma once

#include "protocol/split_places.hpp"
#include "runtime/entry/barrier_share.hpp"
#include "runtime/entry/own_conditions.hpp"
#include "runtime/entry/plant_changes.hpp"
#include "runtime/entry/split_decisions.hpp"
#include "runtime/entry/split_table.hpp"
#include "runtime/source/source.hpp"
#include "runtime/watch/node_status.hpp"
#include "runtime/watch/source_reach.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace millwright {

/// Where the driver stands in its source, and what it hears of that: new splits, places, losses, whether it can be
/// reached. The driver's thread.
class source_place {
public:
  /// Who wants to hear of it; each may be empty.
  struct notices {
    /// The source's identity once it is known, before any of its readings; throws where it is foreign.
    std::function<void(const std::string&)> identity;
    /// Each split, with the position from which it goes on, before any of its readings.
    std::function<void(const split_started&)> found_split;
    /// A split whose log was made anew.
    std::function<void(const split_begun_anew&)> log_anew;
  };

  source_place(source& readings, bool live, split_table& splits, split_decisions& decisions, plant_join& plant,
               plant_changes& changes, const sensor_registry& sensors, barrier_share& share, own_conditions& own,
               node_status& status, notices tell);

  /// Goes on from a commit: split name -> state and position.
  void recover(const std::map<std::string, std::string>& splits, const std::map<std::string, uint64_t>& positions);

  /// @param patience so long the source may be away.
  void start(std::chrono::steady_clock::time_point now, milliseconds patience);
  /// Behind every poll: what the source told beside records, and what it is by now.
  void take(const std::vector<source_event>& events);
  /// Also where no record was taken: where a split begins is committed once it is known, and what is no record moves
  /// it. When everything polled is taken. @param new_ones only those of which nothing is known yet.
  void look_at_places(bool new_ones);

  /// A reading was accepted.
  void spoke() {
    if (reach_)
      reach_->reading();
  }
  /// Nothing can come now.
  bool away() const { return reach_ && reach_->away(); }
  /// The node itself stood still.
  void stood_still(std::chrono::steady_clock::duration gap) {
    if (reach_)
      reach_->stood_still(gap);
  }
  /// Some ten times a second.
  void look(std::chrono::steady_clock::time_point now);

private:
  void add_splits();
  void identify();
  stored_place place_of(const std::string& split) const;
  void handle(const source_event& event);
  void lose(split_state& split, const source_event& event);
  void begin_log_anew(split_state& split);

  source& readings_;
  const bool live_;
  split_table& splits_;
  split_decisions& decisions_;
  plant_join& plant_;
  plant_changes& changes_;
  const sensor_registry& sensors_;
  barrier_share& share_;
  own_conditions& own_;
  node_status& status_;
  const notices tell_;
  bool identified_ = false;
  std::map<std::string, std::string> stored_splits_;
  std::map<std::string, uint64_t> stored_positions_;
  /// None in a replay.
  std::optional<source_reach> reach_;
};

} // namespace millwright

#pragma once

#include "runtime/decisions/decision_log.hpp"
#include "runtime/decisions/decision_writer.hpp"
#include "runtime/entry/driver_clock.hpp"
#include "runtime/entry/own_conditions.hpp"
#include "runtime/entry/plant_join.hpp"
#include "runtime/entry/split_table.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace millwright {

/// What is decided beside readings: logged first, in force from its position on, now and at every recovery. The
/// driver's thread.
class split_decisions {
public:
  /// What a decision does beyond its split's own state.
  struct effects {
    std::function<void(split_state&, std::shared_ptr<const plant_metadata>)> metadata;
    /// Sensors as the decision names them.
    std::function<void(split_state&, const std::string& sensors)> moved;
    /// What a person said of a unit's maintenance.
    std::function<void(split_state&, const decision&)> maintenance;
  };

  /// @param log none in a replay: nothing is decided there but by readings.
  split_decisions(decision_log* log, const plant_join& plant, split_table& splits, const driver_clock& clock,
                  own_conditions& own, effects does)
      : log_{log}, plant_{plant}, splits_{splits}, clock_{clock}, own_{own}, does_{std::move(does)} {}

  /// False in a replay.
  bool has_log() const { return log_ != nullptr; }
  /// From here on some may be written ahead of their positions.
  void start_writing_ahead();

  /// Logs it, then it is in force. False where it cannot be logged: then it is not decided, for a recovery would decide
  /// otherwise; that is told, and it is not tried again within a second.
  bool decide(split_state& split, decision entry);
  /// The split's first decision, if it has not been logged yet: it comes before any other.
  bool log_beginning(split_state& split);
  /// Tries again what could not be logged, and keeps commits waiting. Also while readings wait for a commit: that may
  /// wait for these.
  void log_missing();

  /// A former run's at or before `position` are in force.
  void pass(split_state& split, uint64_t position) {
    while (!split.ahead.empty() && split.ahead.front().position <= position)
      apply_next(split);
  }
  /// What was decided right behind the reading that was taken last, with none after it. Seldom any.
  void apply_reached(split_state& split) {
    if (!split.ahead.empty())
      apply_right_behind(split);
  }

  /// At the end of the log that the split's decisions speak of: what people said behind its position is in force, for
  /// they have been answered; the rest is about readings that are gone.
  void end_log(split_state& split);

  /// Of a split at its position, as the log has it; returns the newest version of metadata there, empty for none.
  std::string recover(split_state& split);

  /// Writes it ahead, if that can be done now.
  void write_bound(split_state& split, const bound_entry& entry);
  /// Whether `write_bound` would.
  bool can_write_ahead() const { return writer_ && may_try(); }
  /// Takes note of what has been written.
  void collect();
  /// Returns when nothing is on its way any more.
  void wait();

private:
  using steady = std::chrono::steady_clock;

  bool may_try() const { return clock_.last_look() >= again_; }
  bool log(const split_state& split, const decision& entry);
  void apply(split_state& split, const decision& entry);
  void apply_next(split_state& split);
  void apply_right_behind(split_state& split);
  void prune_log_made_anew(const split_state& split);

  decision_log* const log_;
  const plant_join& plant_;
  split_table& splits_;
  const driver_clock& clock_;
  own_conditions& own_;
  const effects does_;
  /// A log that could not be written is not tried before.
  steady::time_point again_{};
  std::optional<decision_writer> writer_;
};

} // namespace millwright

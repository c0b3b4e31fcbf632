#pragma once

#include "protocol/running_wait.hpp"
#include "runtime/decisions/decision_log.hpp"
#include "runtime/decisions/decision_writer.hpp"
#include "runtime/entry/driver_clock.hpp"
#include "runtime/entry/own_conditions.hpp"
#include "runtime/entry/plant_join.hpp"
#include "runtime/entry/split_table.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace millwright {

/// What is decided beside readings: logged first, in force from its position on, now and at every recovery. The
/// driver's thread, which waits for a log that hangs no longer than it is told to. What it has given up then is not
/// decided; should it be in the log once that answers, it is taken back before anything else is logged or committed. A
/// bound is not taken back: no reading behind its position is committed by another.
class split_decisions {
public:
  static constexpr milliseconds usual_patience{10'000};

  /// What a decision does beyond its split's own state.
  struct effects {
    std::function<void(split_state&, std::shared_ptr<const plant_metadata>)> metadata;
    /// Sensors as the decision names them.
    std::function<void(split_state&, const std::string& sensors)> moved;
    /// What a person said of a unit's maintenance.
    std::function<void(split_state&, const decision&)> maintenance;
    /// What another split's readings decided of machines' modes.
    std::function<void(split_state&, const decision&)> mode = {};
    /// What a person has a sensor do.
    std::function<void(split_state&, const decision&)> sensor = {};
  };

  /// @param log none in a replay: nothing is decided there but by readings.
  /// @param patience so long its answer is waited for.
  /// @param stop as soon as it is set, a tenth of that; may be null.
  split_decisions(decision_log* log, const plant_join& plant, split_table& splits, const driver_clock& clock,
                  own_conditions& own, effects does, milliseconds patience = usual_patience,
                  const std::atomic<bool>* stop = nullptr);

  /// False in a replay.
  bool has_log() const { return log_ != nullptr; }

  /// Logs it, then it is in force. False where it cannot be logged: then it is not decided, for a recovery would decide
  /// otherwise; that is told, and it is not tried again within a second, nor while the log does not answer. Not for
  /// bounds.
  bool decide(split_state& split, const decision& entry);
  /// As `decide`, for one that readings wait for: whether it holds the split's bound says.
  void log_bound(split_state& split, const bound_entry& entry);
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

  /// Hands it over, to be written ahead of its position; only where `can_write_ahead`.
  void write_bound(split_state& split, const bound_entry& entry);
  bool can_write_ahead() const { return writer_ && may_try(); }
  /// Takes note of what has been written, and of a log that does not answer.
  void collect();
  /// Returns when nothing is on its way any more, or it was waited for long enough.
  void wait();
  /// False: whether what was given up is in the log nobody knows, or it has to leave it. Nothing may be committed.
  bool settled() const { return stage_ == stage::none; }

private:
  using steady = std::chrono::steady_clock;
  using order = decision_writer::order;
  /// Of what was handed over last, bounds aside.
  enum class stage {
    none,
    /// `log` waits for it.
    awaited,
    logged,
    /// It is not waited for any more; it may be in the log, or come there.
    given_up,
    /// It was given up and is in the log.
    there,
    /// It is being taken back.
    leaving
  };

  bool may_try() const { return settled() && !late_ && clock_.last_look() >= again_; }
  bool log(const split_state& split, const decision& entry);
  void take_back();
  void note(decision_writer::outcome each);
  void note_bound(const decision_writer::outcome& each);
  void fails(const std::string& why);
  void tell_late();
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
  const milliseconds patience_;
  const std::atomic<bool>* const stop_;
  /// A log that could not be written is not tried before.
  steady::time_point again_{};
  order asked_;
  stage stage_ = stage::none;
  /// Since when nothing has come back; whether that is too long.
  std::optional<running_wait> silence_;
  bool late_ = false;
  std::optional<decision_writer> writer_;
};

} // namespace millwright

#pragma once

#include "runtime/simulation/simulated_plant.hpp"
#include "runtime/source/source.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// The wall clock, and waiting by it; tests bring their own.
struct simulation_clock {
  std::function<event_time()> now;
  std::function<void(milliseconds)> wait;

  /// The wall clock as it was when this was called, going on evenly.
  static simulation_clock real();
};

/// When a plant began: the event time of its tick 0, and the wall clock's time then. At speed k the wall clock's time w
/// corresponds to event time start + (w - wall) · k.
struct simulation_anchor {
  event_time start, wall;
};

/// The simulated plant as a source of one split, "simulation", whose positions are ticks. Arrival is the simulator's
/// time of the tick. The anchor is fixed at the first start and stands in `identity()`; a node that keeps that text and
/// gives it back goes on with the same plant, and catches up as fast as it can with what fell due while it was down.
class simulation_source : public source {
public:
  /// Writes the truth and the metadata where the settings name files for them.
  /// @param known_identity what `identity()` said at the first start. Taken for the anchor when it is of the same plant
  ///   (same seed, sensors, facilities, rate, mix and types; and the same start, if one is set); otherwise ignored, so
  ///   that the ledger sees a foreign source.
  simulation_source(simulation_settings settings, const std::vector<sensor_type>& types,
                    std::optional<std::string> known_identity = std::nullopt,
                    simulation_clock clock = simulation_clock::real());

  std::string identity() override { return identity_; }
  const std::vector<std::string>& splits() const override { return splits_; }
  void start(const std::map<std::string, uint64_t>& positions) override;
  void poll(record_batch& batch, size_t most, milliseconds patience) override;
  bool finished() const override { return cursor_ && cursor_->slot().tick >= end_; }
  std::optional<uint64_t> backlog() const override;
  bool by_wall_clock() const override { return settings_.speed == 1 && anchor_.start == anchor_.wall; }
  std::optional<uint64_t> waiting(uint16_t) const override { return backlog(); }

  const simulated_plant& plant() const { return *plant_; }
  simulation_anchor anchor() const { return anchor_; }

private:
  event_time event_now() const;
  void tell_truth(event_time until);

  simulation_settings settings_;
  simulation_clock clock_;
  simulation_anchor anchor_;
  std::string identity_;
  std::vector<std::string> splits_{"simulation"};
  std::unique_ptr<simulated_plant> plant_;
  std::optional<plant_cursor> cursor_;
  /// First tick that is not.
  uint64_t end_;
  /// Truth is written of faults that start before this.
  event_time told_ = never;
  std::string buffer_;
  std::vector<size_t> offsets_;
};

} // namespace millwright

#pragma once

#include "runtime/bench/load_plant.hpp"
#include "runtime/source/source.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace millwright {

/// A stretch of the load.
struct load_phase {
  static constexpr uint64_t endless = std::numeric_limits<uint64_t>::max();

  uint64_t readings = endless;
  /// Event time between one reading and the next of the whole plant.
  std::chrono::nanoseconds step{8000};
  /// Readings a second that are offered; 0: as fast as they are taken.
  double rate = 0;
  /// Of ten records so many end in their middle: no JSON.
  uint32_t malformed_of_ten = 0;
};

struct load_shape {
  uint16_t splits = 8;
  event_time start = from_epoch_ms(1'767'225'600'000);
  std::vector<load_phase> phases{load_phase{}};
  /// About one reading in so many crosses its sensor's high_high limit, in the phases from `spikes_from` on and before
  /// `spikes_until`, each sensor's once until all have; 0: none.
  uint64_t spike_every = 0;
  size_t spikes_from = 0, spikes_until = std::numeric_limits<size_t>::max();
  /// The order is scattered from the first reading on: for sensors that a node has in its ledger.
  bool scattered = false;
  /// Of ten sensors so many have clocks that are two minutes ahead.
  uint32_t fast_of_ten = 0;
};

/// Readings of a load_plant made on the spot, as a source that may be behind: what is offered and not taken waits
/// without being counted twice or lost. The sensors report in the order of their numbers at first and in another,
/// scattered one from then on, so that a node's memory is not walked in the order in which it was made. Arrival is the
/// event time. The splits are dealt out in turn.
class load_source : public source {
public:
  using clock = std::chrono::steady_clock;
  /// Told of each spike as it is handed over.
  using spike_function = std::function<void(uint32_t sensor, clock::time_point)>;

  load_source(const load_plant& plant, load_shape shape, spike_function spiked = {});

  std::string identity() override { return "load:" + std::to_string(plant_.sensors()); }
  const std::vector<std::string>& splits() const override { return splits_; }
  /// Goes on counting where the ledger's positions end; the readings are those of the shape all the same.
  void start(const std::map<std::string, uint64_t>& positions) override;
  void poll(record_batch& batch, size_t most, milliseconds patience) override;
  bool finished() const override { return phase_ >= shape_.phases.size(); }
  bool by_wall_clock() const override { return false; }
  /// What is offered and not taken is the node's delay, no backlog of the plant's.
  std::optional<uint64_t> waiting(uint16_t) const override { return 0; }

  // Any thread:

  /// Readings handed over so far.
  uint64_t handed() const { return handed_.load(std::memory_order_relaxed); }
  /// Of these, malformed ones.
  uint64_t malformed() const { return malformed_.load(std::memory_order_relaxed); }
  /// The phase that is being handed over.
  size_t phase() const { return phase_.load(std::memory_order_acquire); }
  /// When a reading fell due, by its number in the whole load; the epoch for one of a phase without a rate or not
  /// begun.
  clock::time_point due(uint64_t number) const;
  /// Readings due by now in a paced phase.
  uint64_t offered(clock::time_point now) const;
  /// Event time of a reading by its number.
  event_time time_of(uint64_t number) const;
  /// Number of the first reading of a phase.
  uint64_t first_of(size_t phase) const { return firsts_[phase]; }

private:
  uint32_t sensor_of(uint64_t number) const;
  void enter(size_t phase);

  const load_plant& plant_;
  load_shape shape_;
  const spike_function spiked_;
  std::vector<std::string> splits_;
  std::vector<uint64_t> firsts_;
  std::vector<std::chrono::nanoseconds> phase_times_;
  /// Steady clock, ns; 0 before a phase begins.
  std::vector<std::atomic<int64_t>> begins_;
  uint64_t stride_ = 1;
  std::atomic<uint64_t> handed_{0}, malformed_{0};
  std::atomic<size_t> phase_{0};
  std::vector<uint64_t> positions_;
  std::string buffer_;
  std::vector<uint32_t> offsets_;
};

} // namespace millwright

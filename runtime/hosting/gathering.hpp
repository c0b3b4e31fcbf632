#pragma once

#include "runtime/barrier/reading_taker.hpp"
#include "runtime/hosting/part_gatherer.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace millwright {

/// The gatherers of all threads that judge readings.
class gathering : public reading_taker {
public:
  gathering(const hosted_types& types, const entity_registry& registry, const std::vector<sensor_type>& sensor_types)
      : given_{types, registry, sensor_types, stock_, places_} {}
  gathering(const gathering&) = delete;
  gathering& operator=(const gathering&) = delete;

  /// A reading that its sensor has accepted, on the thread that judged it: for the gatherer of that thread, which is
  /// made with its first reading.
  void take(const reading& r) override;
  /// The calling thread has done what there was to do for now.
  void pause();

  /// By sensor's slot; for whoever knows whose turn comes.
  open_tallies& places() { return places_; }

  std::vector<part_gatherer*> all() const;

private:
  part_gatherer& own();

  static uint64_t next_serial();

  tally_stock stock_;
  open_tallies places_;
  const part_gatherer::surroundings given_;
  /// Of all that this process has had: no two have the same.
  const uint64_t serial_ = next_serial();
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<part_gatherer>> all_;
};

} // namespace millwright

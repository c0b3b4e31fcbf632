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
      : types_{types}, registry_{registry}, sensor_types_{sensor_types} {}
  gathering(const gathering&) = delete;
  gathering& operator=(const gathering&) = delete;

  /// A reading that its sensor has accepted, on the thread that judged it: for the gatherer of that thread, which is
  /// made with its first reading.
  void take(const reading& r) override;
  /// The calling thread has done what there was to do for now.
  void pause();

  std::vector<part_gatherer*> all() const;

private:
  part_gatherer& own();

  static uint64_t next_serial();

  const hosted_types& types_;
  const entity_registry& registry_;
  const std::vector<sensor_type>& sensor_types_;
  /// Of all that this process has had: no two have the same.
  const uint64_t serial_ = next_serial();
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<part_gatherer>> all_;
};

} // namespace millwright

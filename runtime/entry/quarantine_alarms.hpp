#pragma once

#include "runtime/entry/own_conditions.hpp"
#include "runtime/hosting/sensor_registry.hpp"
#include "runtime/watch/node_status.hpp"

#include <cstdint>
#include <string>

namespace millwright {

/// Tells of sensors whose actors died again and again, and when that is over. The driver's thread.
class quarantine_alarms {
public:
  /// @param restarts so many are needed for a quarantine.
  quarantine_alarms(const sensor_registry& sensors, uint32_t restarts, own_conditions& own, node_status& status)
      : sensors_{sensors}, restarts_{restarts}, own_{own}, status_{status} {}

  void quarantined(uint32_t slot, const std::string& reason);
  /// Now and then.
  void look();

private:
  const sensor_registry& sensors_;
  const uint32_t restarts_;
  own_conditions& own_;
  node_status& status_;
};

} // namespace millwright

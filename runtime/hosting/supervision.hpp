#pragma once

#include "runtime/hosting/restart_intensity.hpp"

#include <cstdint>
#include <optional>
#include <unordered_map>

namespace millwright {

/// Decides what becomes of a sensor actor that died (design 3). Pure; one a node.
class supervision {
public:
  enum class verdict : uint8_t {
    /// From the last barrier's state, with the readings since.
    restart,
    /// Likewise, without the reading that killed it twice.
    restart_without,
    /// No more: its readings go to the dead letters.
    quarantine,
  };

  /// @param restarts_per_1000 more deaths than this within 1000 readings of one sensor quarantine it.
  explicit supervision(uint32_t restarts_per_1000) : limit_{restarts_per_1000} {}

  /// `slot` died at the reading `position` of `split`; none: between readings. `readings`: how many its sensor has
  /// been sent in all.
  verdict died(uint32_t slot, uint16_t split, std::optional<uint64_t> position, uint64_t readings);

  bool quarantined(uint32_t slot) const;
  /// The slot is another sensor's from here on.
  void forget(uint32_t slot) { records_.erase(slot); }
  uint64_t restarts() const { return restarts_; }

private:
  struct record {
    explicit record(uint32_t limit) : intensity{limit, 1000} {}

    /// Where it died last.
    std::optional<uint64_t> position;
    uint16_t split = 0;
    restart_intensity intensity;
    bool quarantined = false;
  };

  uint32_t limit_;
  uint64_t restarts_ = 0;
  std::unordered_map<uint32_t, record> records_;
};

} // namespace millwright

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace millwright {

/// Sensors whose readings come in more than one split, so that they have no common order: a misconfiguration, until one
/// split alone feeds each. Pure.
class sensor_homes {
public:
  /// So many readings in a row from one split, and it is the sensor's home.
  static constexpr uint32_t in_a_row = 10;

  /// A reading of a sensor that is shared, or whose `home` is another split. True when the sensor was not shared
  /// before.
  bool took(uint32_t slot, uint16_t home, uint16_t split);

  /// Splits that feed the sensor; empty for one that is not shared.
  const std::vector<uint16_t>& feeding(uint32_t slot) const;

  /// Sensors of which the last ten readings all came from one split, by that split: they may be settled there. At most
  /// `most` of them; the others another time.
  std::map<uint16_t, std::vector<uint32_t>> settled(size_t most) const;
  /// `split` alone feeds it from now on.
  void settle(uint32_t slot) { shared_.erase(slot); }

  bool empty() const { return shared_.empty(); }
  size_t count() const { return shared_.size(); }
  /// A shared sensor and the splits that feed it; only if not empty.
  std::pair<uint32_t, std::vector<uint16_t>> example() const {
    return {shared_.begin()->first, shared_.begin()->second.feeding};
  }

private:
  struct share {
    std::vector<uint16_t> feeding;
    uint16_t last = 0;
    uint32_t run = 0;
  };

  std::map<uint32_t, share> shared_;
};

} // namespace millwright

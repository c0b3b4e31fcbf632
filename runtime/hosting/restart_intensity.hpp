#pragma once

#include <cstdint>
#include <vector>

namespace millwright {

/// How often something may die and be begun anew: so many deaths within a window of a measure that never falls, a
/// clock's milliseconds or readings. Pure.
class restart_intensity {
public:
  restart_intensity(uint32_t deaths, uint64_t window) : most_{deaths}, window_{window} {}

  /// It died at `at`. True: that was one too many.
  bool died(uint64_t at) {
    std::erase_if(deaths_, [&](uint64_t each) { return each + window_ <= at; });
    deaths_.push_back(at);
    return deaths_.size() > most_;
  }

private:
  uint32_t most_;
  uint64_t window_;
  /// Those within the window, in order.
  std::vector<uint64_t> deaths_;
};

} // namespace millwright

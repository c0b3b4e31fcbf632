#pragma once

#include "protocol/time.hpp"

#include <algorithm>
#include <cstdint>
#include <random>

namespace millwright {

/// When to try again: the pause doubles with each try up to `most`, and is cut by up to a half at random, so that what
/// failed together does not come back together.
struct retry_policy {
  milliseconds first{500};
  milliseconds most{60'000};

  /// @param tried how often it has failed, >= 1.
  milliseconds pause(uint32_t tried, std::mt19937_64& random) const {
    const auto doublings = std::min<uint32_t>(tried > 0 ? tried - 1 : 0, 30);
    const auto whole = std::min<int64_t>(most.count(), first.count() << doublings);
    return milliseconds{whole - static_cast<int64_t>(random() % (static_cast<uint64_t>(whole) / 2 + 1))};
  }
};

} // namespace millwright

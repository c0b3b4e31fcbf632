#pragma once

#include "protocol/load.hpp"
#include "protocol/monitor_settings.hpp"

#include <optional>

namespace millwright {

/// How far apart commits may be when so many readings a second come.
milliseconds commit_interval_for(double input, const load_advice_rules& rules);

/// @param lag what comes over what is judged; @param memory_share of what a node may hold. What it changes stays within
/// least and most; where nothing is to be changed, or fewer would be more, it is as many as there are.
uint32_t nodes_for(double lag, double memory_share, uint32_t now, const load_advice_rules& rules);

struct partition_advice {
  partition_scheme by = partition_scheme::time;
  /// 0: as many as there are facilities and types.
  uint32_t count = 0;

  bool operator==(const partition_advice&) const = default;
};
partition_advice partitions_for(uint32_t facilities, const load_advice_rules& rules);

/// By the means of the span; none where it has no rates. Pure.
std::optional<load_advice> advise(const load_summary& span, const node_shape& node, const monitor_settings& settings);

} // namespace millwright

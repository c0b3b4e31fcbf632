#include "actors/monitor/load_advice.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace millwright {

milliseconds commit_interval_for(double input, const load_advice_rules& rules) {
  return input > rules.high_rate     ? rules.interval_at_high
         : input > rules.middle_rate ? rules.interval_at_middle
                                     : rules.interval_else;
}

uint32_t nodes_for(double lag, double memory_share, uint32_t now, const load_advice_rules& rules) {
  const auto grown = [&](uint32_t by) {
    const auto wanted = std::clamp<uint64_t>(uint64_t{now} + by, rules.least_nodes, rules.most_nodes);
    return std::max(now, static_cast<uint32_t>(wanted));
  };
  if (lag > rules.lag_high && memory_share > rules.memory_high)
    return grown(rules.add_many);
  if (lag > rules.lag)
    return grown(rules.add);
  if (lag < rules.lag_low && memory_share < rules.memory_low)
    return std::min(now, std::clamp(now - std::min(now, rules.remove), rules.least_nodes, rules.most_nodes));
  return now;
}

partition_advice partitions_for(uint32_t facilities, const load_advice_rules& rules) {
  if (facilities > rules.many_facilities)
    return {partition_scheme::facility_and_type, 0};
  if (facilities > rules.some_facilities)
    return {partition_scheme::facility, rules.partitions_by_facility};
  return {partition_scheme::time, rules.partitions_by_time};
}

std::optional<load_advice> advise(const load_summary& span, const node_shape& node, const monitor_settings& settings) {
  const double input = span.mean[load_measure::input], processing = span.mean[load_measure::processing];
  if (std::isnan(input) || std::isnan(processing))
    return std::nullopt;
  load_advice out;
  out.node = node;
  out.input = input;
  // Where nothing comes, nothing lags.
  out.lag = processing > 0 ? input / processing : input > 0 ? std::numeric_limits<double>::infinity() : 0;
  out.memory_share = span.mean[load_measure::memory] / static_cast<double>(settings.alarms.memory);
  out.commit_interval = commit_interval_for(input, settings.advice);
  out.nodes = nodes_for(out.lag, out.memory_share, node.nodes, settings.advice);
  const auto partitions = partitions_for(node.facilities, settings.advice);
  out.by = partitions.by;
  out.partitions = partitions.count;
  return out;
}

} // namespace millwright

#pragma once

#include "protocol/time.hpp"

#include <cstdint>

namespace millwright {

/// From when on a node has too much to do (semantics 8 and 10, `performance`).
struct load_alarm_limits {
  /// Readings that come, as a multiple of those that are judged.
  double input = 1.2;
  milliseconds commit{30'000};
  /// Bytes.
  uint64_t memory = 8ull << 30;
  /// Of all cores.
  double cpu = 0.9;
  /// Above one of them for so long, without a break: an alarm.
  milliseconds held{300'000};
  /// Below it for so long: it is over.
  milliseconds over_after{60'000};
  /// Rates and CPU are means over so long.
  milliseconds average{10'000};
  /// What waits is a backlog when judging it takes longer than this. While one shrinks nothing is wrong.
  milliseconds backlog{1000};
};

/// What is advised at which load (semantics 10).
struct load_advice_rules {
  /// Readings a second; above the rate, this is time enough between two commits.
  double high_rate = 10'000, middle_rate = 5000;
  milliseconds interval_at_high{15'000}, interval_at_middle{30'000}, interval_else{60'000};

  /// Lag is what comes over what is judged. Above `lag_high` and `memory_high` add `add_many` nodes; above `lag` add
  /// `add`; below `lag_low` and `memory_low` take `remove` away. Memory as a share of load_alarm_limits::memory.
  double lag_high = 2, lag = 1.5, lag_low = 0.5;
  double memory_high = 0.8, memory_low = 0.4;
  uint32_t add_many = 5, add = 2, remove = 1;
  uint32_t least_nodes = 2, most_nodes = 50;

  /// More facilities than these: partitions by facility and type, by facility; else by time.
  uint32_t many_facilities = 100, some_facilities = 10;
  uint32_t partitions_by_facility = 20, partitions_by_time = 10;
};

/// `monitor`: how a node watches itself.
struct monitor_settings {
  milliseconds every{1000};
  /// Samples that are kept.
  uint32_t kept = 1000;
  /// What is summed up where nobody says how much.
  milliseconds span{300'000};
  load_alarm_limits alarms;
  load_advice_rules advice;
};

} // namespace millwright

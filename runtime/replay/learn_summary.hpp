#pragma once

#include "actors/sensor/lessons.hpp"
#include "protocol/detection_settings.hpp"
#include "protocol/ids.hpp"
#include "runtime/replay/reading_counts.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

/// What recordings have taught, for a person: who is ready, and what the others still need.
struct learn_summary {
  /// Those that a summary names: the ones that need most.
  struct group {
    uint64_t sensors = 0;
    std::vector<std::pair<milliseconds, sensor_key>> shortest;

    void add(const sensor_key& key, milliseconds span);
  };
  static constexpr size_t named = 5;

  reading_counts counters;
  uint64_t sensors = 0, quarantined = 0;
  event_time first = forever, last = never;
  /// Know their normal range, and page from their first live reading on.
  uint64_t ready = 0;
  /// Know it, and have not been seen for as long as the learning time.
  group early;
  /// Have not given enough readings for one.
  group few;
  /// Gave readings, and none that teaches: of bad quality, or out of their type's range.
  group bad;
  milliseconds learning_time{0};
  uint32_t readings_to_learn = 0;
  double seconds = 0;

  void add(const sensor_key& key, const lessons& learned, const detection_settings& settings);
};

/// Several lines of text.
std::string to_text(const learn_summary& summary);

} // namespace millwright

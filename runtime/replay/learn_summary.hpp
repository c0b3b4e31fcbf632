#pragma once

#include "actors/sensor/lessons.hpp"
#include "protocol/detection_settings.hpp"
#include "protocol/ids.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

/// What recordings have taught, for a person: who is ready, and what the others still need.
struct learn_summary {
  /// (counter, label) -> count, as the lines of `counts`.
  using counts = std::map<std::pair<std::string, std::string>, uint64_t>;

  /// Those that a summary names: the ones that need most.
  struct group {
    uint64_t sensors = 0;
    std::vector<std::pair<milliseconds, sensor_key>> shortest;

    void add(const sensor_key& key, milliseconds span);
  };
  static constexpr size_t named = 5;

  counts counters;
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
  uint64_t count(const std::string& counter, const std::string& label = {}) const {
    const auto it = counters.find({counter, label});
    return it == counters.end() ? 0 : it->second;
  }
};

/// "not-json 12, missing-field 3": what was not accepted, and why. Empty: all was.
std::string refusals_of(const learn_summary& summary);

/// Several lines of text.
std::string to_text(const learn_summary& summary);

} // namespace millwright

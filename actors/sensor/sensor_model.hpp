#pragma once

#include "actors/sensor/rules.hpp"
#include "actors/sensor/sensor_output.hpp"
#include "actors/sensor/windows.hpp"
#include "protocol/binary.hpp"
#include "protocol/reading.hpp"
#include "protocol/results.hpp"

#include <optional>
#include <utility>

namespace millwright {

/// Position of what a sweep decided: no reading stands behind it.
inline constexpr uint64_t no_position = ~uint64_t{0};

/// Everything that one sensor knows and decides: its windows and its rules, in one order of events.
///
/// Time reaches a sensor by its own readings and, while it is quiet, by ticks. What is due (a window to close, a delay
/// to end) is done in the order in which it became due, so that it makes no difference when ticks come, or whether.
class sensor_model {
public:
  explicit sensor_model(const rule_book& book) : windows_{*book.settings}, rules_{book}, book_{&book} {}

  /// Takes a reading: what is due first, then the reading itself. A repeat is counted and changes nothing else.
  void take(const reading& r, sensor_output& out);

  /// Time moved on without a reading.
  void tick(const sensor_tick& tick, const sensor_context& context, uint16_t split, sensor_output& out);

  /// The end of a replay: all windows close, no delay ends.
  void finish(const sensor_context& context, sensor_output& out);

  /// Nothing is open that a tick could close.
  bool idle() const;

  rule_set states() const { return rules_.states(); }

  /// Counted since the last call.
  sensor_counters take_counters() { return std::exchange(counters_, {}); }

  /// Versioned; counters are not part of it: they are handed over at the same moment.
  void encode(std::string& out) const;
  /// False when `in` is damaged or of a newer version; the model is then unusable.
  bool decode(std::string_view in);
  /// The split of the newest reading behind an encoded state: so that a sensor that never sends again is watched by
  /// the right clock after a restart too. None when `in` is damaged.
  static std::optional<uint16_t> split_of(std::string_view in);

private:
  /// A sensor is seldom in a cache when its reading comes: ask for all of it at once, not line after line.
  void prefetch() const {
    const auto* at = reinterpret_cast<const char*>(this);
    for (size_t line = 0; line < sizeof *this; line += 64)
      __builtin_prefetch(at + line, 1);
    windows_.prefetch();
  }
  void advance(event_time closing, milliseconds activity, const sensor_context& context, uint16_t split,
               uint64_t position, sensor_output& out);
  void judge_rows(size_t first_statistics, size_t first_patterns, event_time limit, milliseconds activity,
                  const sensor_context& context, uint16_t split, uint64_t position, sensor_output& out);

  sensor_windows windows_;
  sensor_rules rules_;
  sensor_counters counters_;
  uint16_t split_ = 0;
  const rule_book* book_;
};

} // namespace millwright

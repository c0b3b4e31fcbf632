#pragma once

#include "protocol/ids.hpp"
#include "protocol/reading.hpp"
#include "protocol/rules.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Kinds of result records (semantics 12). The numbers are stored: append only.
enum class result_kind : uint8_t {
  statistics,
  patterns,
  averages,
  anomalies,
  alarms,
  notifications,
  dead_letters,
  counts,
  scores,
};

inline constexpr int result_kind_count = 9;

/// "dead-letters" and so on: file names of a replay, arguments of `millwright results`.
std::string_view name_of(result_kind kind);
bool result_kind_named(std::string_view name, result_kind& out);

/// Rows as a sensor emits them: plain values; ids are reached through the context. NaN is printed as null.
struct statistics_row {
  const sensor_context* context;
  event_time start, end;
  double avg, stddev, min, max, last, z;
  uint32_t count;
  sensor_type_index type;
  severity level;
};

struct patterns_row {
  const sensor_context* context;
  event_time start, end;
  double slope;
  uint32_t count;
  bool rapid_change, stuck;
};

struct averages_row {
  const sensor_context* context;
  event_time start, end;
  double avg;
  event_time latest;
  uint32_t count;
};

/// What a reading or window was compared with; NaN and 0 where a rule has no such figure.
struct baseline {
  double avg = absent, stddev = absent, min = absent, max = absent;
  uint32_t count = 0;
};

enum class anomaly_origin : uint8_t { reading, window };

struct anomaly_row {
  const sensor_context* context;
  event_time time;
  double value, score;
  baseline against;
  event_time window_start = never, window_end = never;
  rule which;
  severity level;
  anomaly_origin origin;
};

struct score_row {
  const sensor_context* context;
  event_time time;
  double score;
  rule_set states;
  /// Each detector's own; NaN where it does not judge, or the reading does not teach it.
  double z = absent, novelty = absent, state = absent;
};

/// Counters of one sensor since the last barrier.
struct sensor_counters {
  uint32_t accepted = 0, duplicate = 0, conflict = 0;
  uint32_t late_statistics = 0, late_patterns = 0, late_averages = 0;
  uint32_t unknown_type = 0, quality_out_of_range = 0;

  friend bool operator==(const sensor_counters&, const sensor_counters&) = default;
};

/// One JSON object in the field order of semantics 12, without a line feed. `types` are the node's sensor type names.
void append_json(std::string& out, const statistics_row& row, const std::vector<sensor_type>& types);
void append_json(std::string& out, const patterns_row& row);
void append_json(std::string& out, const averages_row& row);
void append_json(std::string& out, const anomaly_row& row);
void append_json(std::string& out, const score_row& row);

/// Deterministic: the same condition, time and origin give the same id.
uuid anomaly_id_of(const anomaly_row& row);

} // namespace millwright

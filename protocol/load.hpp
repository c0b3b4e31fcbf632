#pragma once

#include "protocol/time.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What a node measures of itself (semantics 10).
enum class load_measure : uint8_t {
  /// Records a second that its source was given, and that were done with: judged, or refused.
  input,
  processing,
  /// Milliseconds of the newest commit, or of the one under way where that has taken longer already.
  commit,
  /// Milliseconds from taking a reading until its actor has judged it; from the reading's own time until then.
  scheduling_delay,
  end_to_end_delay,
  /// Records that the source holds beyond what was taken.
  backlog,
  /// Bytes of anonymous memory (RssAnon): what is mapped of the ledger is not in it.
  memory,
  /// Share of all cores.
  cpu,
};

inline constexpr size_t load_measure_count = 8;

/// Its key in JSON, with the unit: "commit_ms".
std::string_view name_of(load_measure which);

/// Figures by measure; NaN where one is not known.
class load_figures {
public:
  load_figures() { values_.fill(std::numeric_limits<double>::quiet_NaN()); }

  double& operator[](load_measure which) { return values_[static_cast<size_t>(which)]; }
  double operator[](load_measure which) const { return values_[static_cast<size_t>(which)]; }

private:
  std::array<double, load_measure_count> values_;
};

/// What advice depends on beside figures.
struct node_shape {
  uint32_t nodes = 1;
  /// Facilities of the sensors in memory.
  uint32_t facilities = 0;
  milliseconds commit_interval{0};
};

/// A second or so of a node. Message node -> monitor.
struct load_sample {
  /// Of a steady clock: spans are told by it.
  milliseconds moment{0};
  /// Wall clock, for people.
  event_time at = never;
  load_figures figures;
  node_shape node;
};

/// Samples of a span, measure by measure. The p95 of n values is the ceil(0.95 n)-th of them in their order (nearest
/// rank): at least 95 % are not above it, and it is one of them.
struct load_summary {
  /// Of the oldest and the newest sample; `never` without any.
  event_time from = never, to = never;
  uint32_t samples = 0;
  load_figures mean, p95, max;
};

enum class partition_scheme : uint8_t { time, facility, facility_and_type };

/// "time", "facility", "facility and type"
std::string_view name_of(partition_scheme which);

/// What the figures of a span speak for.
struct load_advice {
  milliseconds commit_interval{0};
  uint32_t nodes = 1;
  partition_scheme by = partition_scheme::time;
  /// 0: as many as there are facilities and types.
  uint32_t partitions = 0;
  /// Why: readings a second that came, that over what was judged (infinite where nothing was), memory as a share of
  /// what it may be.
  double input = 0, lag = 0, memory_share = 0;
  node_shape node;
};

/// Person -> monitor.
struct load_report_wanted {
  milliseconds span{0};
  /// By the clock of the samples' moments.
  milliseconds now{0};
};

struct load_report {
  std::optional<load_sample> newest;
  load_summary summary;
  /// None without a sample in the span.
  std::optional<load_advice> advice;
  /// Subjects of `performance` that are in alarm.
  std::vector<std::string> standing;
};

/// Person -> monitor: the newest so many samples.
struct load_history_wanted {
  uint32_t most = 0;
};

struct load_history_answer {
  /// Oldest first.
  std::vector<load_sample> samples;
};

/// One JSON object each.
void append_json(std::string& out, const load_sample& x);
void append_json(std::string& out, const load_report& x);

} // namespace millwright

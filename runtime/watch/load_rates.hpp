#pragma once

#include "protocol/load.hpp"

#include <cstdint>
#include <optional>

namespace millwright {

/// Totals of a node at one moment.
struct load_totals {
  /// Of a steady clock.
  milliseconds moment{0};
  /// Records taken from the source, and of these judged or refused.
  uint64_t taken = 0, done = 0;
  /// Records that the source has beyond these; none where it cannot tell.
  std::optional<uint64_t> waiting;
  /// Seconds that all threads have computed.
  double cpu_seconds = 0;
};

/// What happened a second between two looks at a node's totals. Pure.
class load_rates {
public:
  /// @param cores of the machine
  explicit load_rates(unsigned cores) : cores_{cores} {}

  /// Input, processing, backlog and CPU since the last look; none at the first.
  std::optional<load_figures> look(const load_totals& now);

private:
  unsigned cores_;
  std::optional<load_totals> last_;
};

} // namespace millwright

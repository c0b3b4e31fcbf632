#pragma once

#include "runtime/bench/hosted_node.hpp"

namespace millwright {

/// How fast a node was for some time.
struct flat_out {
  /// Readings a second; over the whole time, and over the slowest and the fastest five seconds of it.
  double rate = 0, lowest = 0, highest = 0;
  /// Microseconds of processor time a reading, the source's included.
  double cpu = 0;
};

/// Starts the node and measures for `seconds` from a commit on, `warm_up` seconds after it began or later.
flat_out run_flat_out(hosted_node& hosted, double warm_up, double seconds);
/// The same, of a node that runs.
flat_out measure_rate(hosted_node& hosted, double seconds);

} // namespace millwright

#pragma once

#include "runtime/bench/hosted_node.hpp"

#include <string>
#include <vector>

namespace millwright {

/// A stretch of the load at `rate` readings a second, in event time as on the clock.
load_phase readings_for(double seconds, double rate);

/// Until every spike has its page, or two seconds have passed: those that have none then are told, not hidden.
void wait_for_pages(hosted_node& hosted, page_watch& pages);

/// p50, p99, p99.9, the longest, how many alarms there were, and how many of them never came to the channel. Throws
/// where none came.
void add_latencies(std::vector<bench_measure>& out, const std::string& name, page_watch& pages, double target,
                   double goal);

} // namespace millwright

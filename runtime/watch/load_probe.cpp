#include "runtime/watch/load_probe.hpp"

#include "runtime/barrier/collector.hpp"
#include "runtime/source/source.hpp"
#include "runtime/watch/process_load.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace millwright {

using steady = std::chrono::steady_clock;

load_probe::load_probe(parts given) : parts_{std::move(given)}, rates_{std::thread::hardware_concurrency()} {}

// One that will not end is told while it lasts. A ledger that fails is an alarm of its own.
double load_probe::commit_ms(steady::time_point now) const {
  const auto& status = parts_.status;
  const auto newest = static_cast<double>(status.commit_ms.load(std::memory_order_relaxed));
  const auto begun = status.commit_begun.load(std::memory_order_relaxed);
  if (begun == steady::time_point{} || status.ledger_failing)
    return newest;
  return std::max(newest, std::chrono::duration<double, std::milli>(now - begun).count());
}

void load_probe::look(steady::time_point now, uint64_t sent, uint32_t facilities) {
  if (now - last_ < parts_.every)
    return;
  last_ = now;
  load_totals totals;
  totals.moment = std::chrono::duration_cast<milliseconds>(now.time_since_epoch());
  totals.taken = parts_.status.taken.load(std::memory_order_relaxed);
  totals.done = totals.taken - std::min(totals.taken, sent - parts_.outputs.judged());
  totals.waiting = parts_.readings.backlog();
  totals.cpu_seconds = computed_seconds();
  const double wait = parts_.outputs.waits().look(), age = ages_.look();
  const auto figures = rates_.look(totals);
  if (!figures)
    return;
  load_sample out;
  out.moment = totals.moment;
  out.at = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  out.figures = *figures;
  out.figures[load_measure::commit] = commit_ms(now);
  out.figures[load_measure::memory] = static_cast<double>(anonymous_bytes());
  out.figures[load_measure::scheduling_delay] = wait;
  // The times of recorded readings, or of a plant that lives at another pace, are not those of our days.
  if (parts_.readings.by_wall_clock() && !parts_.readings.recorded())
    out.figures[load_measure::end_to_end_delay] = std::max(0.0, age) + wait;
  out.node.facilities = facilities;
  out.node.commit_interval = parts_.commit_interval;
  parts_.tell(out);
}

} // namespace millwright

#include "runtime/bench/hosted_node.hpp"
#include "runtime/bench/load_history.hpp"
#include "runtime/bench/process_figures.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>

namespace millwright {

using namespace std::chrono_literals;

namespace {

using steady = std::chrono::steady_clock;

/// The longest time from taking a reading until it has been judged, and from when it fell due: the latter counts as
/// well what the driver did instead of taking it.
class pause_watch {
public:
  explicit pause_watch(hosted_node& hosted) : hosted_{hosted} {}

  void look() {
    const uint64_t handed = hosted_.load().handed(), judged = hosted_.host().judged();
    const auto now = steady::now();
    if (taken_.empty() || taken_.back().first != handed)
      taken_.emplace_back(handed, now);
    while (!taken_.empty() && judged >= taken_.front().first)
      taken_.pop_front();
    if (!taken_.empty())
      longest_ = std::max(longest_, std::chrono::duration<double, std::milli>(now - taken_.front().second).count());
    // The last readings of the history have no time at which they were due.
    const auto due = hosted_.load().due(judged);
    if (due != steady::time_point{} && due < now)
      lag_ = std::max(lag_, std::chrono::duration<double, std::milli>(now - due).count());
  }
  double longest() const { return longest_; }
  double lag() const { return lag_; }

private:
  hosted_node& hosted_;
  /// How many had been handed over, and when that was first seen.
  std::deque<std::pair<uint64_t, steady::time_point>> taken_;
  double longest_ = 0, lag_ = 0;
};

/// A node at its usual rate, with a minute mark `mark_after` behind the beginning of the paced phase.
load_shape paced(const load_plant& plant, double rate, std::chrono::seconds mark_after) {
  load_shape shape;
  shape.start += 1min - mark_after;
  shape.phases = {history_phase(plant.sensors()), {load_phase::endless, nanoseconds_between(rate), rate}};
  return shape;
}

} // namespace

std::vector<bench_measure> bench_barrier(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(125'000u, 300u), types};
  const double rate = request.sized(167e3, 2000.0);
  hosted_node hosted{request, plant, paced(plant, rate, 29s)};
  hosted.start();
  wait_for(hosted, 60s, [&] { return hosted.load().phase() == 1; });
  // Windows of the history close, and the barriers that it left are committed.
  std::this_thread::sleep_for(request.tiny ? 300ms : 6s);
  const auto& status = hosted.host().status();
  const uint64_t commits_before = status.commits;
  uint64_t commits = commits_before;
  wait_for(hosted, 30s, [&] { return status.commits > commits_before; });
  commits = status.commits;
  const uint64_t first = commits, written_before = bytes_written();
  pause_watch pauses{hosted};
  std::vector<double> took;
  double state_bytes = 0;
  const auto begin = steady::now();
  // A barrier more than is counted: its commit ends the measurement.
  while (commits < first + (request.tiny ? 2 : 3) && steady::now() - begin < 30s) {
    pauses.look();
    if (const uint64_t now = status.commits; now != commits) {
      commits = now;
      took.push_back(static_cast<double>(status.commit_ms));
      state_bytes = std::max(state_bytes, static_cast<double>(status.commit_bytes));
    }
    std::this_thread::sleep_for(200us);
    hosted.check();
  }
  const double written = static_cast<double>(bytes_written() - written_before);
  hosted.stop();
  hosted.check_accepted();
  if (took.empty())
    throw std::runtime_error{"no commit came to its end"};
  std::sort(took.begin(), took.end());
  const double sensors = plant.sensors(), count = static_cast<double>(took.size());
  return {{"barrier-pause", pauses.longest(), "ms", 200, 20, true},
          {"barrier-lag", pauses.lag(), "ms", {}, {}, true},
          {"barrier-bytes-written", written / count / sensors, "B/sensor", 1024, 600, true},
          {"barrier-state-bytes", state_bytes / sensors, "B/sensor", {}, {}, true},
          {"barrier-commit", took[took.size() / 2], "ms", {}, {}, true, took.front(), took.back()}};
}

std::vector<bench_measure> bench_minute(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(125'000u, 300u), types};
  const double rate = request.sized(167e3, 2000.0);
  const auto mark_after = request.tiny ? 1s : 12s;
  hosted_node hosted{request, plant, paced(plant, rate, mark_after)};
  hosted.start();
  wait_for(hosted, 60s, [&] { return hosted.load().phase() == 1; });
  const auto mark = hosted.load().due(hosted.load().first_of(1)) + mark_after;
  pause_watch before{hosted}, behind{hosted};
  // From the mark on every sensor closes its windows at its next reading, within a second.
  while (steady::now() < mark + (request.tiny ? 500ms : 5s)) {
    const auto now = steady::now();
    if (now > mark)
      behind.look();
    else if (mark - now < 5s)
      before.look();
    std::this_thread::sleep_for(200us);
    hosted.check();
  }
  hosted.stop();
  hosted.check_accepted();
  return {{"minute-pause", behind.longest(), "ms", 200, 20, true},
          {"minute-lag", behind.lag(), "ms", {}, {}, true},
          {"minute-pause-before", before.longest(), "ms", {}, {}, true}};
}

} // namespace millwright

#include "runtime/bench/filled_ledger.hpp"
#include "runtime/bench/hosted_node.hpp"
#include "runtime/bench/load_history.hpp"
#include "runtime/bench/pause_watch.hpp"
#include "runtime/bench/process_figures.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace millwright {

using namespace std::chrono_literals;

namespace {

using steady = std::chrono::steady_clock;

/// A node of a plant of its own at its usual rate, which a minute mark comes to `mark_after` its first reading. Windows
/// close on half minutes as well.
struct paced_node {
  paced_node(const bench_request& request, const std::string& name, steady::duration mark_after,
             std::optional<milliseconds> interval = {})
      : types{load_sensor_types(request.sensor_types)}, plant{request.sized(125'000u, 300u), types}, mark_after{
                                                                                                         mark_after} {
    auto own = request;
    own.directory += "/" + name;
    std::filesystem::create_directory(own.directory);
    const double rate = request.sized(167e3, 2000.0);
    load_shape shape;
    shape.start += 1min - std::chrono::duration_cast<milliseconds>(mark_after);
    prepare_plant(own, plant, shape.start - 1s);
    shape.scattered = true;
    shape.phases = {{load_phase::endless, nanoseconds_between(rate), rate}};
    auto settings = hosted_node::settings_for(own);
    settings.ledger.interval = interval.value_or(settings.ledger.interval);
    hosted = std::make_unique<hosted_node>(std::move(settings), plant, shape);
    hosted->start();
    wait_for(*hosted, 60s, [&] { return hosted->load().handed() > 0; });
  }

  steady::time_point mark() const { return hosted->load().due(0) + mark_after; }
  uint64_t commits() const { return hosted->host().status().commits; }
  void sleep_until(steady::time_point when) {
    wait_for(*hosted, 60s, [&] { return steady::now() >= when; });
  }

  /// Looks at pauses until `over`.
  template <class Over>
  pause_watch watch(Over over) {
    pause_watch pauses;
    while (!over()) {
      const uint64_t handed = hosted->load().handed(), judged = hosted->host().judged();
      pauses.look(handed, judged, steady::now(), hosted->load().due(judged));
      std::this_thread::sleep_for(300us);
      hosted->check();
    }
    return pauses;
  }
  pause_watch watch_until(steady::time_point end) {
    return watch([&] { return steady::now() >= end; });
  }

  sensor_type_table types;
  load_plant plant;
  steady::duration mark_after;
  std::unique_ptr<hosted_node> hosted;
};

/// The same node when nobody commits for ten minutes: `before` the minute mark and `behind` it.
struct calm_pauses {
  pause_watch before, behind;
};
calm_pauses pauses_without_barriers(const bench_request& request) {
  paced_node node{request, "calm", request.tiny ? 600ms : 8s, 10min};
  const auto mark = node.mark();
  const auto span = request.tiny ? steady::duration{400ms} : steady::duration{4500ms};
  node.sleep_until(mark - span);
  calm_pauses out;
  out.before = node.watch_until(mark);
  out.behind = node.watch_until(mark + span);
  // Readings wait in memory until a commit: too many, and there is one all the same.
  if (node.commits() > 0)
    throw std::runtime_error{"the run without barriers had one"};
  node.hosted->stop();
  return out;
}

void add_pauses(std::vector<bench_measure>& out, const std::string& name, const pause_watch& pauses, bool judged,
                const std::string& note = {}) {
  out.push_back({name, pauses.longest(), "ms", {}, {}, true, {}, {}, note});
  if (judged) {
    out.back().target = 200;
    out.back().goal = 20;
  }
  out.push_back({name + "-p99", pauses.percentile(0.99), "ms", {}, {}, true});
}

} // namespace

std::vector<bench_measure> bench_barrier(const bench_request& request) {
  paced_node node{request, "barriers", request.tiny ? 10s : 29s};
  auto& hosted = *node.hosted;
  const auto& status = hosted.host().status();
  node.sleep_until(hosted.load().due(0) + (request.tiny ? 300ms : 3s));
  uint64_t commits = node.commits();
  wait_for(hosted, 30s, [&] { return node.commits() > commits; });
  commits = node.commits();
  const uint64_t last = commits + (request.tiny ? 2 : 3), written_before = bytes_written();
  std::vector<double> took;
  double state_bytes = 0;
  const auto pauses = node.watch([&] {
    if (const uint64_t now = node.commits(); now != commits) {
      commits = now;
      took.push_back(static_cast<double>(status.commit_ms));
      state_bytes = std::max(state_bytes, static_cast<double>(status.commit_bytes));
    }
    return commits >= last;
  });
  const double written = static_cast<double>(bytes_written() - written_before);
  if (steady::now() >= node.mark())
    throw std::runtime_error{"three commits took so long that a minute mark fell between them"};
  hosted.stop();
  const auto calm = pauses_without_barriers(request).before;
  std::sort(took.begin(), took.end());
  const double sensors = node.plant.sensors(), count = static_cast<double>(took.size());
  std::vector<bench_measure> out;
  add_pauses(out, "barrier-pause", pauses, true);
  add_pauses(out, "barrier-pause-without", calm, false, "neither barrier nor minute mark");
  out.push_back({"barrier-lag", pauses.longest_lag(), "ms", {}, {}, true, {}, {}, "falling due to judged"});
  out.push_back({"barrier-bytes-written",
                 written / count / sensors,
                 "B/sensor",
                 1024,
                 600,
                 true,
                 {},
                 {},
                 "write_bytes of the process, both stores"});
  out.push_back({"barrier-state-bytes", state_bytes / sensors, "B/sensor", {}, {}, true});
  out.push_back({"barrier-commit", took[took.size() / 2], "ms", {}, {}, true, took.front(), took.back()});
  return out;
}

std::vector<bench_measure> bench_minute(const bench_request& request) {
  pause_watch before, behind;
  {
    // Five seconds on either side of the mark: as many barriers in the one as in the other.
    paced_node node{request, "barriers", request.tiny ? 1s : 15s};
    const auto span = request.tiny ? steady::duration{400ms} : steady::duration{5s};
    node.sleep_until(node.mark() - span);
    before = node.watch_until(node.mark());
    behind = node.watch_until(node.mark() + span);
    node.hosted->stop();
  }
  const auto calm = pauses_without_barriers(request);
  std::vector<bench_measure> out;
  add_pauses(out, "minute-pause", behind, true, "with the barrier that falls there");
  add_pauses(out, "minute-pause-before", before, false, "a barrier, no minute mark");
  add_pauses(out, "minute-pause-alone", calm.behind, false, "a minute mark, no barrier");
  add_pauses(out, "minute-pause-without", calm.before, false, "neither");
  out.push_back({"minute-lag", behind.longest_lag(), "ms", {}, {}, true, {}, {}, "falling due to judged"});
  return out;
}

} // namespace millwright

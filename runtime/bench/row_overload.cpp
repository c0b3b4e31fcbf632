#include "runtime/bench/alarm_latency.hpp"
#include "runtime/bench/filled_ledger.hpp"
#include "runtime/bench/hosted_node.hpp"
#include "runtime/bench/load_history.hpp"
#include "runtime/bench/process_figures.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millwright {

using namespace std::chrono_literals;

namespace {

using steady = std::chrono::steady_clock;

double seconds_since(steady::time_point begin) {
  return std::chrono::duration<double>(steady::now() - begin).count();
}

/// Of what the splits were committed with in between, the least and the most, of their mean, in %.
std::pair<double, double> shares(const std::map<std::string, uint64_t>& before,
                                 const std::map<std::string, uint64_t>& after) {
  double sum = 0, least = 0, most = 0;
  for (const auto& [split, position] : after) {
    const auto had = before.find(split);
    const auto took = static_cast<double>(position - (had == before.end() ? 0 : had->second));
    least = sum == 0 ? took : std::min(least, took);
    most = std::max(most, took);
    sum += took;
  }
  if (sum == 0)
    return {0, 0};
  const double mean = sum / static_cast<double>(after.size());
  return {least / mean * 100, most / mean * 100};
}

/// How long the backlog takes to go while the usual load goes on. The row must end: what is left then is reckoned from
/// the rate at which it went, if it did.
void add_drained(std::vector<bench_measure>& out, const std::string& name, hosted_node& hosted, double usual,
                 double patience) {
  const auto behind = [&] {
    const uint64_t offered = hosted.load().offered(steady::now()), handed = hosted.load().handed();
    return static_cast<double>(offered - std::min(handed, offered));
  };
  const double begun_with = behind();
  const auto begin = steady::now();
  double left = begun_with, took = 0;
  // What falls due between two looks is no backlog.
  while (left >= usual / 20 && took < patience) {
    std::this_thread::sleep_for(20ms);
    hosted.check();
    left = behind();
    took = seconds_since(begin);
  }
  const double went = (begun_with - left) / took;
  if (left < usual / 20)
    out.push_back({name + "-drained-after", took, "s", {}, {}, true});
  else if (went > 0)
    out.push_back(
        {name + "-drained-after", begun_with / went, "s", {}, {}, true, {}, {}, "reckoned from its beginning"});
  out.push_back({name + "-backlog-left", left, "readings", {}, {}, true, {}, {}, fmt::format("after {:.0f} s", took)});
}

std::vector<bench_measure> overload(const bench_request& request, const std::string& name, uint32_t malformed_of_ten) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(125'000u, 300u), types};
  const double usual = request.sized(167e3, 2000.0), flood = 10 * usual, lasts = request.sized(30.0, 0.5);
  auto shape = prepared_load(request, plant);
  shape.phases = {readings_for(request.sized(4.0, 0.2), usual),
                  readings_for(lasts, flood),
                  {load_phase::endless, nanoseconds_between(usual), usual}};
  shape.phases[1].malformed_of_ten = malformed_of_ten;
  shape.spike_every = request.sized(4000u, 20u);
  shape.spikes_from = 1;
  page_watch pages{plant};
  hosted_node hosted{hosted_node::settings_for(request), plant, shape, &pages};
  hosted.start();
  wait_for(hosted, 60s, [&] { return hosted.load().phase() >= 1; });
  const auto positions_before = hosted.host().results().load().positions;
  const uint64_t memory_before = anonymous_memory();
  const auto begin = steady::now();
  uint64_t memory = 0, most_behind = 0;
  rate_meter meter{hosted.host()};
  while (seconds_since(begin) < lasts) {
    std::this_thread::sleep_for(20ms);
    hosted.check();
    memory = std::max(memory, anonymous_memory());
    const uint64_t handed = hosted.load().handed();
    most_behind = std::max(most_behind, hosted.load().offered(steady::now()) - handed);
  }
  // Of readings that were judged: what is malformed is none.
  const double rate = meter.rate();
  std::vector<bench_measure> out;
  // A run of half a second may be over before the first one.
  wait_for(hosted, 20s, [&] { return pages.came(); });
  // Spikes go on with the backlog: those that are under way at this moment count with their age.
  add_latencies(out, name, pages, 500, 50);
  const auto [least, most] = shares(positions_before, hosted.host().results().load().positions);
  out.push_back({name + "-rate", rate, "readings/s", {}, {}});
  out.push_back({name + "-memory-peak",
                 static_cast<double>(memory) / 1e6,
                 "MB",
                 {},
                 {},
                 true,
                 {},
                 {},
                 fmt::format("RssAnon; {:.0f} MB before", static_cast<double>(memory_before) / 1e6)});
  out.push_back({name + "-share-least", least, "%", {}, {}, false, {}, {}, "of a split, of the mean of all"});
  out.push_back({name + "-share-most", most, "%", {}, {}, true});
  out.push_back({name + "-backlog-most", static_cast<double>(most_behind), "readings", {}, {}, true});
  add_drained(out, name, hosted, usual, request.sized(14.0, 5.0));
  hosted.stop();
  return out;
}

} // namespace

std::vector<bench_measure> bench_overload(const bench_request& request) {
  return overload(request, "overload", 0);
}

std::vector<bench_measure> bench_overload_malformed(const bench_request& request) {
  return overload(request, "overload-malformed", 9);
}

} // namespace millwright

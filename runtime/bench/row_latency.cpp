#include "runtime/bench/alarm_latency.hpp"
#include "runtime/bench/filled_ledger.hpp"
#include "runtime/bench/hosted_node.hpp"
#include "runtime/bench/load_history.hpp"

#include <algorithm>

namespace millwright {

using namespace std::chrono_literals;

// 200 alarms a second, spread evenly.
std::vector<bench_measure> bench_latency(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(125'000u, 300u), types};
  const double rate = request.sized(167e3, 2000.0);
  auto shape = prepared_load(request, plant);
  shape.phases = {readings_for(request.sized(6.0, 0.2), rate),
                  readings_for(request.sized(42.0, 1.0), rate),
                  {load_phase::endless, nanoseconds_between(rate), rate}};
  shape.spike_every = static_cast<uint64_t>(rate / 200);
  shape.spikes_from = 1;
  shape.spikes_until = 2;
  page_watch pages{plant};
  hosted_node hosted{hosted_node::settings_for(request), plant, shape, &pages};
  hosted.start();
  double lag = 0;
  wait_for(hosted, 60s, [&] {
    const auto now = load_source::clock::now();
    // Behind what was handed over lies what has fallen due and was not taken.
    if (hosted.load().phase() == 1)
      lag = std::max(
          lag, std::chrono::duration<double, std::milli>(now - hosted.load().due(hosted.load().handed())).count());
    return hosted.load().phase() == 2;
  });
  wait_for_pages(hosted, pages);
  std::vector<bench_measure> out;
  add_latencies(out, "latency", pages, 50, 10);
  hosted.stop();
  out.push_back({"latency-lag-longest", lag, "ms", {}, {}, true, {}, {}, "falling due to being taken"});
  return out;
}

} // namespace millwright

#include "runtime/bench/filled_ledger.hpp"
#include "runtime/bench/hosted_node.hpp"
#include "runtime/bench/load_history.hpp"

#include <chrono>

namespace millwright {

using namespace std::chrono_literals;

namespace {

using steady = std::chrono::steady_clock;

/// From before the stores are opened until the first reading is judged.
bench_measure restart(const bench_request& request, const std::string& name, uint32_t sensors, double target,
                      double goal) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{sensors, types};
  load_shape shape;
  shape.scattered = true;
  prepare_plant(request, plant, shape.start);
  shape.start += 10s;
  shape.phases = {{load_phase::endless, nanoseconds_between(sensors), request.sized(167e3, 2000.0)}};
  const auto begin = steady::now();
  hosted_node hosted{hosted_node::settings_for(request), plant, shape};
  hosted.start();
  wait_for(hosted, 60s, [&] { return hosted.host().judged() > 0; });
  const double seconds = std::chrono::duration<double>(steady::now() - begin).count();
  hosted.stop();
  return {name, seconds, "s", target, goal, true};
}

} // namespace

std::vector<bench_measure> bench_restart(const bench_request& request) {
  return {restart(request, "restart-125000", request.sized(125'000u, 500u), 3, 1)};
}

std::vector<bench_measure> bench_restart_million(const bench_request& request) {
  return {restart(request, "restart-1000000", request.sized(1'000'000u, 1000u), 20, 8)};
}

} // namespace millwright

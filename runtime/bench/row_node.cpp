#include "runtime/bench/filled_ledger.hpp"
#include "runtime/bench/flat_out.hpp"
#include "runtime/bench/hosted_node.hpp"
#include "runtime/bench/load_history.hpp"

namespace millwright {

using namespace std::chrono_literals;

namespace {

/// The source's own cost: how many readings a second it makes when nobody does anything with them.
double source_rate(const load_plant& plant, double seconds) {
  load_source alone{plant, load_shape{}};
  record_batch batch;
  const auto begin = std::chrono::steady_clock::now();
  const auto passed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); };
  do
    alone.poll(batch, 4096, 20ms);
  while (passed() < seconds);
  return static_cast<double>(alone.handed()) / passed();
}

} // namespace

namespace {

std::vector<bench_measure> measure(const bench_request& request, const std::string& name, uint32_t fast_of_ten) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(125'000u, 300u), types};
  auto shape = prepared_load(request, plant);
  const double made = source_rate(plant, request.sized(1.0, 0.01));
  shape.fast_of_ten = fast_of_ten;
  shape.phases = {{load_phase::endless, nanoseconds_between(plant.sensors()), 0}};
  hosted_node hosted{hosted_node::settings_for(request), plant, shape};
  const auto run = run_flat_out(hosted, request.sized(3.0, 0.05), request.sized(45.0, 0.2));
  hosted.stop();
  return {{name, run.rate, "readings/s", 500e3, 1e6, false, run.lowest, run.highest},
          {name + "-cpu", run.cpu, "us/reading", {}, {}, true},
          {name + "-source-alone", made, "readings/s", {}, {}}};
}

} // namespace

std::vector<bench_measure> bench_node(const bench_request& request) {
  return measure(request, "node", 0);
}

std::vector<bench_measure> bench_node_fast_clocks(const bench_request& request) {
  return measure(request, "node-fast-clocks", 1);
}

} // namespace millwright

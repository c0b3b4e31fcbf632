#include "runtime/bench/filled_ledger.hpp"
#include "runtime/bench/hosted_node.hpp"
#include "runtime/bench/load_history.hpp"
#include "runtime/bench/process_figures.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace millwright {

using namespace std::chrono_literals;

namespace {

using steady = std::chrono::steady_clock;

constexpr uint32_t sensors_of_unit = 5;

struct held_memory {
  double least = 0, half = 0, most = 0;
};

/// RssAnon of a node that has judged a quarter of an hour of event time, in a process of its own: at 1 Hz.
held_memory held(const bench_request& request, uint32_t sensors, uint32_t of_unit) {
  auto own = request;
  own.directory += of_unit > 0 ? "/units" : "/none";
  std::filesystem::create_directories(own.directory);
  const auto told = own.directory + "/held";
  in_child([&] {
    const auto types = load_sensor_types(own.sensor_types);
    const load_plant plant{sensors, types, of_unit};
    plant.write_metadata(own.directory);
    load_shape shape;
    // All windows of a unit are open then that ever are.
    auto history = history_phase(sensors, own.sized(30u, 4u));
    history.rate = own.sized(static_cast<double>(sensors), 20'000.0);
    shape.phases = {history, {load_phase::endless, nanoseconds_between(sensors), static_cast<double>(sensors)}};
    hosted_node hosted{hosted_node::settings_for(own), plant, shape};
    hosted.start();
    wait_for(hosted, 120s, [&] { return hosted.load().phase() == 1; });
    std::vector<double> seen;
    const auto from = steady::now() + (own.tiny ? 50ms : 20'000ms), until = from + (own.tiny ? 50ms : 20'000ms);
    while (seen.empty() || steady::now() < until) {
      if (steady::now() >= from)
        seen.push_back(static_cast<double>(anonymous_memory()));
      std::this_thread::sleep_for(20ms);
      hosted.check();
    }
    hosted.stop();
    std::sort(seen.begin(), seen.end());
    std::ofstream{told} << std::fixed << seen.front() << ' ' << seen[seen.size() / 2] << ' ' << seen.back();
  });
  held_memory out;
  if (!(std::ifstream{told} >> out.least >> out.half >> out.most))
    throw std::runtime_error{"the child has not told what it held"};
  std::filesystem::remove_all(own.directory);
  return out;
}

} // namespace

// The same sensors twice: with units, and without any.
std::vector<bench_measure> bench_memory_units(const bench_request& request) {
  const uint32_t sensors = request.sized(125'000u, 300u);
  const auto with = held(request, sensors, sensors_of_unit), without = held(request, sensors, 0);
  const auto each = [&](double more, double less) { return std::max(0.0, more - less) * sensors_of_unit / sensors; };
  return {
      {"memory-unit", each(with.half, without.half), "B/unit", 16384, 4096, true, each(with.least, without.least),
       each(with.most, without.most), "five sensors each, beside these"},
      {"memory-unit-none", without.half / sensors, "B/sensor", {}, {}, true, {}, {}, "all of RssAnon, without units"}};
}

} // namespace millwright

#include "runtime/bench/filled_ledger.hpp"
#include "runtime/bench/flat_out.hpp"
#include "runtime/bench/hosted_node.hpp"
#include "runtime/bench/load_history.hpp"

#include <filesystem>

namespace millwright {

using namespace std::chrono_literals;

namespace {

constexpr double total_rate = 167e3;

/// Readings a second of a plant whose sensors together report 167,000 times a second of event time.
/// @param offered a second; 0: as fast as they are taken.
double rate_of(const bench_request& request, const std::string& name, uint32_t sensors, double offered,
               double seconds) {
  auto own = request;
  own.directory += "/" + name;
  std::filesystem::create_directory(own.directory);
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{sensors, types};
  const double total = request.sized(total_rate, 2000.0);
  auto shape = prepared_load(own, plant, milliseconds{static_cast<int64_t>(1000 * sensors / total)});
  shape.phases = {{load_phase::endless, nanoseconds_between(total), offered}};
  hosted_node hosted{hosted_node::settings_for(own), plant, shape};
  const double rate = run_flat_out(hosted, 0, seconds).rate;
  hosted.stop();
  std::filesystem::remove_all(own.directory);
  return rate;
}

} // namespace

std::vector<bench_measure> bench_sensors(const bench_request& request) {
  // A commit of so many sensors takes up to half a minute: the time measured has to hold one.
  const double few = rate_of(request, "few", request.sized(125'000u, 100u), 0, request.sized(10.0, 0.2));
  const double many = rate_of(request, "many", request.sized(1'250'000u, 1000u), 0, request.sized(40.0, 0.2));
  return {{"sensors-kept", many / few * 100, "%", 80, 95, false, {}, {}, "flat out"},
          {"sensors-125000", few, "readings/s", {}, {}},
          {"sensors-1250000", many, "readings/s", {}, {}}};
}

std::vector<bench_measure> bench_sensors_paced(const bench_request& request) {
  const double offered = request.sized(total_rate, 2000.0);
  const double rate = rate_of(request, "many", request.sized(1'250'000u, 1000u), offered, request.sized(15.0, 0.4));
  return {{"sensors-paced-kept",
           std::min(rate / offered, 1.0) * 100,
           "%",
           80,
           95,
           false,
           {},
           {},
           "of 167,000 readings/s offered"},
          {"sensors-paced-1250000", rate, "readings/s", {}, {}}};
}

} // namespace millwright

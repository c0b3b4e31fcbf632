#include "runtime/bench/bench_row.hpp"
#include "runtime/bench/filled_ledger.hpp"
#include "runtime/bench/flat_out.hpp"
#include "runtime/bench/load_history.hpp"
#include "runtime/bench/worn_readings.hpp"

#include <filesystem>
#include <fstream>

namespace millwright {

using namespace std::chrono_literals;

namespace {

/// A model of 100 trees for each type that the plant has; their scores mean nothing, but cost what scores cost.
std::map<std::string, std::string> models_in(const std::string& directory, bool tiny) {
  const worn_readings readings{tiny ? size_t{2000} : size_t{100'000}};
  training_request wanted;
  wanted.sensor_type = "generic";
  auto model = train_model(readings.labelled(20), wanted).model;
  std::map<std::string, std::string> out;
  for (const std::string type : {"temperature", "vibration", "pressure", "power", "generic"}) {
    model.sensor_type = type;
    out[type] = directory + "/" + type + ".model";
    std::ofstream{out[type], std::ios::binary} << to_bytes(model);
  }
  return out;
}

} // namespace

std::vector<bench_measure> bench_node_health(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{request.sized(125'000u, 300u), types};
  const auto models = models_in(request.directory, request.tiny);
  double rates[2]{};
  for (const bool scored : {false, true}) {
    auto shape = prepared_load(request, plant);
    shape.phases = {{load_phase::endless, nanoseconds_between(plant.sensors()), 0}};
    auto settings = hosted_node::settings_for(request);
    if (scored)
      settings.models = models;
    // What the ledger begins with knows no models: they are found at the first look.
    settings.plant.reread = 100ms;
    hosted_node hosted{settings, plant, shape};
    rates[scored] = run_flat_out(hosted, request.sized(3.0, 0.05), request.sized(30.0, 0.2)).rate;
    hosted.stop();
    std::filesystem::remove_all(settings.ledger.path);
    std::filesystem::remove_all(settings.ledger.path + "-alarms");
  }
  return {
      {"node-health", rates[1], "readings/s", {}, {}},
      {"node-health-share", 100 * rates[1] / rates[0], "%", 50, 70, false, {}, {}, "of the same node without models"}};
}

} // namespace millwright

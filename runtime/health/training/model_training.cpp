#include "runtime/health/training/model_training.hpp"

#include "protocol/failure.hpp"
#include "runtime/health/health_features.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

namespace millwright {

namespace {

/// An order of the machines that depends on the seed and on their names alone.
uint64_t draw_of(uint64_t seed, const std::string& name) {
  uint64_t hash = 0xcbf29ce484222325 ^ (seed * 0x9e3779b97f4a7c15);
  for (const char c : name)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
  return hash ^ hash >> 33;
}

/// Of each machine: whether it is held out.
std::vector<bool> choose(const labelled_readings& readings, const training_request& request) {
  const size_t count = readings.machines.size();
  std::vector<std::pair<uint64_t, size_t>> order;
  for (size_t i = 0; i < count; ++i)
    order.emplace_back(draw_of(request.how.seed, readings.machines[i]), i);
  std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    return std::tie(a.first, readings.machines[a.second]) < std::tie(b.first, readings.machines[b.second]);
  });
  const auto wanted = static_cast<size_t>(std::llround(request.hold_out * static_cast<double>(count)));
  std::vector<bool> out(count);
  for (size_t i = 0; i < std::clamp<size_t>(wanted, 1, count - 1); ++i)
    out[order[i].second] = true;
  return out;
}

/// The rows of the machines that are held out, or of the others.
training_rows part_of(const labelled_readings& readings, const std::vector<bool>& held_out, bool which) {
  const auto& all = readings.rows;
  training_rows out{all.features, {}, {}};
  for (size_t i = 0; i < all.size(); ++i)
    if (held_out[readings.machine_of[i]] == which) {
      const auto begin = all.values.begin() + static_cast<ptrdiff_t>(i * all.features);
      out.values.insert(out.values.end(), begin, begin + static_cast<ptrdiff_t>(all.features));
      out.labels.push_back(all.labels[i]);
    }
  return out;
}

std::vector<trained_feature> ranges_of(const training_rows& rows) {
  std::vector<trained_feature> out;
  for (size_t k = 0; k < rows.features; ++k) {
    trained_feature each{std::string{health_features()[k].name}};
    bool seen = false;
    for (size_t i = k; i < rows.values.size(); i += rows.features) {
      const float x = rows.values[i];
      if (std::isnan(x)) {
        each.missing = true;
        continue;
      }
      each.low = seen ? std::min(each.low, x) : x;
      each.high = seen ? std::max(each.high, x) : x;
      seen = true;
    }
    out.push_back(std::move(each));
  }
  return out;
}

void test(training_result& result, const tree_ensemble& trees, const training_rows& rows) {
  std::vector<float> predicted(rows.size());
  trees.predict(rows.values.data(), rows.size(), predicted.data());
  constexpr size_t parts = 10;
  for (size_t i = 0; i < parts; ++i)
    result.calibration.push_back({static_cast<double>(i) / parts, static_cast<double>(i + 1) / parts, 0, 0, 0});
  const double n = static_cast<double>(rows.size());
  const double mean = std::accumulate(rows.labels.begin(), rows.labels.end(), 0.0) / n;
  double missed = 0, spread = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const double said = std::clamp(static_cast<double>(predicted[i]), 0.0, 1.0);
    const double label = static_cast<double>(rows.labels[i]);
    missed += (said - label) * (said - label);
    spread += (label - mean) * (label - mean);
    auto& part = result.calibration[std::min(parts - 1, static_cast<size_t>(said * parts))];
    ++part.readings;
    part.predicted += said;
    part.labelled += label;
  }
  for (auto& each : result.calibration) {
    each.predicted /= static_cast<double>(each.readings);
    each.labelled /= static_cast<double>(each.readings);
  }
  auto& figures = result.model.held_out;
  figures.readings = rows.size();
  figures.rmse = std::sqrt(missed / n);
  figures.r2 = spread > 0 ? 1 - missed / spread : std::numeric_limits<double>::quiet_NaN();
}

[[noreturn]] void too_little(const std::string& what) {
  throw failure{failure_code::bad_configuration, "--data", what};
}

} // namespace

training_result train_model(const labelled_readings& readings, const training_request& request) {
  if (readings.rows.size() == 0)
    too_little("there is no reading of the type " + request.sensor_type + " with a health: " +
               std::to_string(readings.unlabelled) + " of it have none, " + std::to_string(readings.of_other_types) +
               " are of other types, " + std::to_string(readings.refused) + " were refused" +
               (readings.first_refused.empty() ? "" : " (the first: " + readings.first_refused + ")"));
  if (readings.machines.size() < 2)
    too_little("all readings are of " + readings.machines.front() +
               ": a model is tested by machines that it was not trained with, so at least two are needed. Which sensor "
               "is on which machine stands in the file that plant.sensors names (-c FILE.yaml)");
  const auto held_out = choose(readings, request);
  const auto trained = part_of(readings, held_out, false), tested = part_of(readings, held_out, true);
  const auto [least, most] = std::minmax_element(trained.labels.begin(), trained.labels.end());
  if (*least == *most)
    too_little("every health is the same: there is nothing to learn");

  training_result result;
  const auto grown = booster::train(trained, request.how);
  result.importance = grown.importance(trained.features);
  for (size_t i = 0; i < held_out.size(); ++i)
    if (held_out[i])
      result.held_out.push_back(readings.machines[i]);
  auto& model = result.model;
  model.sensor_type = request.sensor_type;
  model.features = ranges_of(trained);
  model.kind = request.how.kind;
  model.seed = request.how.seed;
  model.program = request.program;
  model.trained_readings = trained.size();
  model.trained_machines = readings.machines.size() - result.held_out.size();
  model.held_out.machines = result.held_out.size();
  model.trees = grown.save();
  test(result, tree_ensemble::from_xgboost(model.trees), tested);
  return result;
}

} // namespace millwright

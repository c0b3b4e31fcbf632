#include "runtime/bench/bench_row.hpp"
#include "runtime/bench/worn_readings.hpp"
#include "runtime/health/health_scorer.hpp"
#include "runtime/settings/health_settings.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <stdexcept>
#include <vector>

namespace millwright {

namespace {

using steady = std::chrono::steady_clock;

double seconds_since(steady::time_point begin) {
  return std::chrono::duration<double>(steady::now() - begin).count();
}

} // namespace

std::vector<bench_measure> bench_health(const bench_request& request) {
  const worn_readings readings{request.sized<size_t>(100'000, 2000)};
  const auto rows = readings.labelled(20);
  training_request wanted;
  wanted.sensor_type = "pressure";
  wanted.how.trees = request.sized(100, 10);
  auto begin = steady::now();
  const auto trained = train_model(rows, wanted);
  const double training = seconds_since(begin);
  const loaded_model model{trained.model, tree_ensemble::from_xgboost(trained.model.trees)};

  constexpr size_t batch = 4096;
  health_scorer scorer;
  uint64_t scored = 0;
  double sum = 0;
  begin = steady::now();
  while (scored == 0 || seconds_since(begin) < request.sized(3.0, 0.0))
    for (size_t at = 0; at < readings.inputs.size(); at += batch) {
      const auto inputs = std::span{readings.inputs}.subspan(at).first(std::min(batch, readings.inputs.size() - at));
      sum += scorer.score(model, {}, inputs).front().score;
      scored += inputs.size();
    }
  const double ours = static_cast<double>(scored) / seconds_since(begin);
  if (!(sum > 0))
    throw std::runtime_error{"no machine has any health"};

  const auto theirs = booster::load(trained.model.trees);
  uint64_t predicted = 0;
  begin = steady::now();
  while (predicted == 0 || seconds_since(begin) < request.sized(2.0, 0.0))
    for (size_t at = 0; at < rows.rows.size(); at += batch) {
      const size_t count = std::min(batch, rows.rows.size() - at);
      predicted += theirs
                       .predict({rows.rows.values.data() + at * rows.rows.features, count * rows.rows.features},
                                rows.rows.features)
                       .size();
    }
  const double xgboost = static_cast<double>(predicted) / seconds_since(begin);
  return {{"health", ours, "scores/s", 5e5, 1e6},
          {"health-xgboost", xgboost, "rows/s", {}, {}, false, {}, {}, "XGBoost's own predictor, the same trees"},
          {"health-training", training, "s", {}, {}, true, {}, {}, "100 trees with 75,000 readings"}};
}

} // namespace millwright

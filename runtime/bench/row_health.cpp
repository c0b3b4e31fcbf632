#include "runtime/bench/bench_row.hpp"
#include "runtime/health/health_scorer.hpp"
#include "runtime/health/training/model_training.hpp"
#include "runtime/settings/health_settings.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <span>
#include <stdexcept>
#include <vector>

namespace millwright {

namespace {

using steady = std::chrono::steady_clock;

double seconds_since(steady::time_point begin) {
  return std::chrono::duration<double>(steady::now() - begin).count();
}

/// Readings of machines that wear out: the value rises, and the quality falls a little.
struct worn_readings {
  std::vector<health_input> inputs;
  std::vector<float> health;

  explicit worn_readings(size_t count) {
    std::mt19937_64 random{1};
    std::normal_distribution<double> noise{0, 1};
    std::uniform_real_distribution<double> worn{0, 1};
    for (size_t i = 0; i < count; ++i) {
      const double x = worn(random);
      inputs.push_back({50 + 40 * x * x + 3 * noise(random), i % 50 ? 0.98 - 0.1 * x + 0.01 * noise(random) : absent,
                        static_cast<uint8_t>(random() % 24), static_cast<uint8_t>(1 + random() % 7)});
      health.push_back(static_cast<float>(1 - x));
    }
  }
};

labelled_readings labelled(const worn_readings& from, uint32_t machines) {
  labelled_readings out;
  out.rows.features = health_features().size();
  out.rows.values.resize(from.inputs.size() * out.rows.features);
  out.rows.labels = from.health;
  for (uint32_t i = 0; i < machines; ++i)
    out.machines.push_back("machine " + std::to_string(i));
  for (size_t i = 0; i < from.inputs.size(); ++i) {
    put_health_features(from.inputs[i], out.rows.values.data() + i * out.rows.features);
    out.machine_of.push_back(static_cast<uint32_t>(i % machines));
  }
  return out;
}

} // namespace

std::vector<bench_measure> bench_health(const bench_request& request) {
  const worn_readings readings{request.sized<size_t>(100'000, 2000)};
  const auto rows = labelled(readings, 20);
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

#include "runtime/health/training/model_training.hpp"

#include "protocol/failure.hpp"
#include "runtime/health/health_features.hpp"
#include "runtime/health/training/training_report.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace model_training_test {

using namespace millwright;

namespace {

/// Machines whose value says their health, some of it lost in noise.
labelled_readings machines(size_t count, size_t readings_each = 300) {
  std::mt19937_64 random{1};
  std::normal_distribution<double> noise{0, 2};
  labelled_readings out;
  out.rows.features = health_features().size();
  for (uint32_t machine = 0; machine < count; ++machine) {
    out.machines.push_back("pump-" + std::to_string(machine) + " (main)");
    for (size_t i = 0; i < readings_each; ++i) {
      const double health = 1 - static_cast<double>(i) / static_cast<double>(readings_each);
      const health_input input{50 * (2 - health) + noise(random), i % 9 ? 0.9 : absent, static_cast<uint8_t>(i % 24),
                               static_cast<uint8_t>(1 + i % 7)};
      out.rows.values.resize(out.rows.values.size() + out.rows.features);
      put_health_features(input, &*out.rows.values.end() - out.rows.features);
      out.rows.labels.push_back(static_cast<float>(health));
      out.machine_of.push_back(machine);
    }
  }
  return out;
}

training_request request_for(model_kind kind = model_kind::boosted, uint64_t seed = 1) {
  training_request out;
  out.sensor_type = std::string{"pressure"};
  out.how = {kind, seed, 40, 4};
  out.program = std::string{"0.2.0"};
  return out;
}

std::string refused(const labelled_readings& readings) {
  try {
    train_model(readings, request_for());
  } catch (const failure& e) {
    CHECK(e.code() == failure_code::bad_configuration);
    return e.what();
  }
  return "trained";
}

} // namespace

TEST_CASE("whole machines are held out, by the seed and their names") {
  const auto readings = machines(8);
  const auto first = train_model(readings, request_for());
  CHECK(first.held_out.size() == 2);
  CHECK(first.model.held_out.machines == 2);
  CHECK(first.model.held_out.readings == 600);
  CHECK(first.model.trained_machines == 6);
  CHECK(first.model.trained_readings == 1800);
  CHECK(train_model(readings, request_for()).held_out == first.held_out);
  bool other = false;
  for (uint64_t seed = 2; seed < 6; ++seed)
    other |= train_model(readings, request_for(model_kind::boosted, seed)).held_out != first.held_out;
  CHECK(other);
  CHECK(train_model(machines(2), request_for()).held_out.size() == 1);
}

TEST_CASE("the same readings and seed give the same bytes, of either kind") {
  for (const auto kind : {model_kind::boosted, model_kind::forest}) {
    const auto bytes = to_bytes(train_model(machines(4), request_for(kind)).model);
    CHECK(bytes == to_bytes(train_model(machines(4), request_for(kind)).model));
    const auto loaded = model_of(bytes, "pressure.model");
    CHECK(loaded.about.kind == kind);
    CHECK(loaded.about.program == "0.2.0");
  }
}

TEST_CASE("figures are of the machines that were held out") {
  for (const auto kind : {model_kind::boosted, model_kind::forest}) {
    const auto result = train_model(machines(8), request_for(kind));
    CHECK(result.model.held_out.r2 > 0.95);
    CHECK(result.model.held_out.rmse < 0.08);
    CHECK(std::max_element(result.importance.begin(), result.importance.end()) == result.importance.begin());
    REQUIRE(result.calibration.size() == 10);
    uint64_t readings = 0;
    for (const auto& each : result.calibration) {
      readings += each.readings;
      if (each.readings == 0)
        continue;
      CHECK(each.predicted >= each.from);
      CHECK(each.predicted <= each.to);
      CHECK(std::abs(each.predicted - each.labelled) < 0.08);
    }
    CHECK(readings == 600);
  }
}

TEST_CASE("a model knows between which values it was trained") {
  const auto readings = machines(4);
  const auto model = train_model(readings, request_for()).model;
  REQUIRE(model.features.size() == 6);
  CHECK(model.features[0].name == "value");
  CHECK(model.features[0].low < 51);
  CHECK(model.features[0].high > 98);
  CHECK_FALSE(model.features[0].missing);
  CHECK(model.features[1].low == 0.9f);
  CHECK(model.features[1].missing);
  CHECK(model.features[2].low == -1);
}

TEST_CASE("who has too little to train with hears what is missing") {
  labelled_readings none;
  none.unlabelled = 12;
  none.of_other_types = 3;
  none.refused = 1;
  none.first_refused = "a.ndjson:4: timestamp is missing";
  CHECK(refused(none) == "--data: there is no reading of the type pressure with a health: 12 of it have none, 3 are of "
                         "other types, 1 were refused (the first: a.ndjson:4: timestamp is missing)");
  CHECK(refused(machines(1)).starts_with("--data: all readings are of pump-0 (main): a model is tested by machines"));
  auto constant = machines(3);
  std::fill(constant.rows.labels.begin(), constant.rows.labels.end(), 0.9f);
  CHECK(refused(constant) == "--data: every health is the same: there is nothing to learn");
}

TEST_CASE("the report names figures, importance and calibration") {
  const auto readings = machines(8);
  auto result = train_model(readings, request_for());
  const auto text = to_text(readings, result);
  CHECK(text.find("2400 of pressure with a health, of 8 machines") != std::string::npos);
  CHECK(text.find("trained with 1800 readings of 6 machines (boosted, seed 1)") != std::string::npos);
  CHECK(text.find("tested with  600 readings of 2 others: " + result.held_out[0]) != std::string::npos);
  CHECK(text.find("R2           0.9") != std::string::npos);
  CHECK(text.find("importance   value 9") != std::string::npos);
  CHECK(text.find("0.4 .. 0.5") != std::string::npos);
  result.model.held_out.r2 = std::numeric_limits<double>::quiet_NaN();
  CHECK(to_text(readings, result).find("R2           none") != std::string::npos);
}

} // namespace model_training_test

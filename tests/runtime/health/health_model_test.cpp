#include "runtime/health/health_model.hpp"

#include "protocol/failure.hpp"
#include "tests/runtime/health/grown_model.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace health_model_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

std::string refused(std::string_view bytes) {
  try {
    model_of(bytes, "pump.model");
  } catch (const failure& e) {
    CHECK(e.code() == failure_code::bad_configuration);
    return e.what();
  }
  return "taken";
}

std::string refused_file(const std::string& path, std::string_view type) {
  try {
    load_model(path, type);
  } catch (const failure& e) {
    CHECK(e.code() == failure_code::bad_configuration);
    return e.what();
  }
  return "taken";
}

} // namespace

TEST_CASE("a model's bytes give the model back, and the same model gives the same bytes") {
  const auto model = model_of_two_trees();
  const auto bytes = to_bytes(model);
  const auto loaded = model_of(bytes, "pump.model");
  CHECK(loaded.about.sensor_type == "vibration");
  REQUIRE(loaded.about.features.size() == 6);
  CHECK(loaded.about.features[0].name == "value");
  CHECK(loaded.about.features[0].high == 100);
  CHECK(loaded.about.kind == model_kind::forest);
  CHECK(loaded.about.seed == 7);
  CHECK(loaded.about.program == "0.2.0");
  CHECK(loaded.about.trained_readings == 1000);
  CHECK(loaded.about.trained_machines == 5);
  CHECK(loaded.about.held_out.readings == 300);
  CHECK(loaded.about.held_out.machines == 2);
  CHECK(loaded.about.held_out.rmse == 0.125);
  CHECK(loaded.about.held_out.r2 == 0.75);
  CHECK(loaded.about.trees == model.trees);
  CHECK(loaded.trees.trees() == 2);
  CHECK(to_bytes(loaded.about) == bytes);
}

TEST_CASE("a damaged model is refused wherever the damage is") {
  const auto bytes = to_bytes(model_of_two_trees());
  REQUIRE(refused(bytes) == "taken");
  for (size_t i = 0; i < bytes.size(); i += i < 64 ? 1 : 97) {
    auto flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
    CHECK(refused(flipped) != "taken");
    CHECK(refused(std::string_view{bytes}.substr(0, i)) != "taken");
  }
  CHECK(refused(bytes + "x") != "taken");
}

TEST_CASE("what is no model, or of another version or schema, says so") {
  CHECK(refused("") == "pump.model: the file is empty (train it anew with millwright train)");
  CHECK(refused("{\"learner\":{}}").starts_with("pump.model: this is no model of millwright train"));
  auto bytes = to_bytes(model_of_two_trees());
  bytes[8] = 2;
  CHECK(refused(bytes).starts_with("pump.model: the model is of version 2, this program reads version 1"));
  auto other = model_of_two_trees();
  other.features[2].name = "stddev";
  CHECK(refused(to_bytes(other))
            .starts_with("pump.model: the model was trained with other features (value, quality_score, stddev, "));
  other = model_of_two_trees();
  other.features.pop_back();
  CHECK(refused(to_bytes(other)).find("trained with other features") != std::string::npos);
  other = model_of_two_trees();
  other.trees = "{}";
  CHECK(refused(to_bytes(other)).starts_with("pump.model: its trees cannot be used: there is no \"learner\""));
}

TEST_CASE("a file that is not there, is a directory, or is for another type is refused by its name") {
  const auto directory = std::filesystem::temp_directory_path() / ("health-model-" + std::to_string(::getpid()));
  std::filesystem::create_directories(directory);
  const auto path = (directory / "pump.model").string();
  CHECK(refused_file(path, "vibration").starts_with(path + ": the model cannot be read: No such file"));
  CHECK(refused_file(directory.string(), "vibration").starts_with(directory.string() + ": the model cannot be read"));
  std::ofstream{path, std::ios::binary} << to_bytes(model_of_two_trees());
  CHECK(refused_file(path, "vibration") == "taken");
  CHECK(refused_file(path, "pressure").starts_with(path + ": the model is for vibration, and was named for pressure"));
  std::filesystem::remove_all(directory);
}

TEST_CASE("a feature is covered within the smallest and largest that were trained") {
  const trained_feature whole{"value", 1, 2, false}, gaps{"quality_score", 0, 1, true},
      none{"quality_score", 1, 0, true};
  const float missing = std::numeric_limits<float>::quiet_NaN();
  CHECK(whole.covers(1));
  CHECK(whole.covers(2));
  CHECK_FALSE(whole.covers(0.999f));
  CHECK_FALSE(whole.covers(2.001f));
  CHECK_FALSE(whole.covers(missing));
  CHECK(gaps.covers(missing));
  CHECK(none.covers(missing));
  CHECK_FALSE(none.covers(0.5f));
}

} // namespace health_model_test

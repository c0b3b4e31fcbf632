#include "runtime/entry/plant_join.hpp"

#include "protocol/failure.hpp"
#include "runtime/decisions/decision_pruning.hpp"
#include "tests/runtime/health/grown_model.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

namespace plant_models_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

const sensor_type_table types = load_sensor_types({});

/// Keeps what it is given; full on command.
struct kept_decisions : decision_log {
  void append(const std::string& split, const decision& entry) override {
    std::lock_guard guard{mutex};
    if (full)
      throw failure{failure_code::journal_unwritable, "journal", "No space left on device"};
    entries[split].push_back(entry);
  }
  void take_back(const std::string&, const decision&) override {}
  std::vector<decision> since(const std::string& split, uint64_t) override {
    std::lock_guard guard{mutex};
    return entries[split];
  }
  void prune(const std::string&, uint64_t) override {}

  std::mutex mutex;
  bool full = false;
  std::map<std::string, std::vector<decision>> entries;
};

struct plant_files {
  std::filesystem::path directory =
      std::filesystem::temp_directory_path() / ("plant-models-" + std::to_string(getpid()));
  std::string sensors = (directory / "sensors.jsonl").string(), model = (directory / "vibration.model").string();
  kept_decisions log;

  plant_files() {
    std::filesystem::create_directories(directory);
    unit("g");
    train(1);
  }
  ~plant_files() { std::filesystem::remove_all(directory); }

  void put(const std::string& path, const std::string& text) const {
    std::ofstream{path + ".new", std::ios::binary} << text;
    std::filesystem::rename(path + ".new", path);
  }
  void unit(const std::string& text) const {
    put(sensors, R"({"sensor_id":"VI-1","facility_id":"main","unit":")" + text + "\"}\n");
  }
  void train(uint64_t seed) const {
    auto about = model_of_two_trees();
    about.seed = seed;
    put(model, to_bytes(about));
  }
  std::unique_ptr<plant_join> open(bool models = true) {
    return std::make_unique<plant_join>(
        "", sensors, &log, model_sources{models ? model_paths{{"vibration", model}} : model_paths{}, &types});
  }
};

/// Of the model that is in force; 0: there is none.
uint64_t seed_of(const plant_metadata& plant) {
  const auto* model = plant.models() ? plant.models()->of(*types.find("vibration")) : nullptr;
  return model ? model->about.seed : 0;
}

std::string unit_of(const plant_metadata& plant) {
  return plant.lookup("main", "VI-1")->unit;
}

/// A whole look, at the metadata and then at the models; what changed, as version numbers.
std::string looked(plant_join& plant) {
  std::string out;
  plant.look();
  for (bool models = false; !models;) {
    while (!plant.looked())
      std::this_thread::yield();
    try {
      if (const auto version = plant.changed_version())
        out += *version + " ";
    } catch (const failure& e) {
      out += e.code() == failure_code::journal_unwritable ? "full " : "refused ";
    }
    models = plant.looked_at_models();
  }
  return out;
}

} // namespace

TEST_CASE("models are in force from the first start on, and a recovery finds the version that held") {
  plant_files files;
  {
    const auto plant = files.open();
    CHECK(seed_of(*plant->current()) == 1);
    CHECK(looked(*plant).empty());
    files.train(2);
    CHECK(looked(*plant) == "2 ");
    CHECK(seed_of(*plant->current()) == 2);
    CHECK(unit_of(*plant->current()) == "g");
  }
  files.train(3);
  const auto plant = files.open();
  CHECK(seed_of(*plant->version("1")) == 1);
  CHECK(seed_of(*plant->version("2")) == 2);
  CHECK(seed_of(*plant->current()) == 2);
  CHECK(looked(*plant) == "3 ");
  CHECK(seed_of(*plant->current()) == 3);
}

TEST_CASE("a change of the metadata keeps the models, and one of the models the metadata") {
  plant_files files;
  {
    const auto plant = files.open();
    files.unit("mm/s");
    files.train(2);
    CHECK(looked(*plant) == "2 3 ");
    CHECK(unit_of(*plant->version("2")) == "mm/s");
    CHECK(seed_of(*plant->version("2")) == 1);
    CHECK(seed_of(*plant->current()) == 2);
  }
  const auto plant = files.open();
  CHECK(unit_of(*plant->current()) == "mm/s");
  CHECK(seed_of(*plant->current()) == 2);
  CHECK(looked(*plant).empty());
}

TEST_CASE("a broken model is told and the old one stays; a first start refuses it") {
  plant_files files;
  files.put(files.model, "no model");
  CHECK_THROWS_WITH_AS(files.open(), doctest::Contains("this is no model of millwright train"), failure);
  files.log.entries.clear();
  files.train(1);
  const auto plant = files.open();
  files.put(files.model, "no model");
  CHECK(looked(*plant).empty());
  CHECK(plant->trouble_of_models().find("this is no model") != std::string::npos);
  CHECK(seed_of(*plant->current()) == 1);
  // Nor does it stop a node that knows the one before.
  CHECK(seed_of(*files.open()->current()) == 1);
  files.train(4);
  CHECK(looked(*plant) == "2 ");
  CHECK(plant->trouble_of_models().empty());
}

TEST_CASE("what cannot be stored does not hold, and is tried again") {
  plant_files files;
  const auto plant = files.open();
  files.train(2);
  files.log.full = true;
  CHECK(looked(*plant) == "full ");
  CHECK(seed_of(*plant->current()) == 1);
  files.log.full = false;
  CHECK(looked(*plant) == "2 ");
  CHECK(seed_of(*plant->current()) == 2);
}

TEST_CASE("models come to a plant that had none, and go when the configuration names them no more") {
  plant_files files;
  {
    const auto plant = files.open(false);
    CHECK(seed_of(*plant->current()) == 0);
  }
  {
    const auto plant = files.open();
    CHECK(seed_of(*plant->current()) == 0);
    CHECK(looked(*plant) == "2 ");
    CHECK(seed_of(*plant->current()) == 1);
  }
  const auto plant = files.open(false);
  CHECK(seed_of(*plant->current()) == 1);
  CHECK(looked(*plant) == "3 ");
  CHECK(seed_of(*plant->current()) == 0);
}

} // namespace plant_models_test

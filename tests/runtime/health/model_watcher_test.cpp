#include "runtime/health/model_watcher.hpp"

#include "protocol/failure.hpp"
#include "tests/runtime/health/grown_model.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace model_watcher_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

const sensor_type_table types = load_sensor_types({});

std::string bytes_of(const std::string& type, uint64_t seed = 1) {
  auto model = model_of_two_trees(type);
  model.seed = seed;
  return to_bytes(model);
}

/// Files of models in a directory that goes with the test.
struct model_directory {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("models-" + std::to_string(::getpid()));
  model_paths paths{{"pressure", (path / "p.model").string()}, {"vibration", (path / "v.model").string()}};

  model_directory() {
    std::filesystem::create_directories(path);
    write("pressure", bytes_of("pressure"));
    write("vibration", bytes_of("vibration"));
  }
  ~model_directory() { std::filesystem::remove_all(path); }

  /// In the place of the old one, as a program that trains does it.
  void write(const std::string& type, const std::string& bytes) const {
    std::ofstream{paths.at(type) + ".new", std::ios::binary} << bytes;
    std::filesystem::rename(paths.at(type) + ".new", paths.at(type));
  }
  model_watcher watcher() const { return {paths, load_models(paths, types), types}; }
};

std::string refused(const model_paths& paths) {
  try {
    load_models(paths, types);
  } catch (const failure& e) {
    CHECK(e.code() == failure_code::bad_configuration);
    return e.what();
  }
  return "taken";
}

} // namespace

TEST_CASE("a model that is replaced is found once") {
  const model_directory files;
  auto watcher = files.watcher();
  CHECK_FALSE(watcher.poll());
  files.write("vibration", bytes_of("vibration", 2));
  const auto next = watcher.poll();
  REQUIRE(next);
  CHECK(next->at("vibration") == bytes_of("vibration", 2));
  CHECK(next->at("pressure") == bytes_of("pressure"));
  CHECK_FALSE(watcher.poll());
  CHECK(watcher.trouble().empty());
  files.write("vibration", bytes_of("vibration", 2));
  CHECK_FALSE(watcher.poll());
}

TEST_CASE("a broken model is refused with the reason, the old one stays, and others are taken up") {
  const model_directory files;
  auto watcher = files.watcher();
  auto broken = bytes_of("vibration", 2);
  broken.resize(broken.size() / 2);
  files.write("vibration", broken);
  CHECK_FALSE(watcher.poll());
  CHECK(watcher.trouble() ==
        files.paths.at("vibration") +
            ": the model is damaged: its checksum does not fit (train it anew with millwright train)");
  files.write("pressure", bytes_of("pressure", 2));
  const auto next = watcher.poll();
  REQUIRE(next);
  CHECK(next->at("pressure") == bytes_of("pressure", 2));
  CHECK(next->at("vibration") == bytes_of("vibration"));
  CHECK_FALSE(watcher.trouble().empty());
  files.write("vibration", bytes_of("pressure"));
  CHECK_FALSE(watcher.poll());
  CHECK(watcher.trouble().find("the model is for pressure, and was named for vibration") != std::string::npos);
  files.write("vibration", bytes_of("vibration", 3));
  CHECK(watcher.poll()->at("vibration") == bytes_of("vibration", 3));
  CHECK(watcher.trouble().empty());
}

TEST_CASE("a file that is gone for a while changes nothing") {
  const model_directory files;
  auto watcher = files.watcher();
  CHECK_FALSE(watcher.poll());
  std::filesystem::remove(files.paths.at("pressure"));
  CHECK_FALSE(watcher.poll());
  CHECK(watcher.trouble().find("p.model: the model cannot be read: No such file") != std::string::npos);
  files.write("pressure", bytes_of("pressure"));
  CHECK_FALSE(watcher.poll());
  CHECK(watcher.trouble().empty());
}

TEST_CASE("a type that the configuration names no more loses its model, and a new one gets it") {
  const model_directory files;
  model_watcher watcher{{{"pressure", files.paths.at("pressure")}}, {{"vibration", bytes_of("vibration")}}, types};
  const auto next = watcher.poll();
  REQUIRE(next);
  CHECK(next->size() == 1);
  CHECK(next->contains("pressure"));
  CHECK_FALSE(watcher.poll());
}

TEST_CASE("mistakes of models are told by type and file, all of them") {
  const model_directory files;
  CHECK(refused(files.paths) == "taken");
  CHECK(mistakes_of_models(files.paths, types).empty());
  auto paths = files.paths;
  paths["presure"] = paths["pressure"];
  paths["pressure"] = "/nowhere/p.model";
  CHECK(refused(paths).starts_with("/nowhere/p.model: "));
  const auto mistakes = mistakes_of_models(paths, types);
  REQUIRE(mistakes.size() == 2);
  CHECK(mistakes[0].starts_with("/nowhere/p.model: the model cannot be read"));
  CHECK(mistakes[1].starts_with("models.presure: there is no such sensor type (did you mean pressure?)"));
}

TEST_CASE("the stored form gives the files back, and damage is never a wrong one") {
  const model_files files{{"pressure", bytes_of("pressure")}, {"vibration", bytes_of("vibration")}};
  const auto content = model_content(files);
  CHECK(files_of_content(content) == files);
  CHECK(model_content({}).empty());
  CHECK(files_of_content({}).empty());
  for (size_t i = 0; i < content.size(); i += 13)
    CHECK_THROWS_AS(files_of_content(std::string_view{content}.substr(0, i == 0 ? 1 : i)), failure);
  CHECK_THROWS_AS(files_of_content(content + "x"), failure);
  CHECK_THROWS_AS(files_of_content('\2' + content.substr(1)), failure);
}

TEST_CASE("a stored model that this program cannot use is left out and told") {
  auto other = model_of_two_trees("vibration");
  other.features.pop_back();
  std::vector<std::string> unusable;
  const auto models =
      models_of({{"pressure", bytes_of("pressure")}, {"vibration", to_bytes(other)}, {"gone", "x"}}, types, unusable);
  CHECK(models.of(*types.find("pressure")) != nullptr);
  CHECK(models.of(*types.find("vibration")) == nullptr);
  CHECK_FALSE(models.empty());
  REQUIRE(unusable.size() == 2);
  CHECK(unusable[0] == "models.gone: there is no such sensor type any more");
  CHECK(unusable[1].starts_with("models.vibration: the model was trained with other features"));
  CHECK(models_of({}, types, unusable).empty());
}

} // namespace model_watcher_test

#include "runtime/health/training/model_output.hpp"

#include "protocol/failure.hpp"
#include "tests/runtime/health/training/labelled_file.hpp"

#include <doctest/doctest.h>

#include <iterator>

namespace model_output_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

std::string content_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

size_t files_in(const std::string& directory) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator{directory}, {}));
}

} // namespace

TEST_CASE("a model is there whole or not at all, and the one before stays until then") {
  const training_directory files;
  const auto path = files.write("pump.model", "old");
  {
    model_output unfinished{path};
    CHECK(content_of(path) == "old");
  }
  CHECK(content_of(path) == "old");
  CHECK(files_in(files / "") == 1);
  model_output output{path};
  output.publish("new");
  CHECK(content_of(path) == "new");
  CHECK(files_in(files / "") == 1);
}

TEST_CASE("a place that cannot be written is told before any work") {
  const training_directory files;
  CHECK_THROWS_WITH_AS(model_output{files / "no/such/pump.model"},
                       doctest::Contains("no/such/pump.model: cannot be written: No such file"), failure);
  CHECK_THROWS_WITH_AS(model_output{files / ""}, doctest::Contains("cannot be written: Is a directory"), failure);
}

} // namespace model_output_test

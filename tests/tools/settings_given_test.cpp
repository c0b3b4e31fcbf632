#include "tools/settings_given.hpp"

#include "protocol/failure.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace settings_given_test {

using namespace millwright;

namespace {

constexpr option options[] = {{"--config", "-c", "FILE", "a configuration"}, set_option, csv_option};

arguments read(const std::vector<std::string>& line) {
  return {{"test [OPTION]...", "For a test.", options, 0, 0}, line};
}

class written_file {
public:
  written_file(const std::string& name, const std::string& text)
      : path_{std::filesystem::temp_directory_path() / name} {
    std::ofstream{path_} << text;
  }
  ~written_file() { std::filesystem::remove(path_); }
  std::string path() const { return path_.string(); }

private:
  std::filesystem::path path_;
};

} // namespace

TEST_CASE("settings come from the configuration, and what is set beside it wins") {
  const written_file file{"millwright-settings-given.yaml", "node:\n  socket: of-file\nledger:\n  path: of-file\n"};
  const auto both = settings_given(read({"-c", file.path(), "--set", "node.socket=beside"}));
  CHECK(both.socket == "beside");
  CHECK(both.ledger.path == "of-file");
  CHECK(settings_given(read({"--set", "node.socket=alone"})).socket == "alone");
  CHECK(settings_given(read({})).socket == node_settings{}.socket);
  CHECK(settings_told(read({"-c", file.path()})).socket == "of-file");
  CHECK(settings_told(file.path(), {"ledger.path=other"}).ledger.path == "other");
  CHECK_THROWS_AS(settings_given(read({"--set", "node.sokket=x"})), failure);
}

TEST_CASE("a mapping in a file of its own is read beside the settings") {
  const written_file mapping{"millwright-settings-given-csv.yaml",
                             "timestamp: at\ntimezone: UTC\nsensors:\n  - column: value\n    sensor_id: TI-1\n"
                             "    sensor_type: generic\nconstants:\n  facility_id: main\n"};
  const auto csv = settings_given(read({"--csv", mapping.path()})).source.file.csv;
  REQUIRE(csv);
  CHECK(*csv != csv_mapping{});
  CHECK_FALSE(settings_given(read({})).source.file.csv);
  CHECK_THROWS_AS(settings_given(read({"--csv", "/nowhere.yaml"})), failure);
}

} // namespace settings_given_test

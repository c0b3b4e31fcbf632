#include "tests/runtime/settings/configuration_file.hpp"

#include <doctest/doctest.h>

namespace csv_mapping_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

constexpr char mapping[] = R"(delimiter: tab
timestamp: time
timezone: Europe/Berlin
sensors:
  - {column: T1, sensor_id: TI-101, sensor_type: temperature, field: temperature_celsius, unit: "°C"}
  - {column: P1, sensor_id: PI-101}
constants: {facility_id: main}
)";

std::string indented(const std::string& text) {
  std::string out = "source:\n  file:\n    csv:\n";
  size_t from = 0;
  while (from < text.size()) {
    const auto to = text.find('\n', from) + 1;
    out += "      " + text.substr(from, to - from);
    from = to;
  }
  return out;
}

void check_mapping(const csv_mapping& m) {
  CHECK(m.delimiter == '\t');
  CHECK(m.timestamp == "time");
  CHECK(m.timezone == "Europe/Berlin");
  REQUIRE(m.sensors.size() == 2);
  CHECK(m.sensors[0].column == "T1");
  CHECK(m.sensors[0].field == "temperature_celsius");
  CHECK(m.sensors[0].unit == "°C");
  CHECK(m.sensors[1].sensor_type == "generic");
  CHECK(m.constants.at("facility_id") == "main");
}

} // namespace

TEST_CASE("a mapping stands in the configuration, in a file that it names, or alone") {
  const configuration_file file{mapping, "mapping.yaml"};
  check_mapping(load_csv_mapping(file.path()));
  check_mapping(*loaded(indented(mapping)).source.file.csv);
  check_mapping(*settings_from_overrides({"source.file.csv=" + file.path().string()}).source.file.csv);
  CHECK_FALSE(loaded("source: {file: {csv: }}\n").source.file.csv);
}

TEST_CASE("an override changes one thing of a mapping") {
  const auto s =
      loaded(indented(mapping), {"source.file.csv.delimiter=;", "source.file.csv.constants.facility_id=north"});
  CHECK(s.source.file.csv->delimiter == ';');
  CHECK(s.source.file.csv->constants.at("facility_id") == "north");
  CHECK(s.source.file.csv->sensors.size() == 2);
}

TEST_CASE("mistakes in a mapping's own file are told with its lines") {
  const configuration_file file{"delimiter: ab\ntimezone: Mars/Olympus\nsensors: [{colunm: x}]\n", "mapping.yaml"};
  const auto path = file.path().string();
  CHECK_THROWS_WITH(load_csv_mapping(file.path()),
                    (path + ":1: delimiter: expected one character, or tab, got \"ab\"\n" + path +
                     ":2: timezone: expected a time zone like Europe/Berlin or UTC, got \"Mars/Olympus\"\n" + path +
                     ":3: sensors[0].colunm: unknown key (did you mean sensors[0].column?)\n" + path +
                     ": expected timestamp, the header of the column with the time\n" + path +
                     ": expected facility_id among constants or fields\n" + path +
                     ": expected column and sensor_id in sensors[0]")
                        .c_str());
}

TEST_CASE("a mapping that could give no reading is refused") {
  CHECK(mistakes_of(indented("timestamp: t\n")) ==
        "FILE:3: source.file.csv: expected sensors (columns of one sensor each) or fields (a reading a row)\n"
        "FILE:3: source.file.csv: expected facility_id among constants or fields");
  CHECK(mistakes_of(indented("timestamp: t\nfields: {value: v}\nconstants: {facility_id: f}\n")) ==
        "FILE:3: source.file.csv: expected sensor_id among constants or fields");
  CHECK(mistakes_of("source:\n  type: file\n  file:\n    paths: a.csv\n") ==
        "FILE:4: source.file.paths: expected also source.file.csv, the mapping of \"a.csv\"");
  CHECK(mistakes_of_overrides({"source.file.csv=/no/such.yaml"}) ==
        "/no/such.yaml: cannot be read: No such file or directory");
}

} // namespace csv_mapping_test

#include "runtime/health/training/labelled_readings.hpp"

#include "protocol/failure.hpp"
#include "tests/runtime/health/training/labelled_file.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

namespace labelled_readings_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

const sensor_type_table types = load_sensor_types({});

std::string line(const std::string& sensor, const std::string& type, const std::string& rest) {
  return R"({"sensor_id":")" + sensor + R"(","facility_id":"main","sensor_type":")" + type +
         R"(","timestamp":"2026-11-21T05:30:00Z",)" + rest + "}\n";
}

labelled_readings read(const std::vector<std::string>& paths, const node_settings& settings = {},
                       const std::string& type = "pressure") {
  return read_labelled({settings, types, *types.find(type), paths});
}

std::string refused(const std::string& path, const node_settings& settings = {}) {
  try {
    read({path}, settings);
  } catch (const failure& e) {
    return e.what();
  }
  return "taken";
}

} // namespace

TEST_CASE("labelled readings of the type become rows, the others are counted") {
  const training_directory files;
  const auto path =
      files.write("a.ndjson", line("PI-1", "pressure", R"("pressure_psi":80,"quality_score":0.9,"health":0.75)") +
                                  line("TI-1", "temperature", R"("temperature_celsius":20,"health":2)") + "\n" +
                                  line("PI-2", "pressure", R"("pressure_psi":90)") + "nonsense\n" +
                                  line("PI-2", "pressure", R"("pressure_psi":95,"health":0.5)"));
  const auto found = read({path, path});
  REQUIRE(found.rows.size() == 4);
  CHECK(found.rows.labels == std::vector<float>{0.75f, 0.5f, 0.75f, 0.5f});
  CHECK(found.rows.values[0] == 80);
  CHECK(found.rows.values[1] == 0.9f);
  CHECK(std::isnan(found.rows.values[7]));
  // Half past five, on a Saturday.
  CHECK(found.rows.values[2] == doctest::Approx(std::sin(2 * std::numbers::pi * 5 / 24)));
  CHECK(found.rows.values[4] == doctest::Approx(0).epsilon(1e-6));
  CHECK(found.machines == std::vector<std::string>{"PI-1 (main)", "PI-2 (main)"});
  CHECK(found.machine_of == std::vector<uint32_t>{0, 1, 0, 1});
  CHECK(found.of_other_types == 2);
  CHECK(found.unlabelled == 2);
  CHECK(found.refused == 2);
  CHECK(found.first_refused == path + ":5: Invalid value. Byte 2.");
}

TEST_CASE("metadata says which sensors are one machine, where it is, and in which unit it measures") {
  const training_directory files;
  node_settings settings;
  settings.plant.facilities = files.write("facilities.jsonl", R"({"facility_id":"main","timezone":"Asia/Tokyo"})"
                                                              "\n");
  settings.plant.sensors = files.write("sensors.jsonl", R"({"sensor_id":"PI-1","equipment_id":"pump-1","unit":"psi"})"
                                                        "\n"
                                                        R"({"sensor_id":"PI-2","equipment_id":"pump-1"})"
                                                        "\n");
  const auto path =
      files.write("a.ndjson", line("PI-1", "pressure", R"("pressure_psi":80,"health":0.75)") +
                                  line("PI-2", "pressure", R"("pressure_psi":80,"health":0.75)") +
                                  line("PI-3", "pressure", R"("pressure_psi":80,"health":0.75)") +
                                  line("PI-1", "pressure", R"("pressure_psi":5,"unit":"bar","health":0.75)"));
  const auto found = read({path}, settings);
  CHECK(found.machines == std::vector<std::string>{"pump-1 (main)", "PI-3 (main)"});
  CHECK(found.machine_of == std::vector<uint32_t>{0, 0, 1});
  CHECK(found.rows.values[2] == doctest::Approx(std::sin(2 * std::numbers::pi * 14 / 24)));
  CHECK(found.refused == 1);
  CHECK(found.first_refused == path + ":4: unit \"bar\" where the metadata says \"psi\"");
}

TEST_CASE("a label that is no number of 0 to 1 is told with its file and line") {
  const training_directory files;
  const auto good = line("PI-1", "pressure", R"("pressure_psi":80,"health":0.75)");
  const auto with = [&](const std::string& label) {
    return refused(
        files.write("a.ndjson", good + "\n" + line("PI-1", "pressure", R"("pressure_psi":80,"health":)" + label)));
  };
  const auto at = (files / "a.ndjson") + ":3: expected a health from 0 (worn out) to 1 (sound), got ";
  CHECK(with("1.5") == at + "1.5");
  CHECK(with("-0.25") == at + "-0.25");
  CHECK(with("\"fine\"") == at + "\"fine\"");
  CHECK(with("0.5") == "taken");
}

TEST_CASE("CSV comes by the mapping that a replay takes, and a wrong label is told with its line") {
  const training_directory files;
  node_settings settings;
  csv_mapping mapping;
  mapping.timestamp = "time";
  mapping.constants = {{"facility_id", "main"}, {"sensor_type", "pressure"}};
  mapping.fields = {{"sensor_id", "tag"}, {"pressure_psi", "psi"}, {"health", "wear"}};
  settings.source.file.csv = mapping;
  const std::string header = "time,tag,psi,wear\n", row = "2026-11-21 05:30:00,PI-1,80,0.5\n";
  const auto found = read({files.write("a.csv", header + row + "2026-11-21 05:31:00,PI-2,81,\n")}, settings);
  CHECK(found.rows.labels == std::vector<float>{0.5f});
  CHECK(found.unlabelled == 1);
  const auto path = files.write("b.csv", header + row + "\"2026-11-21\n05:31:00\",PI-1,80,0.5\n" + row +
                                             "2026-11-21 05:32:00,PI-1,81,\"0,5\"\n");
  CHECK(refused(path, settings) == path + ":6: expected a health from 0 (worn out) to 1 (sound), got \"0,5\"");
  CHECK(refused(path).find("needs a mapping") != std::string::npos);
}

TEST_CASE("a file that is not there is told") {
  CHECK(refused("/nowhere/a.ndjson").find("/nowhere/a.ndjson") != std::string::npos);
}

} // namespace labelled_readings_test

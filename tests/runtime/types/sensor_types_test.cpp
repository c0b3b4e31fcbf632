#include "protocol/failure.hpp"
#include "runtime/types/sensor_type_table.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <random>
#include <sstream>

namespace sensor_types_test {

using namespace millwright;

namespace {

constexpr auto generic = "types:\n  generic:\n    fields: {value: ''}\n    primary: value\n";

std::string with(const std::string& body) {
  return generic + std::string{"  t:\n"} + body;
}

std::string complaint(const std::string& yaml) {
  try {
    parse_sensor_types(yaml, "types.yaml");
  } catch (const failure& e) {
    CHECK(e.code() == failure_code::bad_sensor_types);
    return e.what();
  }
  return "accepted";
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("the shipped types are more than fifty, with generic first") {
  const auto table = load_sensor_types("config/sensor-types.yaml");
  CHECK(table.size() > 50);
  CHECK(table[0].name == "generic");
  for (size_t i = 0; i < table.size(); ++i)
    CHECK(table.find(table.types()[i].name) == static_cast<sensor_type_index>(i));
  CHECK(!table.find("Temperature"));
  CHECK(!table.find(""));
  CHECK(!table.find("temperature "));
}

TEST_CASE("the program carries the shipped types, and needs no file for them") {
  const auto shipped = load_sensor_types("config/sensor-types.yaml"), own = load_sensor_types("");
  REQUIRE(own.size() == shipped.size());
  for (size_t i = 0; i < own.size(); ++i)
    CHECK(own.types()[i].name == shipped.types()[i].name);
  std::ifstream in{"config/sensor-types.yaml", std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  CHECK(shipped_sensor_types() == text.str());
}

TEST_CASE("the five types of the semantics have their fields and primary measures") {
  const auto table = load_sensor_types("config/sensor-types.yaml");
  const auto fields_of = [&](std::string_view name) {
    std::string out;
    for (const auto& each : table[table.find(name).value()].fields)
      out += each.name + " ";
    return out;
  };
  const auto primary_of = [&](std::string_view name) {
    const auto& type = table[table.find(name).value()];
    std::string out;
    for (const int each : type.primary)
      out += type.fields[each].name + " ";
    return out + type.unit;
  };
  CHECK(fields_of("temperature") == "temperature_celsius humidity ");
  CHECK(primary_of("temperature") == "temperature_celsius °C");
  CHECK(primary_of("vibration") == "acceleration_x acceleration_y acceleration_z g");
  CHECK(fields_of("pressure") == "pressure_psi flow_rate ");
  CHECK(primary_of("pressure") == "pressure_psi psi");
  CHECK(fields_of("power") == "voltage current power_watts ");
  CHECK(primary_of("power") == "power_watts W");
  CHECK(primary_of("generic") == "value ");
  CHECK(primary_of("vibration_velocity") == "velocity_mm_s_rms mm/s");
}

TEST_CASE("every shipped type is plausible") {
  const auto table = load_sensor_types("config/sensor-types.yaml");
  for (const auto& type : table.types()) {
    CAPTURE(type.name);
    CHECK(type.range_min < type.range_max);
    CHECK(type.deadband > 0);
    CHECK(type.alarm_delay.count() > 0);
    if (type.report == report_kind::on_change)
      CHECK(!type.stuck_after);
    if (type.name != "generic")
      CHECK(std::isfinite(type.range_max - type.range_min));
  }
}

TEST_CASE("the class gives deadband and delay") {
  const auto table = load_sensor_types("config/sensor-types.yaml");
  const auto is = [&](std::string_view name, double deadband, int seconds) {
    const auto& type = table[table.find(name).value()];
    return type.deadband == doctest::Approx(deadband) && type.alarm_delay == std::chrono::seconds{seconds};
  };
  CHECK(is("temperature", 0.01, 60));
  CHECK(is("pressure", 0.02, 15));
  CHECK(is("volume_flow", 0.05, 15));
  CHECK(is("level", 0.05, 60));
  CHECK(is("vibration", 0.02, 30));
  CHECK(is("generic", 0.02, 30));
}

TEST_CASE("a type takes every key") {
  const auto table = parse_sensor_types(with("    fields: {a: m, b: s}\n    primary: b\n    range: [-1.5, 2e3]\n"
                                             "    fault: [-10, 2050.5]\n"
                                             "    resolution: 0.5\n    report: periodic\n    stuck: 1.5h\n"
                                             "    class: level\n    deadband: 1.5%\n    alarm_delay: 500ms\n"),
                                        "types.yaml");
  const auto& type = table[table.find("t").value()];
  CHECK(type.primary == std::vector<int>{1});
  CHECK(type.unit == "s");
  CHECK(type.range_min == -1.5);
  CHECK(type.range_max == 2000);
  CHECK(type.fault_below == -10);
  CHECK(type.fault_above == 2050.5);
  CHECK(type.resolution == 0.5);
  CHECK(type.stuck_after == milliseconds{5'400'000});
  CHECK(type.deadband == 0.015);
  CHECK(type.alarm_delay == milliseconds{500});
}

TEST_CASE("generic comes first wherever it stands in the file") {
  const auto table = parse_sensor_types("types:\n  a: {fields: {x: m}, primary: x}\n  b: {fields: {x: m}, primary: x}\n"
                                        "  generic: {fields: {value: ''}, primary: value}\n",
                                        "types.yaml");
  CHECK(table[0].name == "generic");
  CHECK(table[1].name == "a");
  CHECK(table[2].name == "b");
}

TEST_CASE("every mistake is told with its line and what was expected") {
  const std::string ok = "    fields: {x: m}\n    primary: x\n";
  REQUIRE(complaint(with(ok)) == "accepted");
  CHECK(complaint(with(ok + "    rnage: [0, 1]\n")).starts_with("types.yaml:8: unknown key `rnage`; expected fields"));
  CHECK(complaint(with(ok + "    range: [0, 1, 2]\n")).starts_with("types.yaml:8: expected `range`"));
  CHECK(complaint(with(ok + "    range: [0, one]\n")).starts_with("types.yaml:8: expected a number"));
  CHECK(complaint(with(ok + "    range: [2, 2]\n")).starts_with("types.yaml:8: expected the range's least"));
  CHECK(complaint(with(ok + "    range: [.nan, 2]\n")).starts_with("types.yaml:8: expected a number"));
  CHECK(complaint(with(ok + "    fault: [0]\n")).starts_with("types.yaml:8: expected `fault` to be [least, greatest]"));
  CHECK(
      complaint(with(ok + "    range: [0, 9]\n    fault: [1, 10]\n")).starts_with("types.yaml:9: expected `fault` to"));
  CHECK(
      complaint(with(ok + "    fault: [1, 10]\n")).starts_with("types.yaml:8: expected `fault` to lie around `range`"));
  CHECK(complaint(with(ok + "    resolution: -1\n")).starts_with("types.yaml:8: expected `resolution`"));
  CHECK(complaint(with(ok + "    resolution: [1]\n")).starts_with("types.yaml:8: expected `resolution`"));
  CHECK(complaint(with(ok + "    report: sometimes\n")).starts_with("types.yaml:8: expected `report`"));
  CHECK(complaint(with(ok + "    stuck: 2 apples\n")).starts_with("types.yaml:8: expected `stuck`"));
  CHECK(complaint(with(ok + "    stuck: 0s\n")).starts_with("types.yaml:8: expected `stuck`"));
  CHECK(complaint(with(ok + "    report: on_change\n    stuck: 2min\n")).starts_with("types.yaml:9: expected `stuck"));
  CHECK(complaint(with(ok + "    class: heat\n")).starts_with("types.yaml:8: expected `class`"));
  CHECK(complaint(with(ok + "    deadband: 2\n")).starts_with("types.yaml:8: expected `deadband`"));
  CHECK(complaint(with(ok + "    alarm_delay: soon\n")).starts_with("types.yaml:8: expected a duration"));
  CHECK(complaint(with(ok + "    primary: x\n")).starts_with("types.yaml:8: `primary` is there twice"));
  CHECK(complaint(with("    fields: {x: m}\n    primary: y\n")).starts_with("types.yaml:7: primary field `y` is not"));
  CHECK(complaint(with("    fields: {x: m, y: s}\n    primary: [x, y]\n")).starts_with("types.yaml:7: expected the"));
  CHECK(complaint(with("    fields: {x: m}\n    primary: [x, x]\n")).starts_with("types.yaml:7: primary field `x`"));
  CHECK(complaint(with("    fields: {x: m}\n    primary: []\n")).starts_with("types.yaml:7: expected `primary`"));
  CHECK(complaint(with("    fields: {x: m, x: s}\n    primary: x\n")).starts_with("types.yaml:6: field `x` is there"));
  CHECK(complaint(with("    fields: [x]\n    primary: x\n")).starts_with("types.yaml:6: expected `fields`"));
  CHECK(complaint(with("    fields: {unit: m}\n    primary: unit\n")).starts_with("types.yaml:6: `unit` belongs to"));
  CHECK(complaint(with("    primary: x\n")).starts_with("types.yaml:5: expected `fields`"));
  CHECK(complaint(with("    fields: {x: m}\n")).starts_with("types.yaml:5: expected `primary`"));
  CHECK(complaint(with(ok) + "  t:\n" + ok).starts_with("types.yaml:8: sensor type `t` is there twice"));
  CHECK(complaint(std::string{generic} + "  t: 5\n").starts_with("types.yaml:5: expected sensor type `t`"));
  CHECK(complaint(std::string{generic} + "kinds: 5\n").starts_with("types.yaml:5: unknown key `kinds`"));
  CHECK(has(complaint("types:\n  t:\n    fields: {x: m}\n    primary: x\n"), "expected a sensor type `generic`"));
  CHECK(complaint("types: 5\n").starts_with("types.yaml:1: expected `types`"));
  CHECK(has(complaint(""), "expected a mapping"));
  CHECK(has(complaint("- 1\n"), "expected a mapping"));
  CHECK(complaint("types:\n  a: {\n").starts_with("types.yaml:"));
  CHECK(has(complaint("types: [\n"), "not YAML"));
  CHECK(has(complaint("types: {}\n---\ntypes: {}\n"), "a second document"));
  CHECK(has(complaint(", types: {}\n"), "nothing can begin like this"));
}

TEST_CASE("a file that is not there is named") {
  try {
    load_sensor_types("no/such/file.yaml");
    FAIL("accepted");
  } catch (const failure& e) {
    CHECK(std::string{e.what()}.starts_with("no/such/file.yaml: cannot be read"));
  }
}

TEST_CASE("an index of names finds exactly what was put in, of any length") {
  std::mt19937_64 random{7};
  name_index index;
  std::vector<std::string> names;
  while (names.size() < 3000) {
    std::string name;
    for (size_t n = random() % 40; n > 0; --n)
      name += static_cast<char>('a' + random() % 3);
    if (index.add(name, static_cast<uint16_t>(names.size())))
      names.push_back(name);
  }
  for (size_t i = 0; i < names.size(); ++i) {
    REQUIRE(index.find(names[i]) == i);
    std::string other = names[i] + "z";
    CHECK(index.find(other) == name_index::none);
    if (names[i].size() > 16) {
      other = names[i];
      other[other.size() / 2] = 'z';
      CHECK(index.find(other) == name_index::none);
    }
  }
}

} // namespace sensor_types_test

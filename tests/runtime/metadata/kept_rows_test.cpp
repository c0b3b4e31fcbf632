#include "runtime/metadata/kept_rows.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

namespace kept_rows_test {

using namespace millwright;

TEST_CASE("of a thousand rows each is found by facility and sensor, and no other") {
  kept_rows rows;
  CHECK_FALSE(rows.find("F", "S"));
  for (int i = 0; i < 1000; ++i) {
    sensor_info info;
    info.equipment.text = "unit " + std::to_string(i);
    rows.add(i % 2 == 0 ? "F" : "", "S" + std::to_string(i), info);
  }
  rows.close();
  for (int i = 0; i < 1000; ++i) {
    const auto name = "S" + std::to_string(i);
    const auto found = rows.find(i % 2 == 0 ? "F" : "", name);
    REQUIRE(found);
    CHECK(found->equipment.text == "unit " + std::to_string(i));
    CHECK_FALSE(rows.find(i % 2 == 0 ? "" : "F", name));
  }
  // The same letters, divided otherwise.
  CHECK_FALSE(rows.find("FS", "2"));
}

TEST_CASE("a row comes back as it was added, the last one of equals") {
  kept_rows rows;
  rows.add("F", "S", {});
  sensor_info info;
  info.equipment.text = "P-101";
  info.unit = "bar";
  info.maintenance_schedule = "weekly";
  info.calibration_date = "2026-01-01";
  info.how_critical = criticality::high;
  info.thresholds.low = -0.0;
  info.thresholds.rate = 2.5;
  rows.add("F", "S", info);
  const auto found = rows.find("F", "S");
  REQUIRE(found);
  CHECK(found->equipment.text == "P-101");
  CHECK(found->unit == "bar");
  CHECK(found->maintenance_schedule == "weekly");
  CHECK(found->calibration_date == "2026-01-01");
  CHECK(found->how_critical == criticality::high);
  CHECK(std::signbit(found->thresholds.low));
  CHECK(found->thresholds.rate == 2.5);
  CHECK(std::isnan(found->thresholds.low_low));
  CHECK(std::isnan(found->thresholds.high));
  CHECK(std::isnan(found->thresholds.high_high));
}

} // namespace kept_rows_test

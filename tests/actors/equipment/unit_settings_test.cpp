#include "actors/equipment/unit_settings.hpp"

#include <doctest/doctest.h>

namespace unit_settings_test {

using namespace millwright;
using namespace std::chrono_literals;

TEST_CASE("a unit that nobody configured has the definitions' constants") {
  const actor_settings standard{equipment_settings()};
  CHECK(equipment_settings_problem(standard).empty());
  const unit_settings unit{standard};
  CHECK(unit.gathering == unit_gathering{});
  CHECK(unit.window == 5min);
  CHECK(unit.gathering.pane == 1min);
  CHECK(unit.gathering.window_delay == 5min);
  CHECK(unit.degraded_below == 0.7);
  CHECK(unit.unstable_above == 10);
  CHECK(unit.session_gap == 5min);
  CHECK(unit.gathering.session_delay == 30s);
  CHECK(unit.startup_rate == 10);
  CHECK(unit.startup_within == 2min);
  CHECK(unit.shutdown_rate == 1);
  CHECK(unit.shutdown_after == 10min);
  CHECK_FALSE(unit.runtime_between_readings);
  CHECK(unit.hours_a_reading == 0.1);
  CHECK(unit.gathering.faults_below == 0.5);
  CHECK(unit.gathering.offline_after == 10min);
  CHECK(unit.learning_time == 168h);
  CHECK(unit.member_forgotten == 168h);
  CHECK_FALSE(unit.unstable_windows);
}

TEST_CASE("settings that do not fit together are told in a sentence") {
  actor_settings settings{equipment_settings()};
  REQUIRE(settings.set("slide", "45s"));
  CHECK(equipment_settings_problem(settings) == "slide is 45s, but must be a multiple of 30 s");
  REQUIRE(settings.set("slide", "2min"));
  CHECK(equipment_settings_problem(settings) == "window is 5min, but must be a multiple of slide (2min)");
  REQUIRE(settings.set("window", "6min"));
  CHECK(equipment_settings_problem(settings).empty());
  REQUIRE(settings.set("runtime", "sometimes"));
  CHECK(equipment_settings_problem(settings) ==
        "runtime is \"sometimes\", but must be per_reading or between_readings");
}

TEST_CASE("what is gathered by survives its stored form, and damage is noticed") {
  actor_settings settings{equipment_settings()};
  REQUIRE(settings.set("slide", "30s"));
  REQUIRE(settings.set("fault_below", "0.25"));
  const unit_gathering how{settings};
  std::string bytes;
  binary_writer out{bytes};
  how.encode(out);
  unit_gathering read;
  binary_reader in{bytes};
  REQUIRE(read.decode(in));
  CHECK(read == how);
  for (size_t length = 0; length < bytes.size(); ++length) {
    binary_reader cut{std::string_view{bytes}.substr(0, length)};
    CHECK_FALSE(read.decode(cut));
  }
}

TEST_CASE("units that have the same settings share their values") {
  actor_settings other{equipment_settings()};
  REQUIRE(other.set("window", "10min"));
  const auto first = shared(unit_settings{}), second = shared(unit_settings{actor_settings{equipment_settings()}});
  CHECK(first == second);
  const auto third = shared(unit_settings{other});
  CHECK(third != first);
  CHECK(third->window == 10min);
  CHECK(first->window == 5min);
}

} // namespace unit_settings_test

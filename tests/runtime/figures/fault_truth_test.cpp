#include "runtime/figures/fault_truth.hpp"

#include "protocol/failure.hpp"
#include "tests/runtime/figures/history_samples.hpp"

#include <doctest/doctest.h>

namespace fault_truth_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

known_fault fault(const std::string& kind, const std::string& sensor, event_time from, event_time to,
                  const std::string& unit = "reactor-1") {
  return {kind, {"main"}, {sensor}, {unit}, from, to};
}

std::string refused(const std::string& lines) {
  try {
    faults_in(lines, "truth");
  } catch (const failure& problem) {
    return problem.what();
  }
  return {};
}

} // namespace

TEST_CASE("faults are read a line each, in order of their starts") {
  const auto found = faults_in(
      R"({"kind":"drift","facility_id":"main","sensor_id":"TI-1","equipment_id":"pump-1","start":"2026-01-02T00:00:00Z","end":"2026-01-02T01:00:00Z","strength":1})"
      "\n\n"
      R"({"facility_id":"main","equipment_id":"pump-2","start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:00:00Z"})",
      "truth");
  REQUIRE(found.size() == 2);
  CHECK(found[0].kind == "fault");
  CHECK(found[0].of_unit());
  CHECK(found[1].kind == "drift");
  CHECK(found[1].sensor.text == "TI-1");
  CHECK(to_iso(found[1].end) == "2026-01-02T01:00:00.000Z");
  CHECK_FALSE(found[1].of_unit());
}

TEST_CASE("what is no fault is told with its line") {
  CHECK(refused("{}\n").find("truth:1") == 0);
  CHECK(refused("{}").find("facility_id is missing") != std::string::npos);
  CHECK(refused("\nnonsense").find("truth:2") == 0);
  CHECK(refused(R"({"facility_id":"main"})").find("sensor_id or equipment_id is missing") != std::string::npos);
  CHECK(refused(R"({"facility_id":"main","sensor_id":"x","start":"yesterday"})").find("start: expected a time") !=
        std::string::npos);
  CHECK(refused(R"({"facility_id":"main","sensor_id":"x","start":"2026-01-02T00:00:00Z","end":"2026-01-01T00:00:00Z"})")
            .find("its end is before its start") != std::string::npos);
  CHECK_THROWS_AS(read_faults("/no/such/truth"), failure);
  CHECK_THROWS_AS(read_faults("/"), failure);
}

TEST_CASE("a fault is found by its sensor's page until ten minutes behind it; the rest is false") {
  alarm_history history;
  page_of(history, "TI-1", start + 65min, 1min);
  page_of(history, "TI-2", start + 75min, 1min);
  page_of(history, "TI-3", start + 30min, 1min);
  const std::vector<known_fault> faults{fault("drift", "TI-1", start + 10min, start + 1h, "pump-1"),
                                        fault("drift", "TI-2", start + 20min, start + 1h, "pump-2"),
                                        fault("spike", "TI-9", start + 2h, start + 3h, "pump-9")};
  const auto found = score_of(history, faults, start, start + 4h);
  CHECK(found.all == fault_score::tally{3, 1});
  CHECK(found.by_kind.at("drift") == fault_score::tally{2, 1});
  CHECK(found.by_kind.at("spike") == fault_score::tally{1, 0});
  REQUIRE(found.missed.size() == 2);
  CHECK(found.missed[0].sensor.text == "TI-2");
  REQUIRE(found.false_pages.size() == 2);
  CHECK(found.false_pages[0].condition.sensor.text == "TI-3");
  CHECK(found.delays == std::vector<milliseconds>{55min});
  CHECK(found.median_delay() == 55min);
}

TEST_CASE("another sensor of the broken machine finds nothing, and is not false; a worn bearing is the machine's") {
  alarm_history history;
  page_of(history, "TI-2", start + 5min, 1min);
  const auto drifting = score_of(history, {fault("drift", "TI-1", start, start + 1h)}, start, start + 4h);
  CHECK(drifting.all == fault_score::tally{1, 0});
  CHECK(drifting.false_pages.empty());
  const auto worn = score_of(history, {fault("bearing_wear", "VI-1", start, start + 1h)}, start, start + 4h);
  CHECK(worn.all == fault_score::tally{1, 1});
}

TEST_CASE("a group's page finds the fault of each machine in its scope") {
  alarm_history history;
  auto group = step("", 1, transition_kind::raised, start, start + 1min);
  group.condition.which = rule::stale;
  history.tell({{"mail"}, page_kind::alert, group});
  CHECK(score_of(history, {fault("dropout", "TI-1", start, start + 1h)}, start, start + 4h).all.found == 1);
  CHECK(score_of(history, {fault("dropout", "TI-1", start, start + 1h, "pump-2")}, start, start + 4h).all.found == 0);
}

TEST_CASE("what was wrong before or after the readings is neither found nor missed") {
  alarm_history history;
  page_of(history, "TI-1", start + 5min, 1min);
  const auto found =
      score_of(history, {fault("drift", "TI-1", start - 1h, start), fault("drift", "TI-1", start + 5h, start + 6h)},
               start, start + 4h);
  CHECK(found.all == fault_score::tally{0, 0});
  CHECK(found.false_pages.empty());
}

} // namespace fault_truth_test

#include "runtime/journal/lmdb_journal.hpp"
#include "tests/runtime/node/lived_node.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <stdexcept>

namespace quarantine_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'700'000'040'000);
constexpr int deaths = 3;

struct plant {
  plant() {
    std::ofstream rows{here.path + "/sensors.jsonl"};
    for (const char* sensor : {"TI-1", "TI-2"})
      rows << R"({"facility_id":"plant","sensor_id":")" << sensor
           << R"(","alert_thresholds":{"low":0,"high":50,"high_high":80}})" << '\n';
  }

  void speak(double first, double second, int seconds) {
    for (int i = 0; i < seconds; ++i, ++second_of_day) {
      lines.push_back(reading_line("TI-1", start + second_of_day * 1s, first + i % 3));
      lines.push_back(reading_line("TI-2", start + second_of_day * 1s, second + i % 3));
    }
  }

  /// A node over what has been said since the last one; actors die of each reading from the line `deadly` on.
  void live(size_t deadly = SIZE_MAX) {
    auto settings = here.settings();
    settings.plant.sensors = here.path + "/sensors.jsonl";
    settings.quarantine_restarts = deaths;
    // What is decided in a life is committed at its end.
    settings.ledger.interval = 1h;
    node host{settings, {}, std::make_unique<lines_source>(lines), [deadly](const reading& r) {
                if (r.position >= deadly)
                  throw std::runtime_error{"always"};
              }};
    host.run();
    quarantined = host.status().quarantined;
  }

  /// The alarms over limits, by their sensors.
  std::map<std::string, alarm_record> alarms() const {
    lmdb_journal journal{{here.path + "/ledger-alarms"}};
    std::map<std::string, alarm_record> out;
    journal.load([&](alarm_record each) {
      if (each.raise.condition.which != rule::limit)
        return;
      const std::string sensor{each.raise.condition.sensor.text};
      CHECK(out.emplace(sensor, std::move(each)).second);
    });
    return out;
  }

  node_directory here;
  std::vector<std::string> lines;
  int second_of_day = 0;
  uint64_t quarantined = 0;
};

} // namespace

TEST_CASE("what quarantined sensors had told since the commit stands no longer, and their next steps count") {
  plant p;
  p.speak(20, 20, 60);
  p.speak(90, 20, 10);
  p.live();
  REQUIRE(p.alarms().size() == 1);
  CHECK(p.alarms().at("TI-1").state == alarm_state::active);

  // One comes back, the other leaves its limits, and then both die of whatever comes.
  p.speak(20, 90, 60);
  const auto deadly = p.lines.size();
  p.speak(20, 90, 10);
  p.live(deadly);
  CHECK(p.quarantined == 2);
  auto alarms = p.alarms();
  REQUIRE(alarms.size() == 2);
  CHECK(alarms.at("TI-1").state == alarm_state::active);
  CHECK(alarms.at("TI-1").latest.reason == "its sensor is quarantined");
  CHECK(alarms.at("TI-2").state == alarm_state::cleared);
  CHECK(alarms.at("TI-2").latest.reason == "its sensor is quarantined");

  p.speak(20, 20, 60);
  p.live();
  alarms = p.alarms();
  CHECK(alarms.at("TI-1").state == alarm_state::cleared);
  CHECK(alarms.at("TI-1").latest.reason == "back inside the limit by the deadband");
  CHECK(alarms.at("TI-2").state == alarm_state::cleared);
}

} // namespace quarantine_test

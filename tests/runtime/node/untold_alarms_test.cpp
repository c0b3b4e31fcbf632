#include "runtime/node/untold_alarms.hpp"

#include "tests/runtime/node/lived_node.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>

namespace untold_alarms_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'700'000'040'000);

/// What runs of a node page, one after the other, over readings of a sensor that goes beyond its high_high, and of one
/// that does not.
class plant {
public:
  plant() {
    std::ofstream{here.path + "/sensors.jsonl"}
        << R"({"sensor_id":"TI-1","facility_id":"plant","alert_thresholds":{"high_high":90}})" << '\n';
    for (int i = 0; i < 60; ++i)
      for (const std::string sensor : {"TI-1", "TI-2"})
        readings.push_back(reading_line(sensor, start + i * 1s, sensor == "TI-1" && i >= 30 ? 95 : 20 + i % 3));
  }

  /// Until `enough`, or 20 s have passed.
  void run(const std::function<bool(node&)>& enough) {
    auto settings = here.settings();
    settings.plant.sensors = here.path + "/sensors.jsonl";
    settings.channels.emplace_back().name = "duty";
    auto source = std::make_unique<lines_source>(readings);
    auto* const handed = source.get();
    channel_surroundings around;
    around.print = [this](const std::string& text) {
      std::lock_guard guard{mutex_};
      pages_.push_back(text);
      return true;
    };
    node host{settings, around, std::move(source)};
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    handed->may_end = [&] { return enough(host) || std::chrono::steady_clock::now() > deadline; };
    host.run();
  }

  size_t paged() {
    std::lock_guard guard{mutex_};
    return pages_.size();
  }
  std::string newest_page() {
    std::lock_guard guard{mutex_};
    return pages_.back();
  }
  std::string journal() const { return here.path + "/ledger-alarms"; }
  /// As whoever lost it is told to go on.
  void lose_journal() const {
    for (const char* name : {"/data.mdb", "/lock.mdb", "/begun"})
      std::filesystem::remove(journal() + name);
  }

  node_directory here;
  std::vector<std::string> readings;

private:
  std::mutex mutex_;
  std::vector<std::string> pages_;
};

std::vector<alarm_board::record_pointer> limits(const node& host) {
  return host.board()->find([](const alarm_record& x) { return x.raise.condition.which == rule::limit; });
}

} // namespace

TEST_CASE("an alarm that stands when its journal is begun anew is known to the new one, and pages once more") {
  plant x;
  // The journal has it, so the ledger keeps it no more: in the commit behind the journal's answer.
  std::optional<uint64_t> paged_in;
  x.run([&](node& host) {
    const auto commits = host.status().commits.load();
    if (!paged_in && x.paged() > 0)
      paged_in = commits;
    return paged_in && commits >= *paged_in + 2 && host.results().load().transitions.empty();
  });
  REQUIRE(x.paged() == 1);
  REQUIRE(lmdb_ledger(x.here.path + "/ledger", {}).load().transitions.empty());
  x.lose_journal();
  x.run([&](node&) { return x.paged() > 1; });
  REQUIRE(x.paged() == 2);
  CHECK(x.newest_page().find("TI-1") != std::string::npos);
  CHECK(!std::filesystem::exists(x.journal() + "/untold"));
  // It is told, once, and its end is that of an alarm that is known.
  for (int i = 60; i < 200; ++i)
    x.readings.push_back(reading_line("TI-1", start + i * 1s, 20 + i % 3));
  x.run([&](node& host) {
    const auto found = limits(host);
    return found.size() == 1 && found[0]->state == alarm_state::cleared;
  });
  x.run([&](node& host) {
    const auto found = limits(host);
    REQUIRE(found.size() == 1);
    CHECK(found[0]->state == alarm_state::cleared);
    CHECK(found[0]->missing.empty());
    return true;
  });
  CHECK(x.paged() == 2);
}

TEST_CASE("what stands is told of a lost journal alone, until it is on disk") {
  node_directory here;
  const std::string begun = here.path + "/begun", marker = here.path + "/untold";
  CHECK(!untold_alarms(here.path, false).due());
  const uuid one = uuid_v5("one"), other = uuid_v5("other");
  {
    untold_alarms lost{here.path, true};
    REQUIRE(lost.due());
    lost.tells(one, 1);
    lost.tells(other, 3);
    lost.journaled(one, 1);
    lost.all_told();
    lost.journaled(other, 2);
  }
  // It crashed; the journal has begun.
  std::ofstream{begun} << std::flush;
  {
    untold_alarms again{here.path, true};
    REQUIRE(again.due());
    again.tells(other, 3);
    again.journaled(other, 4);
    CHECK(std::filesystem::exists(marker));
    again.all_told();
    CHECK(!std::filesystem::exists(marker));
  }
  CHECK(!untold_alarms(here.path, true).due());
}

} // namespace untold_alarms_test

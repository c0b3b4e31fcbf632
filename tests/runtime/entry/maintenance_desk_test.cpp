#include "actors/kit/actor_type.hpp"
#include "protocol/failure.hpp"
#include "runtime/decisions/journal_decisions.hpp"
#include "tests/runtime/node/lived_node.hpp"

#include <doctest/doctest.h>

#include <rapidjson/document.h>

#include <atomic>
#include <fstream>
#include <map>
#include <thread>

namespace maintenance_desk_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

const bool kinds_are_registered = (register_built_in_actor_types(), true);

using kind = maintenance_report::kind;

constexpr event_time start = from_epoch_ms(1'700'000'040'000);
const entity_key pump{"equipment", facility_id{"plant"}, "P-1"};

maintenance_entry said(kind what, const std::string& by) {
  return {pump.facility, pump.id, {what, never, by, "ann", "bearing"}};
}

/// A run of a node over a minute of readings of one unit, which the test holds back where it likes.
class run {
public:
  explicit run(const node_directory& place, milliseconds interval = 50ms) {
    auto settings = place.settings();
    settings.ledger.interval = interval;
    // Its readings come from here; a simulated plant alone would say what time it is.
    settings.source.kind = source_kind::file;
    settings.plant.sensors = place.path + "/sensors.jsonl";
    std::ofstream{settings.plant.sensors} << R"({"sensor_id":"TI-1","facility_id":"plant","equipment_id":"P-1"})"
                                          << '\n';
    std::vector<std::string> lines;
    for (int i = 0; i < 60; ++i)
      lines.push_back(reading_line("TI-1", start + i * 1s, 20 + i % 3));
    auto source = std::make_unique<lines_source>(std::move(lines));
    source->at_once = 10;
    source->may_go_on = [this](size_t next) { return next < upto; };
    source->may_end = [this] { return over.load(); };
    host.emplace(settings, channel_surroundings{}, std::move(source));
    running = std::thread{[this] { host->run(); }};
  }
  ~run() {
    upto = 60;
    over = true;
    running.join();
  }

  void read(size_t most) {
    upto = most;
    await([&] { return host->judged() >= most - first; });
  }
  bool known() { return !host->above().lines().empty() && page("readings") != "-"; }
  /// A field of the unit's page, as text; "-" where there is none.
  std::string page(const char* field) {
    const auto json = host->above().page(pump);
    rapidjson::Document all;
    if (!json || all.Parse(json->data(), json->size()).HasParseError() || !all.HasMember(field))
      return "-";
    const auto& x = all[field];
    return x.IsString() ? x.GetString() : x.IsNull() ? "null" : x.IsInt64() ? std::to_string(x.GetInt64()) : "?";
  }

  std::atomic<size_t> upto{0};
  std::atomic<bool> over{false};
  size_t first = 0;
  std::optional<node> host;
  std::thread running;
};

} // namespace

TEST_CASE("what a person says of a unit reaches it, and holds behind a restart, without another reading") {
  const node_directory place;
  event_time begun = never, ended = never;
  {
    run x{place};
    CHECK_THROWS_WITH_AS(x.host->maintain(said(kind::begins, "anna")),
                         doctest::Contains("P-1 of plant is no unit that this node knows"), failure);
    x.read(30);
    await([&] { return x.known(); });
    begun = x.host->maintain(said(kind::begins, "anna"));
    // The readings are of a time long ago, the person is not.
    CHECK(begun > start + 1h);
    await([&] { return x.page("maintenance_since") == to_iso(begun); });
    CHECK(x.page("maintenance_by") == "anna");
    CHECK(x.page("maintenance_user") == "ann");
    CHECK(x.page("health") == "in maintenance");
    x.host->stop();
  }
  {
    run x{place};
    x.first = 30;
    x.read(31);
    await([&] { return x.page("maintenance_since") == to_iso(begun); });
    CHECK(x.page("maintenance_by") == "anna");
    ended = x.host->maintain(said(kind::ends, "bert"));
    await([&] { return x.page("last_maintenance") == to_iso(ended); });
    CHECK(x.page("maintenance_since") == "null");
    x.host->stop();
  }
  run x{place};
  x.first = 31;
  x.read(60);
  await([&] { return x.page("readings") == "60"; });
  CHECK(x.page("last_maintenance") == to_iso(ended));
  CHECK(x.page("last_maintenance_by") == "bert");
  CHECK(x.page("health") == "learning");
}

TEST_CASE("what was said at a place that is committed is told once, however often a node begins there") {
  const node_directory place;
  {
    run x{place};
    x.read(30);
    await([&] { return x.known(); });
    x.host->maintain(said(kind::begins, "anna"));
    x.host->maintain(said(kind::ends, "anna"));
    x.host->maintain(said(kind::begins, "bert"));
    await([&] { return x.page("maintenance_by") == "bert"; });
    x.host->stop();
  }
  // A second telling would end with bert as well, but begin with anna's.
  for (int i = 0; i < 3; ++i) {
    run x{place};
    x.first = 30;
    x.host->stop();
  }
  run x{place};
  x.first = 30;
  x.read(60);
  await([&] { return x.page("readings") == "60"; });
  CHECK(x.page("maintenance_by") == "bert");
  CHECK(x.page("last_maintenance_by") == "anna");
}

} // namespace maintenance_desk_test

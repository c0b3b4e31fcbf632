#include "tests/runtime/simulation/plant_for_tests.hpp"

#include "protocol/failure.hpp"
#include "runtime/simulation/simulation_source.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace simulation_source_test {

using namespace millwright;

namespace {

struct hand_clock {
  event_time now = plant_start + std::chrono::hours{5};
  milliseconds waited{0};

  simulation_clock clock() {
    return {[this] { return now; },
            [this](milliseconds time) {
              waited += time;
              now += time;
            }};
  }
};

struct taken {
  uint64_t position;
  std::string line;
  event_time arrival;

  bool operator==(const taken&) const = default;
};

std::vector<taken> drain(simulation_source& source, size_t most = 1000) {
  std::vector<taken> out;
  record_batch batch;
  while (!source.finished()) {
    source.poll(batch, most, milliseconds{0});
    CHECK(batch.records.size() <= most);
    if (batch.records.empty() && source.backlog().value_or(1) == 0)
      break;
    for (const auto& each : batch.records) {
      out.push_back({each.position, {each.data, each.size}, *each.arrival});
      // A parser may write over the record and one byte behind it.
      std::fill_n(each.data, each.size + 1, '\0');
    }
  }
  return out;
}

simulation_settings bounded(double speed) {
  auto settings = small_plant(80);
  settings.duration = std::chrono::minutes{10};
  settings.speed = speed;
  settings.faults_per_day = {{"dropout", 20}, {"malformed", 20}};
  return settings;
}

} // namespace

TEST_CASE("as fast as possible, a bounded plant ends after its duration") {
  hand_clock wall;
  simulation_source source{bounded(0), shipped_types(), std::nullopt, wall.clock()};
  source.start({});
  const auto all = drain(source);
  CHECK(source.finished());
  CHECK(wall.waited.count() == 0);
  CHECK(all.size() > 10'000);
  CHECK(all.size() < source.plant().ticks_before(plant_start + std::chrono::minutes{10}));
  CHECK(all.back().arrival < plant_start + std::chrono::minutes{10});
  for (size_t i = 1; i < all.size(); ++i) {
    REQUIRE(all[i].position > all[i - 1].position);
    REQUIRE(all[i].arrival >= all[i - 1].arrival);
  }
}

TEST_CASE("taken up behind any committed position it goes on with the same readings, in any batch size") {
  hand_clock wall;
  simulation_source whole{bounded(0), shipped_types(), std::nullopt, wall.clock()};
  whole.start({});
  const auto all = drain(whole);
  for (const size_t at : {size_t{0}, size_t{1}, size_t{777}, all.size() - 1}) {
    simulation_source again{bounded(0), shipped_types(), whole.identity(), wall.clock()};
    again.start({{"simulation", all[at].position + 1}});
    const auto rest = drain(again, at % 2 ? 17 : 5000);
    REQUIRE(rest.size() == all.size() - at - 1);
    CHECK(std::equal(rest.begin(), rest.end(), all.begin() + static_cast<ptrdiff_t>(at) + 1));
  }
}

TEST_CASE("paced by the clock nothing comes before its time and everything in time") {
  auto settings = bounded(60);
  settings.start = never;
  settings.faults_per_day.clear();
  hand_clock wall;
  wall.now += milliseconds{12'345};
  simulation_source source{settings, shipped_types(), std::nullopt, wall.clock()};
  CHECK(source.anchor().start == align_down(wall.now, milliseconds{60'000}));
  source.start({});
  uint64_t count = 0;
  record_batch batch;
  for (int i = 0; i < 1'000'000 && !source.finished(); ++i) {
    source.poll(batch, 100, milliseconds{50});
    const auto now = source.anchor().start + (wall.now - source.anchor().wall) * 60;
    for (const auto& each : batch.records)
      REQUIRE(*each.arrival <= now);
    count += batch.records.size();
    if (batch.records.size() < 100 && !source.finished())
      REQUIRE(source.backlog() == 0);
  }
  CHECK(source.finished());
  CHECK(count == source.plant().ticks_before(source.anchor().start + settings.duration));
  // Ten minutes at 60 times real time, less the start that was due at once.
  CHECK(wall.waited <= milliseconds{10'100});
}

TEST_CASE("a node that was down goes on with the same plant and catches up") {
  auto settings = small_plant(80);
  settings.start = never;
  hand_clock wall;
  simulation_source first{settings, shipped_types(), std::nullopt, wall.clock()};
  first.start({});
  wall.now += std::chrono::minutes{3};
  const auto before = drain(first);

  wall.now += std::chrono::minutes{30};
  simulation_source second{settings, shipped_types(), first.identity(), wall.clock()};
  CHECK(second.identity() == first.identity());
  CHECK(second.anchor().start == first.anchor().start);
  second.start({{"simulation", before.back().position + 1}});
  CHECK(second.backlog().value() > 1000);
  const auto after = drain(second);
  CHECK(after.front().position == before.back().position + 1);
  CHECK(after.back().arrival <= wall.now);
  CHECK(after.back().arrival > wall.now - std::chrono::seconds{2});
}

TEST_CASE("a slower speed than before goes on at once") {
  auto settings = small_plant(80);
  settings.speed = 100;
  hand_clock wall;
  simulation_source first{settings, shipped_types(), std::nullopt, wall.clock()};
  first.start({});
  wall.now += std::chrono::minutes{3};
  const auto before = drain(first);
  settings.speed = 1;
  simulation_source second{settings, shipped_types(), first.identity(), wall.clock()};
  CHECK(second.identity() == first.identity());
  second.start({{"simulation", before.back().position + 1}});
  wall.now += std::chrono::seconds{10};
  const auto after = drain(second);
  REQUIRE_FALSE(after.empty());
  CHECK(after.back().arrival - before.back().arrival <= std::chrono::seconds{11});
  CHECK(after.back().arrival - before.back().arrival >= std::chrono::seconds{8});
}

TEST_CASE("another plant has another identity") {
  hand_clock wall;
  auto settings = small_plant(80);
  settings.start = never;
  const auto known = simulation_source{settings, shipped_types(), std::nullopt, wall.clock()}.identity();
  wall.now += std::chrono::hours{1};
  const auto identity_with = [&](auto change) {
    auto other = settings;
    change(other);
    return simulation_source{other, shipped_types(), known, wall.clock()}.identity();
  };
  CHECK(identity_with([](auto&) {}) == known);
  CHECK(identity_with([](auto& s) { s.faults.push_back(fault_of("spike", 10, 10)); }) == known);
  CHECK(identity_with([](auto& s) { s.seed = 8; }) != known);
  CHECK(identity_with([](auto& s) { s.sensors = 81; }) != known);
  CHECK(identity_with([](auto& s) { s.sensors = 800; }) != known);
  CHECK(identity_with([](auto& s) { s.facilities = 4; }) != known);
  CHECK(identity_with([](auto& s) { s.rate = 5; }) != known);
  CHECK(identity_with([](auto& s) { s.mix = {{"temperature", 1}}; }) != known);
  CHECK(identity_with([](auto& s) { s.start = plant_start; }) != known);
  CHECK(simulation_source{settings, shipped_types(), "simulation:seed=7", wall.clock()}.identity() != known);
}

TEST_CASE("the source tells the truth of an endless plant a day ahead, and again after a restart") {
  const auto directory =
      std::filesystem::temp_directory_path() / ("millwright-simulation-" + std::to_string(::getpid()));
  auto settings = small_plant(50);
  settings.speed = 0;
  settings.rate = 0.5;
  settings.faults_per_day = {{"spike", 1}};
  settings.truth_path = (directory / "truth.jsonl").string();
  settings.metadata_directory = directory.string();
  const auto truth = [&] {
    std::ifstream in{settings.truth_path};
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
  };
  const auto expected = [&](const simulation_source& source, event_time until) {
    std::string out;
    for (const auto& each : source.plant().faults().between(0, (until - plant_start).count() * 1'000'000))
      out += source.plant().layout().sensor_id_of(each.sensor) + "\n";
    return std::count(out.begin(), out.end(), '\n');
  };
  {
    simulation_source source{settings, shipped_types()};
    source.start({});
    const auto lines = truth();
    CHECK(std::count(lines.begin(), lines.end(), '\n') == expected(source, plant_start + std::chrono::days{1}));
    record_batch batch;
    source.poll(batch, 200'000, milliseconds{0});
    const auto more = truth();
    CHECK(more.starts_with(lines));
    const auto last = *batch.records.back().arrival;
    CHECK(std::count(more.begin(), more.end(), '\n') >= expected(source, last));
    CHECK(std::filesystem::exists(directory / "sensors.jsonl"));
    CHECK(std::filesystem::exists(directory / "facilities.jsonl"));
  }
  std::filesystem::remove_all(directory);
}

TEST_CASE("settings that make no plant are refused by key") {
  const auto refused = [](auto change) {
    auto settings = small_plant();
    change(settings);
    try {
      const simulation_source source{settings, shipped_types()};
    } catch (const failure& e) {
      return std::string{e.what()};
    }
    return std::string{};
  };
  CHECK(refused([](auto& s) { s.sensors = 0; }).starts_with("source.simulation.sensors"));
  CHECK(refused([](auto& s) { s.sensors = 1'000'001; }).starts_with("source.simulation.sensors"));
  CHECK(refused([](auto& s) { s.facilities = 0; }).starts_with("source.simulation.facilities"));
  CHECK(refused([](auto& s) { s.rate = -1; }).starts_with("source.simulation.rate"));
  CHECK(refused([](auto& s) { s.speed = -1; }).starts_with("source.simulation.speed"));
  CHECK(refused([](auto& s) { s.start = from_epoch_ms(-5); }).starts_with("source.simulation.start"));
  CHECK(refused([](auto& s) {
          s.faults_per_day = {{"spikes", 1}};
        }).starts_with("source.simulation.faults_per_day.spikes"));
  CHECK(refused([](auto& s) { s.truth_path = "/proc/nothing/truth"; }).starts_with("/proc/nothing/truth"));
}

} // namespace simulation_source_test

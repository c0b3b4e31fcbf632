#include "actors/kit/actor_type.hpp"
#include "protocol/failure.hpp"
#include "runtime/ledger/ledger.hpp"
#include "tests/runtime/node/lived_node.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

namespace sensor_desk_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

const bool kinds_are_registered = (register_built_in_actor_types(), true);

constexpr event_time start = from_epoch_ms(1'700'000'040'000);
constexpr size_t all_lines = 120;

sensor_key key_of(const std::string& sensor) {
  return {{"plant"}, {sensor}};
}
sensor_word learn_anew(const std::string& sensor) {
  return {key_of(sensor), sensor_word::kind::relearn, never, "anna", "ann"};
}

/// A run of a node over readings ten seconds apart, which the test holds back where it likes: of TI-1, and
/// at first of TI-2.
class run {
public:
  explicit run(const node_directory& place, size_t known = 0) : first{known} {
    auto settings = place.settings();
    settings.source.kind = source_kind::file;
    settings.sensors_forget_after = 200s;
    settings.plant.reread = 20ms;
    std::vector<std::string> lines;
    for (int i = 0; i < static_cast<int>(all_lines); ++i)
      lines.push_back(reading_line(i < 20 && i % 2 ? "TI-2" : "TI-1", start + i * 10s, 20 + i % 3));
    auto source = std::make_unique<lines_source>(std::move(lines));
    source->at_once = 10;
    source->may_go_on = [this](size_t next) { return next < upto; };
    source->may_end = [this] { return over.load(); };
    host.emplace(settings, channel_surroundings{}, std::move(source));
    running = std::thread{[this] { host->run(); }};
  }
  ~run() {
    if (!stopped) {
      upto = all_lines;
      over = true;
    }
    running.join();
  }

  /// Without another reading.
  void stop() {
    stopped = true;
    host->stop();
  }

  void read(size_t most) {
    upto = most;
    await([&] { return host->judged() >= most - first; });
  }
  /// What the state rule says of the sensor, as committed.
  std::string state_of(const std::string& sensor) {
    if (const auto found = host->explain(key_of(sensor)))
      for (const auto& each : found->account.rules)
        if (each.which == rule::state)
          return each.text;
    return {};
  }
  bool learned(const std::string& sensor, int readings) {
    return state_of(sensor) == "learns its normal range: " + std::to_string(readings) + " of 400 readings";
  }
  std::optional<listed_sensor> listed(const std::string& sensor) {
    for (const auto& each : host->sensors().list({}).sensors)
      if (each.key == key_of(sensor))
        return each;
    return std::nullopt;
  }
  std::optional<sensor_presence> presence_of(const std::string& sensor) {
    const auto found = listed(sensor);
    return found ? std::optional{found->presence} : std::nullopt;
  }
  bool sleeps(const std::string& sensor) { return presence_of(sensor) == sensor_presence::asleep; }
  /// Readings that came of it though it is retired.
  uint64_t unjudged(const std::string& sensor) {
    const auto found = listed(sensor);
    return found ? found->unjudged : 0;
  }

  std::atomic<size_t> upto{0};
  std::atomic<bool> over{false};
  bool stopped = false;
  const size_t first;
  std::optional<node> host;
  std::thread running;
};

} // namespace

TEST_CASE("who is to learn anew has learned from what came behind that alone, and a restart knows who said so") {
  const node_directory place;
  event_time at = never;
  {
    run x{place};
    x.read(50);
    await([&] { return x.learned("TI-1", 40); });
    CHECK_THROWS_WITH_AS(x.host->say(learn_anew("TI-3")),
                         doctest::Contains("TI-3 of plant is no sensor that this node knows"), failure);
    at = x.host->say(learn_anew("TI-1"));
    CHECK(at > start + 24h);
    await([&] { return x.learned("TI-1", 0); });
    CHECK(x.learned("TI-2", 10));
    x.read(60);
    await([&] { return x.learned("TI-1", 10); });
    x.stop();
  }
  run x{place, 60};
  x.read(70);
  await([&] { return x.learned("TI-1", 20); });
  const auto found = x.host->explain(key_of("TI-1"));
  REQUIRE(found->anew);
  CHECK(found->anew->at == at);
  CHECK(found->anew->by == "anna");
  CHECK(found->anew->user == "ann");
  CHECK_FALSE(x.host->explain(key_of("TI-2"))->anew);
}

TEST_CASE("a word at the place where a run ended is not carried out behind readings that came since") {
  const node_directory place;
  {
    run x{place};
    x.read(50);
    x.host->say(learn_anew("TI-1"));
    x.stop();
  }
  for (int i = 0; i < 2; ++i) {
    run x{place, 50};
    x.stop();
  }
  run x{place, 50};
  x.read(80);
  await([&] { return x.learned("TI-1", 30); });
}

TEST_CASE("a sensor that sleeps wakes to learn anew, and sleeps on") {
  const node_directory place;
  run x{place};
  x.read(100);
  await([&] { return x.sleeps("TI-2"); });
  x.host->say(learn_anew("TI-2"));
  await([&] { return x.learned("TI-2", 0); });
  // Time goes on.
  x.read(all_lines);
  await([&] { return x.sleeps("TI-2"); });
  x.stop();
}

TEST_CASE("a retired sensor is forgotten, and what it sends is counted and not judged, behind a restart too") {
  const node_directory place;
  {
    run x{place};
    x.read(30);
    await([&] { return x.learned("TI-1", 20); });
    x.host->say({key_of("TI-1"), sensor_word::kind::retire, never, "anna", "ann"});
    await([&] { return x.presence_of("TI-1") == sensor_presence::retired; });
    CHECK_THROWS_WITH_AS(x.host->say(learn_anew("TI-1")), doctest::Contains("is retired since"), failure);
    await([&] { return x.host->results().sensor(ledger_key(key_of("TI-1"))) == std::nullopt; });
    x.upto = 50;
    await([&] { return x.unjudged("TI-1") == 20; });
    CHECK(x.host->judged() == 30);
    const auto found = x.host->explain(key_of("TI-1"));
    REQUIRE(found);
    REQUIRE(found->retired);
    CHECK(found->retired->by == "anna");
    CHECK(found->unjudged == 20);
    x.stop();
  }
  {
    run x{place, 50};
    x.upto = 60;
    await([&] { return x.unjudged("TI-1") == 10; });
    // Who forgets all that match has not said that it is back.
    CHECK(x.host->sensors().forget({"TI-1", "*", true, true, 10}).forgotten == 0);
    x.host->say({key_of("TI-1"), sensor_word::kind::unretire, never, "ben", "ben"});
    CHECK_THROWS_WITH_AS(x.host->say({key_of("TI-1"), sensor_word::kind::unretire, never, "ben", "ben"}),
                         doctest::Contains("TI-1 of plant is not retired"), failure);
    x.upto = 80;
    await([&] { return x.learned("TI-1", 20); });
    CHECK(x.presence_of("TI-1") == sensor_presence::living);
    x.stop();
  }
  CHECK(place.counter("retired", "") == 30);
}

TEST_CASE("a sensor that sleeps is retired like any other") {
  const node_directory place;
  {
    run x{place};
    x.read(100);
    await([&] { return x.sleeps("TI-2"); });
    x.host->say({key_of("TI-2"), sensor_word::kind::retire, never, "anna", "ann"});
    await([&] { return x.host->results().sensor(ledger_key(key_of("TI-2"))) == std::nullopt; });
    CHECK(x.presence_of("TI-2") == sensor_presence::retired);
    x.stop();
  }
  run x{place, 100};
  x.read(110);
  CHECK(x.presence_of("TI-2") == sensor_presence::retired);
}

} // namespace sensor_desk_test

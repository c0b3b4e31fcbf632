#include "runtime/hosting/sensor_roster.hpp"

#include "protocol/binary.hpp"
#include "protocol/failure.hpp"
#include "tests/runtime/hosting/node_bench.hpp"
#include "tests/runtime/node/lived_node.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <fstream>
#include <thread>

namespace sensor_roster_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'700'000'040'000);
constexpr int true_sensors = 5, mistakes = 45;

/// True sensors that speak each `step` seconds for so many seconds from `from` on.
void speak(std::vector<std::string>& lines, int from, int seconds, int step = 1) {
  for (int second = from; second < from + seconds; second += step)
    for (int i = 0; i < true_sensors; ++i)
      lines.push_back(reading_line(fmt::format("TI-{}", i), start + second * 1s, 20 + second % 3));
}

node_settings forgetful(const node_directory& here) {
  auto out = here.settings();
  out.sensors_max = true_sensors + mistakes;
  out.sensors_forget_after = 20s;
  out.sensors_retention = 100s;
  out.plant.reread = 100ms;
  return out;
}

/// A node in this process over these lines; `held` says, by the next line's number, whether it has to wait.
struct life {
  life(const node_directory& here, const std::vector<std::string>& lines,
       std::function<bool(node&, size_t next)> may_go_on, std::function<bool(node&)> may_end = {}) {
    auto source = std::make_unique<lines_source>(lines);
    source->at_once = 10;
    auto* const handed = source.get();
    host = std::make_unique<node>(forgetful(here), channel_surroundings{}, std::move(source));
    handed->may_go_on = [this, may_go_on](size_t next) { return late() || may_go_on(*host, next); };
    if (may_end)
      handed->may_end = [this, may_end] { return late() || may_end(*host); };
  }
  bool late() const { return std::chrono::steady_clock::now() > deadline; }

  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::now() + 40s;
  std::unique_ptr<node> host;
};

bool in_ledger(const node_directory& here, const std::string& sensor) {
  lmdb_ledger results{here.path + "/ledger", {}};
  return results.sensor(ledger_key({{"plant"}, {sensor}})).has_value();
}

} // namespace

TEST_CASE("ids by mistake leave memory, make room for true ones, sleep over a restart, and are forgotten in the end") {
  node_directory here;
  std::vector<std::string> lines;
  speak(lines, 0, 1);
  for (int i = 0; i < mistakes; ++i)
    lines.push_back(reading_line(fmt::format("mistake-{}", i), start, 1));
  // Long enough for their windows to close.
  speak(lines, 1, 10);
  speak(lines, 11, 600, 5);
  const size_t full = lines.size();
  lines.push_back(reading_line("TI-new", start + 611s, 20));
  lines.push_back(reading_line("mistake-3", start, 1));
  const size_t first_life = lines.size();
  {
    life one{here, lines,
             [&](node& host, size_t next) { return next < full || host.status().sensors == true_sensors; }};
    one.host->run();
    CHECK_FALSE(one.late());
    CHECK(one.host->status().sensors_refused == 0);
  }
  CHECK(here.counter("dead-letter", "unknown-sensor") == 0);
  // It woke with what it knew: the reading is a repeat.
  CHECK(here.counter("duplicate", "") == 1);
  CHECK(in_ledger(here, "mistake-7"));

  speak(lines, 612, 200, 5);
  {
    life two{here, lines,
             [&](node& host, size_t next) {
               // Those that sleep are not brought into memory by a restart.
               if (next == first_life)
                 CHECK(host.status().sensors < true_sensors + 4);
               // It is to sleep long enough, by their time, that it is forgotten.
               const uint64_t living = host.status().sensors;
               return next < first_life + 50 || (living > 0 && living <= true_sensors + 1);
             },
             [&](node& host) { return host.sensors().sleeping() == 0; }};
    two.host->run();
    CHECK_FALSE(two.late());
  }
  CHECK_FALSE(in_ledger(here, "mistake-7"));
  CHECK(in_ledger(here, "TI-0"));
}

namespace {

/// A node that knows a limit of sensor B. Its other sensor, A, goes on an hour after both have stopped; there the node
/// gets the time to look around.
struct shutdown {
  static constexpr int before = 20;

  explicit shutdown(int seconds_after, milliseconds retention) {
    std::ofstream{here.path + "/sensors.ndjson"}
        << R"({"sensor_id":"B","facility_id":"plant","alert_thresholds":{"high_high":100}})" << '\n';
    for (int i = 0; i < before; ++i) {
      lines.push_back(reading_line("A", start + i * 1s, 20 + i % 3));
      lines.push_back(reading_line("B", start + i * 1s, i < before / 2 ? 20 + i % 3 : 200 + i % 3));
    }
    lines.push_back(reading_line("C", start + before * 1s, 1));
    for (int i = 0; i < seconds_after; ++i)
      lines.push_back(reading_line("A", start + 1h + i * 1s, 20 + i % 3));
    auto settings = forgetful(here);
    settings.plant.sensors = here.path + "/sensors.ndjson";
    settings.sensors_retention = retention;
    auto source = std::make_unique<lines_source>(lines);
    source->at_once = 5;
    source->may_go_on = [this](size_t next) { return next < 2 * before + 10 || looked_around(); };
    node host{settings, {}, std::move(source)};
    host.run();
    asleep = host.sensors().sleeping();
  }

  bool looked_around() {
    const auto now = std::chrono::steady_clock::now();
    if (begin == std::chrono::steady_clock::time_point{})
      begin = now;
    return now - begin > 1s;
  }

  std::vector<std::string> alarms_of(const std::string& sensor, const std::string& words) const {
    auto out = here.rows(result_kind::alarms);
    std::erase_if(out, [&](const std::string& each) {
      return each.find("\"sensor_id\":\"" + sensor + "\"") == each.npos || each.find(words) == each.npos;
    });
    return out;
  }

  node_directory here;
  std::vector<std::string> lines;
  std::chrono::steady_clock::time_point begin{};
  size_t asleep = 0;
};

} // namespace

TEST_CASE("a sensor that died while its whole input stood still is noticed and paged, and sleeps only then") {
  const shutdown of{12 * 60, 100h};
  const auto stale = of.alarms_of("B", "\"rule\":\"stale\"");
  REQUIRE(stale.size() == 2);
  CHECK(stale[0].find("\"raised\"") != std::string::npos);
  CHECK(stale[1].find("still silent") != std::string::npos);
}

TEST_CASE(
    "a pause of the whole input that is longer than the retention costs no sensor its memory, and ends no alarm") {
  const shutdown of{30, 100s};
  CHECK(of.alarms_of("B", "\"rule\":\"limit\"").size() == 1);
  CHECK(of.alarms_of("B", "\"cleared\"").empty());
  CHECK(in_ledger(of.here, "B"));
  // Of one reading alone no silence is noticed: it sleeps at once, but it is not forgotten for the time before.
  CHECK(of.asleep == 1);
  CHECK(in_ledger(of.here, "C"));
}

TEST_CASE("a sensor that an earlier version put to sleep before its silence was noticed is awake again, and noticed") {
  node_directory here;
  std::vector<std::string> lines;
  for (int i = 0; i < 20; ++i)
    for (const auto* each : {"died", "speaks"})
      lines.push_back(reading_line(each, start + i * 1s, 20 + i % 3));
  node{forgetful(here), {}, std::make_unique<lines_source>(lines)}.run();
  {
    // As the first version stored it.
    std::string slept;
    binary_writer writer{slept};
    writer.u8(1);
    writer.u16(0);
    writer.time(start + 19s);
    lmdb_ledger ledger{here.path + "/ledger", {}};
    ledger_commit batch;
    batch.number = ledger.load().number + 1;
    batch.node.emplace_back(name_of_sleeper({{"plant"}, {"died"}}), slept);
    ledger.commit(batch);
  }
  for (int i = 20; i < 80; ++i)
    lines.push_back(reading_line("speaks", start + i * 1s, 20 + i % 3));
  node{forgetful(here), {}, std::make_unique<lines_source>(lines)}.run();
  auto stale = here.rows(result_kind::alarms);
  std::erase_if(stale, [](const auto& each) { return each.find("\"rule\":\"stale\"") == each.npos; });
  REQUIRE(stale.size() == 1);
  CHECK(stale[0].find("\"sensor_id\":\"died\"") != std::string::npos);
}

TEST_CASE("a full node says which sensors it does not take on, and lets in one that it knows and that slept") {
  node_directory here;
  std::vector<std::string> lines;
  lines.push_back(reading_line("slept", start, 1));
  for (int second = 0; second < 600; second += 5)
    lines.push_back(reading_line("speaks", start + second * 1s, 20 + second % 3));
  const size_t full = lines.size();
  for (const auto* each : {"new", "refused", "slept"})
    lines.push_back(reading_line(each, start + 600s, 1));
  auto settings = forgetful(here);
  settings.sensors_max = 2;
  settings.sensors_retention = 100h;
  auto source = std::make_unique<lines_source>(lines);
  auto* const handed = source.get();
  auto host = std::make_unique<node>(settings, channel_surroundings{}, std::move(source));
  const auto deadline = std::chrono::steady_clock::now() + 40s;
  const auto late = [&] { return std::chrono::steady_clock::now() > deadline; };
  handed->may_go_on = [&](size_t next) { return next < full || host->sensors().sleeping() == 1 || late(); };
  std::chrono::steady_clock::time_point all_read{};
  handed->may_end = [&] {
    if (all_read == std::chrono::steady_clock::time_point{})
      all_read = std::chrono::steady_clock::now();
    return std::chrono::steady_clock::now() - all_read > 1s;
  };
  host->run();
  CHECK_FALSE(late());
  CHECK(host->status().sensors_refused == 1);
  host.reset();
  CHECK(here.counter("accepted", "") == full + 2);
  auto told = here.rows(result_kind::alarms);
  std::erase_if(told, [](const auto& each) { return each.find("sensors.max") == each.npos; });
  REQUIRE(told.size() == 1);
  CHECK(told[0].find("1 sensor is not taken on, for example plant/refused") != std::string::npos);
}

TEST_CASE("a person lists sensors and has some forgotten; those that speak stay") {
  node_directory here;
  std::vector<std::string> lines;
  speak(lines, 0, 1);
  for (int i = 0; i < mistakes; ++i)
    lines.push_back(reading_line(fmt::format("mistake-{}", i), start, 1));
  speak(lines, 1, 5);
  std::atomic<bool> done{false};
  life one{here, lines, [](node&, size_t) { return true; }, [&](node&) { return done.load(); }};
  sensor_list all, some;
  sensors_forgotten gone, again;
  std::thread person{[&] {
    while (one.host->status().sensors < true_sensors + mistakes && !one.late())
      std::this_thread::sleep_for(1ms);
    try {
      all = one.host->sensors().list({});
      some = one.host->sensors().list({"mistake-1?", "pl*", true, true, 3});
      gone = one.host->sensors().forget({"mistake-*", "*", true, true, 1000});
      again = one.host->sensors().forget({"mistake-*", "*", true, true, 1000});
    } catch (const std::exception& problem) {
      gone.problem = problem.what();
    }
    done = true;
  }};
  one.host->run();
  person.join();
  one.host.reset();
  CHECK(all.total == true_sensors + mistakes);
  REQUIRE(all.sensors.size() == true_sensors + mistakes);
  CHECK(all.sensors[0].key.sensor.text == "TI-0");
  CHECK(all.sensors[0].split == "lines/0");
  CHECK(all.sensors[0].presence == sensor_presence::living);
  CHECK(some.total == 10);
  CHECK(some.sensors.size() == 3);
  CHECK(gone.problem == "");
  CHECK(gone.forgotten == mistakes);
  CHECK(gone.speaking.empty());
  CHECK(again.forgotten == 0);
  for (int i = 0; i < mistakes; ++i)
    CHECK_FALSE(in_ledger(here, fmt::format("mistake-{}", i)));
  CHECK(in_ledger(here, "TI-0"));
}

TEST_CASE("who asks a node that has ended is told so, and does not wait for an answer that nobody gives") {
  node_directory here;
  std::vector<std::string> lines;
  speak(lines, 0, 2);
  life one{here, lines, [](node&, size_t) { return true; }};
  one.host->run();
  const auto begin = std::chrono::steady_clock::now();
  CHECK_THROWS_WITH_AS(one.host->sensors().list({}), doctest::Contains("the node is ending"), failure);
  CHECK_THROWS_WITH_AS(one.host->sensors().forget({}), doctest::Contains("the node is ending"), failure);
  CHECK(std::chrono::steady_clock::now() - begin < sensor_roster::patience / 2);
}

TEST_CASE("a sensor that is known anew after it was forgotten knows nothing of before") {
  node_directory here;
  std::vector<std::string> lines;
  speak(lines, 0, 3);
  lines.push_back(reading_line("mistake", start, 1));
  const size_t before = lines.size();
  lines.push_back(reading_line("mistake", start, 1));
  speak(lines, 3, 1);
  std::atomic<bool> forgotten{false};
  life one{here, lines, [&](node&, size_t next) { return next < before || forgotten; }};
  std::thread person{[&] {
    while (one.host->status().sensors < true_sensors + 1 && !one.late())
      std::this_thread::sleep_for(1ms);
    try {
      while (one.host->sensors().forget({"mistake", "plant", true, true, 10}).forgotten == 0 && !one.late())
        std::this_thread::sleep_for(1ms);
    } catch (const std::exception& problem) {
      MESSAGE(problem.what());
    }
    forgotten = true;
  }};
  one.host->run();
  person.join();
  one.host.reset();
  CHECK(here.counter("accepted", "") == true_sensors * 4 + 2);
  CHECK(here.counter("duplicate", "") == 0);
  CHECK(in_ledger(here, "mistake"));
}

namespace {

/// A roster over sensors with real actors, one of which is above its limit; the test's thread is the driver's.
struct roster_bench {
  roster_bench() {
    sensor_context context;
    context.key = key;
    context.thresholds.high = 50;
    bench.keeper().replace_context(bench.slot(0), std::move(context));
    for (int i = 0; i < 60; ++i)
      bench.feed(0, start + i * 1s, i < 30 ? 20 + i % 3 : 80 + i % 3, static_cast<uint64_t>(i));
    bench.keeper().sensors()[bench.slot(0)].seen = start;
    // Long enough for its silence to be paged: nothing waits any more.
    bench.tick_all(1h);
    settled = bench.settle();
    time = start + 1h;
  }

  /// It sleeps, and is forgotten in the end.
  void forget() {
    roster.look(own);
    time += 3min;
    roster.look(own);
  }
  void cut() {
    bench.keeper().cut([&](barrier_output& output) {
      output.transitions = std::move(own.transitions);
      output.forgotten = std::move(own.forgotten);
    });
    own = {};
  }

  const sensor_key key{{"plant"}, {"S-0"}};
  node_bench bench;
  bool settled = false;
  event_time time = never;
  std::vector<alarm_transition> told;
  barrier_output own;
  sensor_roster roster{{bench.keeper(), bench.outputs(), bench.book(), 1min, 2min, [](uint16_t) { return "s"; },
                        [this](uint16_t) { return time; }, [this](const auto& x) { told.push_back(x); },
                        [](uint32_t, uint16_t) {}, [this] { return bench.committed().fails.load(); }}};
};

} // namespace

TEST_CASE("the alarms of a sensor that is forgotten end when that is committed, not before") {
  roster_bench b;
  REQUIRE(b.settled);
  b.forget();
  REQUIRE_FALSE(b.own.transitions.empty());
  const auto ends = b.own.transitions.size();
  CHECK(b.own.transitions[0].row.kind == transition_kind::cleared);
  CHECK(b.told.empty());
  const auto barrier = b.bench.keeper().barrier();
  b.cut();
  for (const auto until = std::chrono::steady_clock::now() + 20s; b.bench.outputs().committed() < barrier;) {
    REQUIRE(std::chrono::steady_clock::now() < until);
    b.bench.look_after();
  }
  b.roster.work(b.own);
  CHECK(b.told.size() == ends);
  b.roster.work(b.own);
  CHECK(b.told.size() == ends);
}

TEST_CASE("a sensor that speaks before it is forgotten for good keeps its alarms") {
  roster_bench b;
  REQUIRE(b.settled);
  b.forget();
  REQUIRE_FALSE(b.own.transitions.empty());
  CHECK(b.roster
            .wake(
                "plant", "S-0", [] { return sensor_context{}; }, b.own)
            .has_value());
  CHECK(b.own.transitions.empty());
  CHECK(b.own.forgotten.empty());
  b.roster.work(b.own);
  CHECK(b.told.empty());
}

TEST_CASE(
    "a sensor that speaks while the commit that would forget it fails keeps its alarms, and no end of them is kept") {
  roster_bench b;
  REQUIRE(b.settled);
  b.forget();
  REQUIRE_FALSE(b.own.transitions.empty());
  auto& ledger = b.bench.committed();
  ledger.fails = true;
  b.cut();
  await([&] { return ledger.failed > 0; });
  const auto context = [&] {
    sensor_context out;
    out.key = b.key;
    return out;
  };
  CHECK(b.roster.wake("plant", "S-0", context, b.own).has_value());
  ledger.fails = false;
  b.cut();
  await([&] {
    b.bench.look_after();
    return b.bench.outputs().pending() == 0;
  });
  b.roster.work(b.own);
  CHECK(b.told.empty());
  CHECK(ledger.forgotten().empty());
  for (const auto& row : ledger.rows())
    CHECK(row.find("forgotten") == row.npos);
}

TEST_CASE(
    "a sensor that speaks while the commit that forgot it failed, but is there, is a new one, and its alarms end") {
  roster_bench b;
  REQUIRE(b.settled);
  b.forget();
  const auto ends = b.own.transitions.size();
  REQUIRE(ends > 0);
  auto& ledger = b.bench.committed();
  ledger.lands = ledger.fails = true;
  b.cut();
  await([&] { return ledger.failed > 0; });
  CHECK_FALSE(b.roster
                  .wake(
                      "plant", "S-0", [] { return sensor_context{}; }, b.own)
                  .has_value());
  CHECK(b.told.size() == ends);
  CHECK(b.told[0].kind == transition_kind::cleared);
  ledger.fails = false;
  b.cut();
  await([&] {
    b.bench.look_after();
    return b.bench.outputs().pending() == 0;
  });
  b.roster.work(b.own);
  CHECK(b.told.size() == ends);
  CHECK(b.roster.sleeping() == 0);
  CHECK(ledger.forgotten() == std::set<std::string>{ledger_key(b.key)});
  CHECK(std::ranges::count_if(ledger.rows(), [](const auto& row) { return row.find("forgotten") != row.npos; }) ==
        static_cast<long>(ends));
}

} // namespace sensor_roster_test

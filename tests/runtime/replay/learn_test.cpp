#include "runtime/replay/learn.hpp"

#include "protocol/failure.hpp"
#include "runtime/hosting/sleeping_sensors.hpp"
#include "runtime/journal/lmdb_journal.hpp"
#include "runtime/ledger/taught_by.hpp"
#include "tests/runtime/node/lived_node.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <sstream>

namespace learn_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'700'000'040'000);
constexpr int sensors = 7;

std::vector<std::string> a_day(int from_minute, int minutes) {
  std::vector<std::string> lines;
  for (int minute = from_minute; minute < from_minute + minutes; ++minute)
    for (int i = 0; i < sensors; ++i)
      lines.push_back(reading_line(fmt::format("TI-{}", i), start + minute * 1min,
                                   20 + i + std::sin(minute * 0.1 + i) + minute * 7919 % 13 * 0.05));
  return lines;
}

struct lesson {
  std::string input(const std::string& name, const std::vector<std::string>& lines) {
    std::ofstream out{here.path + "/" + name};
    for (const auto& line : lines)
      out << line << '\n';
    return here.path + "/" + name;
  }
  learn_request request(std::vector<std::string> inputs) const {
    learn_request out;
    out.settings = here.settings();
    out.inputs = std::move(inputs);
    return out;
  }
  std::string refused(const learn_request& request) const {
    try {
      learn(request);
    } catch (const failure& mistake) {
      return mistake.what();
    }
    return {};
  }
  /// What lies in the directory.
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& each : std::filesystem::directory_iterator{here.path})
      out.push_back(each.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
  }

  node_directory here;
};

std::string content(const std::string& file) {
  std::stringstream out;
  out << std::ifstream{file, std::ios::binary}.rdbuf();
  return out.str();
}

bool has(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

} // namespace

TEST_CASE("a taught ledger holds what its sensors know, and nothing else") {
  lesson l;
  const auto summary = learn(l.request({l.input("day.ndjson", a_day(0, 1440))}));
  REQUIRE(summary);
  CHECK(summary->sensors == sensors);
  CHECK(summary->first == start);
  CHECK(summary->last == start + 1439min);
  lmdb_ledger ledger{l.here.path + "/ledger", {}};
  auto state = ledger.load();
  CHECK(state.identity == "");
  CHECK(state.positions.empty());
  CHECK(state.splits.empty());
  CHECK(state.transitions.empty());
  CHECK(state.counters.empty());
  size_t known = 0;
  ledger.for_each_sensor([&](std::string_view, std::string_view, uint64_t) { ++known; });
  CHECK(known == sensors);
  for (const auto kind : result_kinds())
    ledger.read_results(kind, {}, SIZE_MAX, [](result_cursor, const result_block&) { FAIL("a result"); });
  CHECK(has(state.node.at(std::string{taught_by_entry}), "10080 readings, "));
  CHECK(state.node.size() == 1 + sensors);
  // No journal of another ledger is taken for its own.
  lmdb_journal journal{{.directory = l.here.path + "/ledger-alarms"}};
  CHECK(ledger.pair_mark().has_value());
  CHECK(journal.pair_mark() == ledger.pair_mark());
  CHECK(!journal.holds_anything());
}

TEST_CASE("the same recordings teach the same bytes, in one file or several, with one shard or five") {
  const auto lines = a_day(0, 1440);
  std::string expected;
  for (const int shards : {1, 5})
    for (const size_t files : {1, 3}) {
      lesson l;
      std::vector<std::string> inputs;
      for (size_t i = 0; i < files; ++i)
        inputs.push_back(l.input(fmt::format("{}.ndjson", i),
                                 {lines.begin() + static_cast<ptrdiff_t>(lines.size() * i / files),
                                  lines.begin() + static_cast<ptrdiff_t>(lines.size() * (i + 1) / files)}));
      auto request = l.request(inputs);
      request.settings.shards = shards;
      request.settings.threads = shards == 1 ? 1 : 2;
      REQUIRE(learn(request));
      std::string all;
      lmdb_ledger ledger{l.here.path + "/ledger", {}};
      ledger.for_each_sensor([&](std::string_view key, std::string_view state, uint64_t) {
        all.append(key).append(1, '=').append(state).append(1, ';');
      });
      if (expected.empty())
        expected = all;
      CHECK(all == expected);
    }
}

TEST_CASE("a node on a taught ledger goes on: its sensors wake in their live split, and are judged by what they know") {
  lesson l;
  auto request = l.request({l.input("day.ndjson", a_day(0, 1440))});
  REQUIRE(learn(request));
  auto lines = a_day(1440 * 3, 60);
  std::erase_if(lines, [](const std::string& line) { return has(line, "TI-6"); });
  auto settings = request.settings;
  {
    node host{settings, {}, std::make_unique<lines_source>(lines)};
    host.run();
    CHECK(host.sensors().sleeping() == 1);
  }
  CHECK(l.here.counter("accepted", "") == (sensors - 1) * 60);
  CHECK(l.here.counter("misconfigured", "sensor-in-two-splits") == 0);
  CHECK(l.here.rows(result_kind::alarms).empty());
  CHECK(l.here.rows(result_kind::statistics).size() > 0);
  {
    lmdb_ledger ledger{l.here.path + "/ledger", {}};
    CHECK(ledger.identity() == "lines");
  }
  // The one that the live source does not have is forgotten in the end, and not before others had the time to speak.
  settings.sensors_retention = 30min;
  settings.plant.reread = 10ms;
  const size_t read = lines.size();
  auto more = a_day(1440 * 3 + 60, 1440);
  std::erase_if(more, [](const std::string& line) { return has(line, "TI-6"); });
  lines.insert(lines.end(), more.begin(), more.end());
  auto source = std::make_unique<lines_source>(lines);
  node* told = nullptr;
  // Lines come as the clock goes, so that the node looks around between them.
  const auto begin = std::chrono::steady_clock::now();
  source->may_go_on = [&](size_t next) {
    if (told->sensors().sleeping() == 0)
      told->stop();
    return next < read + static_cast<size_t>((std::chrono::steady_clock::now() - begin) / 1ms);
  };
  {
    node host{settings, {}, std::move(source)};
    CHECK(host.sensors().sleeping() == 1);
    told = &host;
    host.run();
    CHECK(host.sensors().sleeping() == 0);
  }
  lmdb_ledger ledger{l.here.path + "/ledger", {}};
  CHECK_FALSE(ledger.sensor(ledger_key({{"plant"}, {"TI-6"}})));
  CHECK(ledger.sensor(ledger_key({{"plant"}, {"TI-5"}})));
}

TEST_CASE("a ledger or a journal that is there is refused, with what to do, and left as it is") {
  lesson l;
  const auto request = l.request({l.input("day.ndjson", a_day(0, 10))});
  REQUIRE(learn(request));
  const auto before = content(l.here.path + "/ledger/data.mdb");
  CHECK(has(l.refused(request), "/ledger: there is a ledger already, "));
  CHECK(has(l.refused(request), "move both away that are there"));
  CHECK(has(l.refused(request), "--set ledger.path=PATH"));
  CHECK(content(l.here.path + "/ledger/data.mdb") == before);
  std::filesystem::remove_all(l.here.path + "/ledger");
  CHECK(has(l.refused(request), "/ledger-alarms: there is an alarm journal already, "));
  CHECK(l.names() == std::vector<std::string>{"day.ndjson", "ledger-alarms"});
}

TEST_CASE("where no reading is accepted nothing is made, and the reason is told with an example") {
  lesson l;
  const auto why =
      l.refused(l.request({l.input("bad.ndjson", {R"({"sensor_id":"TI-1"})", "no json", R"({"sensor_id":"TI-2"})"})}));
  CHECK(has(why, "/bad.ndjson: no reading was accepted, so nothing was learned: "));
  CHECK(has(why, "missing"));
  CHECK(has(why, "; the first: {"));
  CHECK(has(l.refused(l.request({l.input("empty.ndjson", {})})), "there is no reading in it: nothing was learned"));
  CHECK_FALSE(l.refused(l.request({"/nowhere.ndjson"})).empty());
  CHECK(l.names() == std::vector<std::string>{"bad.ndjson", "empty.ndjson"});
}

TEST_CASE("bad lines among good ones are counted by reason") {
  lesson l;
  auto lines = a_day(0, 20);
  lines.push_back("no json");
  lines.push_back(R"({"sensor_id":"TI-1"})");
  const auto summary = learn(l.request({l.input("day.ndjson", lines)}));
  REQUIRE(summary);
  const auto text = to_text(*summary);
  CHECK(has(text, "140 accepted, 0 repeated, refused: "));
  CHECK(has(text, "not-json 1"));
  CHECK(has(text, "7 gave too few readings for a normal range"));
  CHECK(has(text, "TI-0 of plant 19 min, TI-1 of plant 19 min, TI-2 of plant 19 min, TI-3 of plant 19 min, TI-4 of "
                  "plant 19 min and 2 more"));
}

TEST_CASE("who stops a lesson finds nothing of it") {
  lesson l;
  auto request = l.request({l.input("day.ndjson", a_day(0, 1440))});
  request.stop = [] { return true; };
  CHECK_FALSE(learn(request));
  CHECK(l.names() == std::vector<std::string>{"day.ndjson"});
}

TEST_CASE("sensors beyond sensors.max are not taken on, and told") {
  lesson l;
  auto request = l.request({l.input("day.ndjson", a_day(0, 20))});
  request.settings.sensors_max = 5;
  const auto summary = learn(request);
  REQUIRE(summary);
  CHECK(summary->sensors == 5);
  CHECK(has(to_text(*summary), "unknown-sensor 40"));
}

} // namespace learn_test

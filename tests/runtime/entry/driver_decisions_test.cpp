#include "protocol/failure.hpp"
#include "runtime/decisions/journal_decisions.hpp"
#include "runtime/entry/driver.hpp"
#include "runtime/journal/memory_journal.hpp"
#include "tests/runtime/hosting/node_bench.hpp"
#include "tests/runtime/node/lived_node.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace driver_decisions_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'700'000'040'000);

/// In memory, on a disk that is full, or hangs, from time to time: for all, or for one kind.
class log_on_a_small_disk final : public decision_log {
public:
  std::atomic<bool> full{false}, hangs{false};
  std::optional<decision::kind> only;
  /// So many were tried meanwhile.
  std::atomic<int> refused{0}, held{0}, taken_back{0};

  void append(const std::string& split, const decision& entry) override {
    const bool concerned = !only || *only == entry.what;
    if (full && concerned) {
      ++refused;
      throw failure{failure_code::journal_unwritable, "/small", "No space left on device"};
    }
    if (hangs && concerned)
      for (++held; hangs;)
        std::this_thread::sleep_for(1ms);
    kept_.append(split, entry);
  }
  void take_back(const std::string& split, const decision& entry) override {
    kept_.take_back(split, entry);
    ++taken_back;
  }
  std::vector<decision> since(const std::string& split, uint64_t position) override {
    return kept_.since(split, position);
  }
  void prune(const std::string& split, uint64_t position) override {
    if (full)
      throw failure{failure_code::journal_unwritable, "/small", "No space left on device"};
    kept_.prune(split, position);
  }

private:
  memory_journal journal_;
  journal_decisions kept_{journal_};
};

struct committed_positions : output_consumer {
  void consume(const barrier_output& output) override {
    for (const auto& [name, stored] : output.split_states) {
      if (split_state split; name == "lines/0" && decode_split(stored, split))
        silent = split.silent;
      states[name] = stored;
    }
    for (const auto& [split, position] : output.positions) {
      positions[split] = position;
      newest = position;
    }
    ++commits;
  }
  /// Of the committer's thread, until that has ended.
  std::map<std::string, std::string> states;
  std::map<std::string, uint64_t> positions;
  std::atomic<bool> silent{false};
  std::atomic<uint64_t> newest{0};
  std::atomic<int> commits{0};
};

/// Lines of a log that is made anew before one of them, that has records beside them which cannot be read, or goes on
/// behind the last one without another.
class remade_log : public lines_source {
public:
  using lines_source::lines_source;
  size_t anew_before = SIZE_MAX;
  std::set<uint64_t> damaged_before;
  /// Where it stands behind its last line, by marks of its own.
  std::atomic<uint64_t> passed{0};

  std::optional<split_place> place(uint16_t) const override {
    return passed > 0 ? std::optional{split_place{passed, "mark"}} : std::nullopt;
  }
  void poll(record_batch& batch, size_t most, milliseconds patience) override {
    lines_source::poll(batch, most, patience);
    for (const auto& each : batch.records)
      if (damaged_before.erase(each.position) > 0)
        batch.events.push_back({source_event::kind::damaged, 0, each.position, each.position, "its checksum is wrong"});
    if (batch.records.empty() || batch.records.front().position < anew_before)
      return;
    anew_before = SIZE_MAX;
    batch.events.push_back(
        {source_event::kind::lost, 0, batch.records.front().position + 1, batch.records.front().position, "made anew"});
  }
};

/// A driver with all that it leads; the test's thread is its own.
class driven {
public:
  explicit driven(std::vector<std::string> lines, log_on_a_small_disk* of_former_run = nullptr)
      : log{of_former_run ? *of_former_run : own_log_}, readings{std::move(lines)} {
    settings.ledger.interval = 20ms;
    keeper_.start(1);
  }
  ~driven() { keeper_.stop(); }

  void run() {
    driver leader{{settings,
                   readings,
                   parser_,
                   keeper_,
                   outputs_,
                   plant_,
                   &log,
                   status,
                   [this](const alarm_transition& each) { told.push_back(each); },
                   {},
                   {},
                   {},
                   &stop,
                   {},
                   nullptr,
                   nullptr,
                   nullptr,
                   log_patience},
                  conditions_,
                  true};
    leader.recover(committed.states, committed.positions);
    committer consuming{outputs_, committed, {[](const barrier_output&, milliseconds) {}, [](const std::string&) {}}};
    leader.run();
    ended = std::chrono::steady_clock::now();
    // Its thread ends when the disk lets it.
    log.hangs = false;
    consuming.stop();
  }

  /// Steps of the alarm about the log of decisions, "raised cleared".
  std::string steps(rule which = rule::ledger) const {
    std::string out;
    for (const auto& each : told)
      if (each.condition.which == which)
        out += std::string{out.empty() ? "" : " "} + (each.kind == transition_kind::raised ? "raised" : "cleared");
    return out;
  }

private:
  log_on_a_small_disk own_log_;

public:
  node_settings settings;
  log_on_a_small_disk& log;
  milliseconds log_patience{10'000};
  std::atomic<bool> stop{false};
  std::chrono::steady_clock::time_point ended;
  remade_log readings;
  node_status status;
  committed_positions committed;
  std::vector<alarm_transition> told;

private:
  sensor_type_table types_ = load_sensor_types("config/sensor-types.yaml");
  rule_book book_{&settings.detection, &types_.types()};
  actor_world world_;
  collector outputs_{[](const alarm_transition&) {}};
  node_conditions conditions_{settings.detection};
  reading_parser parser_{types_, std::chrono::minutes{5}, settings.source.quality};
  plant_join plant_{"", "", &log};
  sensor_keeper keeper_{
      world_.system(), book_, outputs_, [](const sensor_key&) { return sensor_keeper::committed_state{}; }, {},
      {1, 50, 1}};
};

std::vector<std::string> a_minute() {
  std::vector<std::string> lines;
  for (int i = 0; i < 60; ++i)
    lines.push_back(reading_line("TI-1", start + i * 1s, 20 + i % 3));
  return lines;
}

} // namespace

TEST_CASE("a new split whose beginning cannot be logged is judged, and committed as soon as it can") {
  driven d{a_minute()};
  d.log.full = true;
  d.readings.may_end = [&] {
    if (d.status.accepted < 60 || d.log.refused < 2)
      return false;
    if (d.log.full.exchange(false))
      CHECK(d.committed.commits == 0);
    return d.committed.newest == 60 && d.steps() == "raised cleared";
  };
  d.run();
  CHECK(!d.status.uncommitted);
  CHECK(d.steps() == "raised cleared");
  CHECK(d.told.front().reason.find("No space left on device") != std::string::npos);
  const auto entries = d.log.since("lines/0", 0);
  REQUIRE(!entries.empty());
  CHECK(entries.front().what == decision::kind::metadata);
  CHECK(entries.front().position == 0);
}

TEST_CASE("a log that is made anew while its beginning cannot be logged is gone on with, and committed later") {
  driven d{a_minute()};
  d.readings.anew_before = 30;
  d.readings.at_once = 10;
  int before = 0;
  d.readings.may_go_on = [&](size_t next) {
    if (next == 30 && d.committed.newest < 30)
      return false;
    if (next == 30) {
      d.log.full = true;
      before = d.committed.commits;
    }
    return true;
  };
  d.readings.may_end = [&] {
    if (d.status.accepted < 60 || d.log.refused < 2)
      return false;
    if (d.log.full.exchange(false))
      CHECK(d.committed.newest == 30);
    return d.committed.newest == 60;
  };
  d.run();
  CHECK(d.committed.commits > before);
  CHECK(d.steps() == "raised cleared");
  const auto anew = d.log.since(log_name("lines/0", 1), 0);
  REQUIRE(!anew.empty());
  CHECK(anew.front().what == decision::kind::metadata);
  CHECK(anew.front().position == 30);
}

TEST_CASE("that records cannot be read is one alarm a split, with the first one's place") {
  driven d{a_minute()};
  d.readings.damaged_before = {20, 40};
  d.readings.may_end = [&] { return d.status.accepted == 60; };
  d.run();
  CHECK(d.steps(rule::misconfigured) == "raised");
  REQUIRE(!d.told.empty());
  CHECK(d.told.front().condition.unit.text == "unreadable records of lines/0");
  CHECK(d.told.front().reason == "at position 20: its checksum is wrong. What it held is lost");
}

TEST_CASE("an input that ends while something cannot be logged is committed when it can") {
  for (const auto only : {std::optional<decision::kind>{}, std::optional{decision::kind::bound}}) {
    driven d{a_minute()};
    d.log.only = only;
    d.log.full = true;
    std::jthread other{[&](std::stop_token ended) {
      while (d.log.refused < 1 && !ended.stop_requested())
        std::this_thread::sleep_for(10ms);
      d.log.full = false;
    }};
    d.readings.may_end = [&] { return d.status.accepted == 60; };
    d.run();
    CHECK(!d.status.uncommitted);
    CHECK(d.committed.newest == 60);
    CHECK(d.steps() == "raised cleared");
  }
}

TEST_CASE("what a source passes by itself reaches what was decided there") {
  driven d{a_minute()};
  d.log.append("lines/0", {decision::kind::silent, 62, {}});
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  d.readings.may_end = [&] {
    if (d.committed.newest == 60)
      d.readings.passed = 62;
    return d.committed.silent || std::chrono::steady_clock::now() > deadline;
  };
  d.run();
  CHECK(d.committed.silent);
  CHECK(d.committed.newest == 62);
}

TEST_CASE("no position is committed of a split whose place the source has not found") {
  driven asking{std::vector<std::string>{}};
  asking.run();
  CHECK(asking.committed.commits > 0);
  CHECK(asking.committed.states.contains("lines/0"));
  CHECK_FALSE(asking.committed.positions.contains("lines/0"));
  driven found{std::vector<std::string>{}};
  found.readings.passed = 7;
  found.run();
  CHECK(found.committed.positions["lines/0"] == 7);
}

TEST_CASE("a log that hangs holds up no reading for long and is told of, and commits follow once it answers") {
  driven d{a_minute()};
  d.log_patience = 500ms;
  d.readings.at_once = 10;
  d.readings.may_go_on = [&](size_t next) {
    if (next == 30 && d.committed.newest < 30)
      return false;
    if (next == 30)
      d.log.hangs = true;
    return true;
  };
  std::chrono::steady_clock::time_point judged;
  const auto begun = std::chrono::steady_clock::now();
  d.readings.may_end = [&] {
    if (d.log.hangs && d.status.accepted == 60 && d.steps() == "raised") {
      if (judged == std::chrono::steady_clock::time_point{})
        judged = std::chrono::steady_clock::now();
      // It goes on, whatever else is to be decided.
      if (std::chrono::steady_clock::now() - judged < 1s)
        return false;
      CHECK(d.log.held == 1);
      CHECK(d.committed.newest == 30);
      d.log.hangs = false;
    }
    return std::chrono::steady_clock::now() - begun > 20s ||
           (d.committed.newest == 60 && d.steps() == "raised cleared");
  };
  d.run();
  CHECK(judged - begun < 10s);
  CHECK(!d.status.uncommitted);
  CHECK(d.committed.newest == 60);
  CHECK(d.steps() == "raised cleared");
  for (const auto& each : d.told)
    if (each.kind == transition_kind::raised)
      CHECK(each.reason.find("not answered for 0.5 s") != std::string::npos);
}

TEST_CASE("a silence that a log did not take in time is decided when it answers, once, and the same after a restart") {
  driven d{a_minute()};
  d.log_patience = 300ms;
  d.settings.source_silent_after = 500ms;
  d.log.only = decision::kind::silent;
  d.log.hangs = true;
  const auto silences = [&] {
    const auto all = d.log.since("lines/0", 0);
    return std::count_if(all.begin(), all.end(),
                         [](const decision& each) { return each.what == decision::kind::silent; });
  };
  const auto begun = std::chrono::steady_clock::now();
  d.readings.may_end = [&] {
    if (d.log.held > 0 && d.steps() == "raised") {
      CHECK_FALSE(d.committed.silent);
      d.log.hangs = false;
    }
    return std::chrono::steady_clock::now() - begun > 20s || (d.log.taken_back > 0 && silences() == 1);
  };
  d.run();
  CHECK(d.committed.silent);
  CHECK(d.log.taken_back == 1);
  CHECK(d.steps() == "raised cleared");
  CHECK(silences() == 1);
  driven again{a_minute(), &d.log};
  again.committed.states = d.committed.states;
  again.committed.positions = d.committed.positions;
  again.run();
  CHECK(again.committed.silent);
  CHECK(again.committed.newest == 60);
  CHECK(silences() == 1);
}

TEST_CASE("a log that hangs while nobody waits for it is told of all the same") {
  auto lines = a_minute();
  // As many as the first bound is for: the next one is due, and no reading comes for which it would have to be there.
  lines.resize(16);
  driven d{std::move(lines)};
  d.log_patience = 500ms;
  d.readings.at_once = 1;
  d.readings.may_go_on = [&](size_t next) {
    if (next == 1)
      d.log.hangs = true;
    return true;
  };
  const auto begun = std::chrono::steady_clock::now();
  d.readings.may_end = [&] {
    if (d.status.accepted == 16 && d.steps() == "raised")
      d.log.hangs = false;
    return std::chrono::steady_clock::now() - begun > 20s || d.steps() == "raised cleared";
  };
  d.run();
  CHECK(d.steps() == "raised cleared");
  CHECK(d.log.held == 1);
  CHECK(d.committed.newest == 16);
}

TEST_CASE("a stop does not wait for a log that hangs") {
  driven d{a_minute()};
  d.readings.at_once = 10;
  d.readings.may_go_on = [&](size_t next) {
    if (next == 30)
      d.log.hangs = true;
    return true;
  };
  std::chrono::steady_clock::time_point asked;
  std::jthread other{[&](std::stop_token over) {
    while (d.log.held < 1 && !over.stop_requested())
      std::this_thread::sleep_for(1ms);
    asked = std::chrono::steady_clock::now();
    d.stop = true;
  }};
  d.readings.may_end = [] { return false; };
  d.run();
  CHECK(d.ended - asked < 5s);
  CHECK(d.steps().empty());
}

TEST_CASE("silence is told while it cannot be logged, and so is its end") {
  driven d{a_minute()};
  d.settings.source_silent_after = 500ms;
  d.log.only = decision::kind::silent;
  d.log.full = true;
  d.readings.at_once = 10;
  const auto begun = std::chrono::steady_clock::now();
  const auto late = [&] { return std::chrono::steady_clock::now() - begun > 20s; };
  d.readings.may_go_on = [&](size_t next) { return next < 30 || late() || d.steps(rule::source_silent) == "raised"; };
  d.readings.may_end = [&] { return late() || d.steps(rule::source_silent) == "raised cleared"; };
  d.run();
  CHECK(d.log.refused > 0);
  CHECK(d.steps().starts_with("raised"));
  CHECK(d.steps(rule::source_silent).starts_with("raised cleared"));
  CHECK(std::chrono::steady_clock::now() - begun < 20s);
}

} // namespace driver_decisions_test

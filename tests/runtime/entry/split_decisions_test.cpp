#include "runtime/decisions/journal_decisions.hpp"
#include "runtime/entry/split_decisions.hpp"
#include "runtime/journal/memory_journal.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace split_decisions_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

using kind = decision::kind;

/// On a disk that hangs from time to time.
struct log_on_a_disk final : decision_log {
  memory_journal journal;
  journal_decisions kept{journal};
  std::atomic<bool> hangs{false};

  void append(const std::string& split, const decision& entry) override {
    wait_for_disk();
    kept.append(split, entry);
  }
  void take_back(const std::string& split, const decision& entry) override {
    wait_for_disk();
    kept.take_back(split, entry);
  }
  std::vector<decision> since(const std::string& split, uint64_t position) override {
    return kept.since(split, position);
  }
  void prune(const std::string& split, uint64_t position) override {
    wait_for_disk();
    kept.prune(split, position);
  }

private:
  void wait_for_disk() const {
    while (hangs)
      std::this_thread::sleep_for(1ms);
  }
};

/// Decisions of one split, whose effects are noted.
struct decided {
  log_on_a_disk log;
  plant_join plant{"", "", &log};
  split_table splits;
  driver_clock clock;
  detection_settings detection;
  node_conditions conditions{detection};
  barrier_share share;
  std::vector<alarm_transition> told;
  own_conditions own{conditions, true, [this](const alarm_transition& each) { told.push_back(each); }, share};
  std::vector<std::string> effects;
  split_decisions decisions{log_of(*this),
                            plant,
                            splits,
                            clock,
                            own,
                            {[this](split_state&, std::shared_ptr<const plant_metadata>) { note("metadata"); },
                             [this](split_state&, const std::string& sensors) { note("moved " + sensors); },
                             [this](split_state&, const decision& entry) { note("said " + entry.content); },
                             [this](split_state&, const decision& entry) { note("mode " + entry.content); },
                             [this](split_state&, const decision& entry) { note("sensor " + entry.content); }},
                            200ms};

  decided() {
    split_state first;
    first.name = "lines/0";
    splits.add(std::move(first));
  }
  ~decided() { log.hangs = false; }
  split_state& split() { return splits[0]; }
  /// As the driver does it between readings, until the log has answered and nothing is left to do.
  void settle() {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    do {
      std::this_thread::sleep_for(1ms);
      clock.passed(std::chrono::steady_clock::now());
      decisions.log_missing();
    } while (!decisions.settled() && std::chrono::steady_clock::now() < deadline);
    CHECK(decisions.settled());
  }

private:
  static decision_log* log_of(decided& all) { return &all.log; }
  void note(std::string effect) { effects.push_back(std::move(effect)); }
};

} // namespace

TEST_CASE("what people said behind the end of a log that is gone is in force, and nothing else of it") {
  decided x;
  for (const auto& each :
       {decision{kind::silent, 30, {}}, decision{kind::maintenance, 31, "begins"}, decision{kind::moved, 32, "TI-1"},
        decision{kind::sensor, 32, "learns anew"}, decision{kind::maintenance, 33, "ends"}})
    x.log.append("lines/0", each);
  x.split().next = 10;
  x.decisions.recover(x.split());
  CHECK(x.effects.empty());
  x.split().next = 0;
  x.decisions.end_log(x.split());
  CHECK(x.effects == std::vector<std::string>{"said begins", "sensor learns anew", "said ends"});
  CHECK_FALSE(x.split().silent);
  CHECK(x.split().ahead.empty());
  CHECK(x.split().told == 0);
  CHECK(x.split().place.log == 1);
  x.decisions.recover(x.split());
  x.decisions.pass(x.split(), 100);
  CHECK(x.effects.size() == 3);
}

TEST_CASE("what was told at the place that a recovery begins with is not told again, whoever it was about") {
  for (uint32_t told = 0; told <= 3; ++told) {
    CAPTURE(told);
    decided x;
    x.log.append("lines/0", {kind::sensor, 5, "long ago"});
    x.log.append("lines/0", {kind::maintenance, 10, "begins"});
    x.log.append("lines/0", {kind::sensor, 10, "learns anew"});
    x.log.append("lines/0", {kind::maintenance, 10, "ends"});
    x.split().next = x.split().told_at = 10;
    x.split().told = told;
    x.decisions.recover(x.split());
    x.decisions.apply_reached(x.split());
    const std::vector<std::string> all{"said begins", "sensor learns anew", "said ends"};
    CHECK(x.effects == std::vector<std::string>(all.begin() + told, all.end()));
  }
}

TEST_CASE("what a log that hangs was not waited for is not decided, nor is it in the log once that answers") {
  for (const auto& each :
       {decision{kind::silent, 10, {}}, decision{kind::awake, 10, "5"}, decision{kind::moved, 10, "TI-1"},
        decision{kind::maintenance, 10, "begins"}, decision{kind::sensor, 10, "learns anew"}}) {
    decided x;
    x.split().next = 10;
    x.decisions.recover(x.split());
    x.log.hangs = true;
    const auto begun = std::chrono::steady_clock::now();
    CHECK_FALSE(x.decisions.decide(x.split(), each));
    CHECK_FALSE(x.decisions.settled());
    REQUIRE(x.told.size() == 1);
    CHECK(x.told[0].condition.which == rule::ledger);
    CHECK(x.told[0].reason.find("not answered for 0.2 s") != std::string::npos);
    // Nobody waits a second time, and nothing else is logged meanwhile.
    const auto since_then = std::chrono::steady_clock::now();
    x.split().next = 20;
    for (int i = 0; i < 1000; ++i) {
      CHECK_FALSE(x.decisions.decide(x.split(), {kind::silent, 20, {}}));
      x.decisions.log_missing();
    }
    CHECK_FALSE(x.decisions.can_write_ahead());
    CHECK(std::chrono::steady_clock::now() - since_then < since_then - begun + 5s);
    CHECK(x.effects.empty());
    CHECK_FALSE(x.split().silent);
    x.log.hangs = false;
    x.settle();
    CHECK(x.log.since("lines/0", 0).empty());
    CHECK(x.effects.empty());
    CHECK(x.told.size() == 2);
    CHECK(x.decisions.decide(x.split(), {each.what, 20, each.content}));
    const auto logged = x.log.since("lines/0", 0);
    REQUIRE(logged.size() == 1);
    CHECK(logged[0].position == 20);
  }
}

TEST_CASE("while what was given up is taken back, a log that hangs again holds nobody up either") {
  decided x;
  x.log.hangs = true;
  CHECK_FALSE(x.decisions.decide(x.split(), {kind::silent, 0, {}}));
  // It comes to the log, and stays there for now.
  x.log.hangs = false;
  while (x.log.since("lines/0", 0).empty())
    std::this_thread::sleep_for(1ms);
  x.log.hangs = true;
  for (int i = 0; i < 300; ++i) {
    x.clock.passed(std::chrono::steady_clock::now());
    x.decisions.log_missing();
    CHECK_FALSE(x.decisions.settled());
    std::this_thread::sleep_for(1ms);
  }
  CHECK(x.told.back().kind == transition_kind::reopened);
  x.log.hangs = false;
  x.settle();
  CHECK(x.log.since("lines/0", 0).empty());
}

TEST_CASE("a bound that is long on its way holds up no reading behind it, and is in force as old as it is") {
  decided x;
  auto& bound = x.split().bound;
  const auto now = from_epoch_ms(1'790'000'000'000);
  bound.tick(now);
  x.decisions.log_bound(x.split(), bound.make(0, false));
  REQUIRE(bound.reach(0));
  x.log.hangs = true;
  x.split().next = 5;
  x.decisions.write_bound(x.split(), bound.make(5, false));
  CHECK_FALSE(bound.reach(5));
  x.decisions.wait();
  CHECK(x.told.size() == 1);
  CHECK_FALSE(bound.reach(5));
  bound.follow_clock();
  x.split().next = 7;
  bound.tick(now + 1h);
  CHECK(bound.reach(6));
  CHECK(bound.bound() == now + 1h + 90s);
  CHECK_FALSE(bound.may_commit(100));
  x.log.hangs = false;
  for (const auto deadline = std::chrono::steady_clock::now() + 20s;
       bound.waits() && std::chrono::steady_clock::now() < deadline;)
    x.decisions.collect();
  CHECK(bound.may_commit(100));
  CHECK(x.told.back().kind == transition_kind::cleared);
  // An hour old: another one is logged before the next reading.
  CHECK_FALSE(bound.reach(7));
  x.clock.passed(std::chrono::steady_clock::now());
  x.decisions.log_bound(x.split(), bound.make(7, false));
  CHECK(bound.reach(7));
  CHECK(bound.bound() == now + 1h + 90s);
}

} // namespace split_decisions_test

#include "runtime/decisions/journal_decisions.hpp"
#include "runtime/entry/split_decisions.hpp"
#include "runtime/journal/memory_journal.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace millwright;

namespace {

using kind = decision::kind;

/// Decisions of one split, whose effects are noted.
struct decided {
  memory_journal journal;
  journal_decisions log{journal};
  plant_join plant{"", "", &log};
  split_table splits;
  driver_clock clock;
  detection_settings detection;
  node_conditions conditions{detection};
  barrier_share share;
  own_conditions own{conditions, true, [](const alarm_transition&) {}, share};
  std::vector<std::string> effects;
  split_decisions decisions{log_of(*this),
                            plant,
                            splits,
                            clock,
                            own,
                            {[this](split_state&, std::shared_ptr<const plant_metadata>) { note("metadata"); },
                             [this](split_state&, const std::string& sensors) { note("moved " + sensors); },
                             [this](split_state&, const decision& entry) { note("said " + entry.content); }}};

  decided() {
    split_state first;
    first.name = "lines/0";
    splits.add(std::move(first));
  }
  split_state& split() { return splits[0]; }

private:
  static decision_log* log_of(decided& all) { return &all.log; }
  void note(std::string effect) { effects.push_back(std::move(effect)); }
};

} // namespace

TEST_CASE("what people said behind the end of a log that is gone is in force, and nothing else of it") {
  decided x;
  for (const auto& each : {decision{kind::silent, 30, {}}, decision{kind::maintenance, 31, "begins"},
                           decision{kind::moved, 32, "TI-1"}, decision{kind::maintenance, 33, "ends"}})
    x.log.append("lines/0", each);
  x.split().next = 10;
  x.decisions.recover(x.split());
  CHECK(x.effects.empty());
  x.split().next = 0;
  x.decisions.end_log(x.split());
  CHECK(x.effects == std::vector<std::string>{"said begins", "said ends"});
  CHECK_FALSE(x.split().silent);
  CHECK(x.split().ahead.empty());
  CHECK(x.split().told == 0);
  CHECK(x.split().place.log == 1);
  x.decisions.recover(x.split());
  x.decisions.pass(x.split(), 100);
  CHECK(x.effects.size() == 2);
}

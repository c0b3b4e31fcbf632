#pragma once

#include "runtime/decisions/journal_decisions.hpp"
#include "runtime/entry/own_conditions.hpp"
#include "runtime/entry/split_decisions.hpp"
#include "runtime/hosting/sensor_registry.hpp"
#include "runtime/journal/memory_journal.hpp"
#include "runtime/source/source.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millwright::testing {

/// A source of whose records nothing is polled.
class splits_alone : public source {
public:
  bool own_days = true;
  /// By split: see source::waiting.
  std::map<uint16_t, uint64_t> left;

  std::string identity() override { return "lines"; }
  const std::vector<std::string>& splits() const override { return names_; }
  void start(const std::map<std::string, uint64_t>&) override {}
  void poll(record_batch&, size_t, milliseconds) override {}
  bool finished() const override { return false; }
  bool by_wall_clock() const override { return own_days; }
  std::optional<uint64_t> waiting(uint16_t split) const override {
    const auto known = left.find(split);
    return known == left.end() ? std::nullopt : std::optional{known->second};
  }

private:
  std::vector<std::string> names_;
};

/// Splits as a driver has them, with what watches over them; its clock is led by hand.
struct watched_splits {
  using steady = std::chrono::steady_clock;

  explicit watched_splits(size_t count = 1) {
    for (size_t i = 0; i < count; ++i) {
      split_state next;
      next.name = "lines/" + std::to_string(i);
      splits.add(std::move(next));
    }
  }

  /// What was told of a rule: "raised lines/0: why", in its order.
  std::vector<std::string> steps(rule which) const {
    std::vector<std::string> out;
    for (const auto& each : told)
      if (each.condition.which == which)
        out.push_back((each.kind == transition_kind::raised ? "raised " : "cleared ") + each.condition.unit.text +
                      ": " + each.reason);
    return out;
  }

  splits_alone readings;
  split_table splits;
  driver_clock clock;
  sensor_registry sensors;
  memory_journal journal;
  journal_decisions log{journal};
  plant_join plant{"", "", &log};
  detection_settings detection;
  node_conditions conditions{detection};
  barrier_share share;
  std::vector<alarm_transition> told;
  own_conditions own{conditions, true, [this](const alarm_transition& each) { told.push_back(each); }, share};
  split_decisions decisions{&log,
                            plant,
                            splits,
                            clock,
                            own,
                            {[](split_state&, std::shared_ptr<const plant_metadata>) {},
                             [](split_state&, const std::string&) {}, [](split_state&, const decision&) {}}};
};

} // namespace millwright::testing

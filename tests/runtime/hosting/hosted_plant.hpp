#pragma once

#include "runtime/hosting/actor_world.hpp"
#include "runtime/hosting/hosted_actors.hpp"
#include "tests/runtime/hosting/meter.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace millwright {

/// Meters of a plant, hosted alone: readings come from here, and so do barriers.
class hosted_plant {
public:
  explicit hosted_plant(std::map<std::string, std::string>* ledger = nullptr, milliseconds retention = {})
      : types_{(meter_type(), std::map<std::string, std::string>{})}, registry_{types_},
        gathered_{types_, registry_, sensor_types_}, ledger_{ledger} {
    hosted_actors::surroundings around{world_.system(), types_, registry_, gathered_};
    if (ledger_)
      around.committed = [this](const std::string& key) { return (*ledger_)[key]; };
    around.troubled = [this](const entity_key& key, const std::string&, bool ended) {
      troubles.push_back(key.id + (ended ? " ended" : " passed over"));
    };
    around.retention = retention;
    actors_ = std::make_unique<hosted_actors>(std::move(around));
    if (ledger_)
      for (const auto& [key, state] : *ledger_)
        actors_->recover(key, 0);
  }

  const sensor_context& sensor(const std::string& unit) {
    for (const auto& each : contexts_)
      if (each.equipment.text == unit)
        return each;
    auto& added = contexts_.emplace_back();
    added.key = {{"BR"}, {"S-" + unit}};
    added.equipment.text = unit;
    added.slot = static_cast<uint32_t>(contexts_.size() - 1);
    added.targets = registry_.targets_of(added);
    return added;
  }

  void take(const std::string& unit, event_time at, double value) {
    take_at(unit, at, value);
    come_to(at);
  }
  /// By any thread, once every unit is known; one at a time for a unit.
  void take_at(const std::string& unit, event_time at, double value) {
    reading r;
    r.time = at;
    r.value = value;
    r.watermark = time_.newest;
    r.barrier = barrier_;
    r.context = &sensor(unit);
    gathered_.take(r);
  }
  /// The metadata give the one unit's sensor to another.
  void move(const std::string& from, const std::string& to) {
    auto moved = sensor(from);
    moved.equipment.text = to;
    registry_.moved(barrier_, sensor(from), registry_.targets_of(moved));
  }
  void come_to(event_time at) { time_.newest = time_.closing = std::max(time_.newest, at); }

  /// Ends the barrier, and commits it where there is a ledger.
  hosted_outcome settle(bool last = false, std::vector<alarm_transition> heard = {},
                        const std::map<std::string, double>& scores_by_unit = {}) {
    std::vector<hosted_actors::heard_transition> members;
    for (const auto& each : heard)
      members.push_back({&sensor(each.condition.unit.text), &each});
    gathered_.pause();
    std::vector<hosted_actors::heard_score> scores;
    for (const auto& [unit, score] : scores_by_unit)
      scores.push_back({&sensor(unit), {"S-" + unit, time_.newest, score, risk_level::normal, false, false}});
    auto out = actors_->settle(barrier_, time_, last, members, scores);
    for (const auto& each : out.states)
      if (ledger_) {
        auto& stored = (*ledger_)[std::string{each.key}];
        if (each.whole_at == 0)
          wholes_[std::string{each.key}] = each.bytes;
        stored = wholes_[std::string{each.key}] + (each.whole_at == 0 ? "" : std::string{each.bytes});
      }
    for (const auto& each : out.forgotten)
      if (ledger_)
        ledger_->erase(each);
    actors_->committed(barrier_++);
    return out;
  }

  /// Settles the barrier that was settled last once more.
  void settle_again() { actors_->settle(barrier_ - 1, time_, false, {}); }

  std::vector<std::string> rows(bool last = false) {
    std::vector<std::string> out;
    settle(last).rows.visit([&](const row_schema&, event_time, std::string_view json) { out.emplace_back(json); });
    return out;
  }

  hosted_actors& actors() { return *actors_; }
  gathering& gathered() { return gathered_; }

  std::vector<std::string> troubles;

private:
  actor_world world_;
  std::vector<sensor_type> sensor_types_{1};
  hosted_types types_;
  entity_registry registry_;
  gathering gathered_;
  std::map<std::string, std::string>* ledger_;
  std::map<std::string, std::string> wholes_;
  std::deque<sensor_context> contexts_;
  time_passed time_;
  uint32_t barrier_ = 6;
  std::unique_ptr<hosted_actors> actors_;
};

} // namespace millwright

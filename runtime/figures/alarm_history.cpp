#include "runtime/figures/alarm_history.hpp"

#include <algorithm>
#include <tuple>

namespace millwright {

std::string place_of(const std::string& facility, const std::string& sensor, const std::string& unit) {
  const auto& own = sensor.empty() ? unit : sensor;
  if (facility.empty())
    return own.empty() ? "the node" : own;
  return own.empty() ? facility : facility + "/" + own;
}

std::string place_of(const condition_key& x) {
  return place_of(x.facility.text, x.sensor.text, x.unit.text);
}

std::string hour_of(event_time at) {
  return to_iso(at).substr(0, 13);
}

alarm_life& alarm_history::life_of(const alarm_transition& x) {
  auto& life = alarms_[x.alarm];
  life.condition = x.condition;
  life.raised = std::min(life.raised, x.raised_at);
  return life;
}

void alarm_history::take(const alarm_transition& x) {
  auto& last = last_numbers_[x.alarm];
  if (x.number == last)
    return;
  // How it ended is told by the newest, whatever a sensor's clock says.
  const bool newest = x.number > last;
  last = std::max(last, x.number);
  auto& life = life_of(x);
  switch (x.kind) {
  case transition_kind::raised:
  case transition_kind::reopened:
    life.raises.push_back(x.at);
    if (newest)
      life.ended = forever;
    break;
  case transition_kind::cleared:
  case transition_kind::adapted:
    if (newest)
      life.ended = x.at;
    break;
  case transition_kind::updated:
  case transition_kind::acknowledged:
    break;
  }
  // What a node says of itself goes by its own clock.
  if (!x.condition.facility.empty())
    seen(x.at);
}

void alarm_history::tell(const page& x) {
  // A group has no owner whose steps anybody else would tell of.
  if (is_group(x.about.condition))
    take(x.about);
  if (x.kind != page_kind::alert)
    return;
  auto& life = life_of(x.about);
  life.told = true;
  life.sounded = std::min(life.sounded, x.about.at);
  auto& told = pages_[{x.about.alarm, x.about.number}];
  if (told.channels.empty()) {
    told.condition = x.about.condition;
    told.at = x.about.at;
    told.level = x.about.level;
    told.alarm = x.about.alarm;
  }
  told.channels.insert(x.channel.text);
}

void alarm_history::tell_by_group(const alarm_transition& x) {
  auto& life = life_of(x);
  life.told = true;
  life.sounded = std::min(life.sounded, x.at);
}

void alarm_history::show(const condition_key& condition, event_time raised) {
  ++shown_by_rule_[std::string{name_of(condition.which)}];
  ++shown_by_hour_[hour_of(raised)];
  ++shown_by_sensor_[place_of(condition)];
}

void alarm_history::seen(event_time at) {
  from_ = std::min(from_, at);
  to_ = std::max(to_, at);
}

std::vector<const told_alert*> alarm_history::pages() const {
  std::vector<const told_alert*> out;
  for (const auto& [key, each] : pages_)
    out.push_back(&each);
  std::stable_sort(out.begin(), out.end(), [](const told_alert* a, const told_alert* b) {
    return std::tie(a->at, a->condition) < std::tie(b->at, b->condition);
  });
  return out;
}

} // namespace millwright

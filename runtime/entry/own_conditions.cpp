#include "runtime/entry/own_conditions.hpp"

#include "runtime/entry/driver_clock.hpp"
#include "runtime/hosting/sensor_registry.hpp"

#include <utility>

namespace millwright {

namespace {

/// What a former run left and this one has not found in this time is over. It takes ten readings of a sensor to judge
/// its clock, or its actor, and some send one each few minutes.
constexpr std::chrono::minutes found_again_within(rule which) {
  const bool by_readings = which == rule::clock_skew || which == rule::quarantined;
  return std::chrono::minutes{by_readings ? 60 : 10};
}

} // namespace

void own_conditions::wrong(rule which, const std::string& subject, std::string reason) {
  if (live_)
    tell(conditions_.raise(which, subject, driver_clock::wall_now(), std::move(reason)));
}

void own_conditions::tell_reason(rule which, const std::string& subject, std::string reason) {
  if (live_)
    tell(conditions_.update(which, subject, driver_clock::wall_now(), std::move(reason)));
}

void own_conditions::fine(rule which, const std::string& subject, std::string reason) {
  if (live_)
    tell(conditions_.clear(which, subject, driver_clock::wall_now(), std::move(reason)));
}

void own_conditions::not_found(rule which, const std::string& subject, std::string reason) {
  if (left_ended_.has(which) || !conditions_.is_left(which, subject))
    fine(which, subject, std::move(reason));
}

void own_conditions::happened(rule which, const std::string& subject, std::string reason, milliseconds lasts) {
  if (live_)
    tell(conditions_.happened(which, subject, driver_clock::wall_now(), std::move(reason), lasts));
}

void own_conditions::report(rule which, std::string subject, bool wrong, std::string reason) {
  std::lock_guard guard{mutex_};
  reports_.push_back({which, std::move(subject), wrong, std::move(reason)});
}

void own_conditions::take_reports() {
  std::vector<report_entry> reports;
  {
    std::lock_guard guard{mutex_};
    reports.swap(reports_);
  }
  for (auto& each : reports)
    each.wrong ? wrong(each.which, each.subject, std::move(each.reason))
               : fine(each.which, each.subject, std::move(each.reason));
}

void own_conditions::look(std::chrono::steady_clock::duration age) {
  end_what_was_left(age);
  for (const auto& each : conditions_.due(driver_clock::wall_now()))
    tell(each);
}

// A restart ends no condition: each is judged on, and what is not found again in some time is over. Of channels those
// know that send over them.
void own_conditions::end_what_was_left(std::chrono::steady_clock::duration age) {
  for (int i = static_cast<int>(first_node_rule); i < rule_count; ++i) {
    const auto which = static_cast<rule>(i);
    if (left_ended_.has(which) || age < found_again_within(which))
      continue;
    left_ended_.put(which);
    if (which == rule::channel_down)
      continue;
    for (const auto& subject : conditions_.left(which))
      fine(which, subject, "not found again since the node was started");
  }
}

void own_conditions::tell(const std::optional<alarm_transition>& transition) {
  if (!transition)
    return;
  tell_(*transition);
  share_.output().transitions.push_back({*transition, sensor_registry::none, 0});
}

} // namespace millwright

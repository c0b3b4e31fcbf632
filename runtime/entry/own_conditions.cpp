#include "runtime/entry/own_conditions.hpp"

#include "runtime/entry/driver_clock.hpp"
#include "runtime/hosting/sensor_registry.hpp"

#include <utility>

namespace millwright {

namespace {

/// What a former run left and this one has not found in this time is over.
constexpr std::chrono::minutes found_again_within{10};

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
  if (left_ended_ || !conditions_.is_left(which, subject))
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
  if (left_ended_ || age < found_again_within)
    return;
  left_ended_ = true;
  for (int i = static_cast<int>(first_node_rule); i < rule_count; ++i)
    for (const auto& subject : conditions_.left(static_cast<rule>(i)))
      if (static_cast<rule>(i) != rule::channel_down)
        fine(static_cast<rule>(i), subject, "not found again since the node was started");
}

void own_conditions::tell(const std::optional<alarm_transition>& transition) {
  if (!transition)
    return;
  tell_(*transition);
  share_.output().transitions.push_back({*transition, sensor_registry::none, 0});
}

} // namespace millwright

#include "runtime/entry/driver.hpp"

#include "protocol/failure.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <utility>

// What the driver notices and decides beside readings; the node's own alarms.

namespace millwright {

using namespace std::chrono_literals;

void driver::apply(split_state& split, const decision& entry) {
  switch (entry.what) {
  case decision::kind::silent:
    split.silent = true;
    break;
  case decision::kind::awake: {
    split.silent = false;
    int64_t from = 0;
    const auto& text = entry.content;
    if (std::from_chars(text.data(), text.data() + text.size(), from).ec == std::errc{})
      split.awake_from = std::clamp(from_epoch_ms(from), never, forever);
    break;
  }
  case decision::kind::metadata:
    change_metadata(split, parts_.plant.version(entry.content));
    break;
  case decision::kind::bound:
    // A damaged one is as none: another is logged in its place.
    if (const auto bound = bound_entry::of(entry.position, entry.content))
      split.bound.recovered(*bound);
    break;
  case decision::kind::moved:
    move(split, entry.content);
    break;
  }
  split.changed = true;
}

bool driver::log_decision(const split_state& split, const decision& entry) {
  const std::string subject = "log of decisions";
  if (!parts_.decisions)
    return true;
  if (last_look_ < decide_again_)
    return false;
  try {
    parts_.decisions->append(log_name(split.name, split.place.log), entry);
  } catch (const failure& problem) {
    if (problem.code() != failure_code::journal_unwritable)
      throw;
    decide_again_ = last_look_ + 1s;
    wrong(rule::ledger, subject, problem.what());
    return false;
  }
  fine(rule::ledger, subject, "it can be written again");
  return true;
}

bool driver::log_beginning(split_state& split) {
  if (split.beginning && !log_decision(split, *split.beginning))
    return false;
  split.beginning.reset();
  return true;
}

// Also while readings wait for a commit: that commit may wait for these.
void driver::log_what_is_missing() {
  if (last_look_ < decide_again_)
    return;
  for (auto& split : splits_) {
    if (!log_beginning(split))
      return;
    if (!split.bound.unlogged())
      continue;
    split.bound.tick(wall_now());
    const auto entry = split.bound.make(split.next, false);
    if (!decide(split, {decision::kind::bound, split.next, entry.content()}))
      return;
  }
}

// What cannot be logged is not decided: it would be decided otherwise at a recovery. It is tried again a second later.
bool driver::decide(split_state& split, decision entry) {
  if (!log_beginning(split) || !log_decision(split, entry))
    return false;
  if (const auto bound =
          entry.what == decision::kind::bound ? bound_entry::of(entry.position, entry.content) : std::nullopt)
    split.bound.logged(*bound);
  else
    apply(split, entry);
  return true;
}

void driver::look_at_reports() {
  std::vector<report_entry> reports;
  {
    std::lock_guard guard{reports_mutex_};
    reports.swap(reports_);
  }
  for (auto& each : reports)
    each.wrong ? wrong(each.which, each.subject, std::move(each.reason))
               : fine(each.which, each.subject, std::move(each.reason));
}

void driver::report(rule which, std::string subject, bool wrong, std::string reason) {
  std::lock_guard guard{reports_mutex_};
  reports_.push_back({which, std::move(subject), wrong, std::move(reason)});
}

void driver::quarantined(uint32_t slot, const std::string& reason) {
  const auto& key = parts_.keeper.sensors()[slot].context->key;
  parts_.status.quarantined.fetch_add(1, std::memory_order_relaxed);
  spdlog::error("sensor {} of {} is quarantined: {}", key.sensor.text, key.facility.text, reason);
  wrong(rule::quarantined, key.facility.text + "/" + key.sensor.text,
        "its actor died again and again; its readings go to the dead letters: " + reason);
}

// A start gives every sensor another chance: what the last run set aside is judged on by what this one sees of it.
void driver::look_at_quarantines() {
  const auto& sensors = parts_.keeper.sensors();
  for (const auto& subject : conditions_.left(rule::quarantined)) {
    uint32_t slot = sensor_registry::none;
    for (auto at = subject.find('/'); at != subject.npos && slot == sensor_registry::none;
         at = subject.find('/', at + 1))
      slot = sensors.find(std::string_view{subject}.substr(0, at), std::string_view{subject}.substr(at + 1));
    if (slot == sensor_registry::none || sensors[slot].quarantined)
      continue;
    if (const auto taken = sensors[slot].readings; taken >= 2 * uint64_t{parts_.settings.quarantine_restarts})
      fine(rule::quarantined, subject, fmt::format("its actor has taken {} readings since a restart", taken));
  }
}

void driver::wrong(rule which, const std::string& subject, std::string reason) {
  if (live_)
    tell_own(conditions_.raise(which, subject, wall_now(), std::move(reason)));
}

void driver::tell_reason(rule which, const std::string& subject, std::string reason) {
  if (live_)
    tell_own(conditions_.update(which, subject, wall_now(), std::move(reason)));
}

void driver::fine(rule which, const std::string& subject, std::string reason) {
  if (live_)
    tell_own(conditions_.clear(which, subject, wall_now(), std::move(reason)));
}

void driver::tell_own(const std::optional<alarm_transition>& transition) {
  if (!transition)
    return;
  parts_.tell(*transition);
  own_.transitions.push_back({*transition, sensor_registry::none, 0});
}

} // namespace millwright

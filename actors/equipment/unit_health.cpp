#include "actors/equipment/unit_health.hpp"

#include "protocol/json.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace millwright {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

std::string figure(double x) {
  std::string out;
  append_json_number(out, std::round(x * 1000) / 1000);
  return out;
}

std::string span_of(milliseconds x) {
  const auto in = [&](auto unit, std::string_view name) {
    const auto n = x / milliseconds{unit};
    return std::to_string(n) + " " + std::string{name} + (n == 1 ? "" : "s");
  };
  if (x % days{1} == milliseconds{0} && x > days{1})
    return in(days{1}, "day");
  if (x % hours{1} == milliseconds{0})
    return in(hours{1}, "hour");
  return x % minutes{1} == milliseconds{0} ? in(minutes{1}, "minute") : in(std::chrono::seconds{1}, "second");
}

std::string_view words_of(rule which) {
  switch (which) {
  case rule::limit:
    return "beyond a limit";
  case rule::z:
    return "unlike its last minutes";
  case rule::state:
    return "outside its normal range";
  case rule::rate:
    return "changes too fast";
  case rule::range:
    return "outside its physical range";
  case rule::stale:
    return "silent";
  case rule::bad_quality:
    return "of bad quality";
  case rule::stuck:
    return "stuck";
  case rule::novelty:
    return "at a value never seen before";
  case rule::rapid_change:
    return "changes rapidly";
  default:
    return name_of(which);
  }
}

// Of the machine: shown by the state rule, or worth a page by any other.
bool unsettles(const standing_condition& x) {
  return x.which == rule::state || (x.pages && !of_instrument(x.which));
}

// Of the instrument; a sensor may be late for a while.
bool degrades(const standing_condition& x, const unit_facts& unit) {
  return of_instrument(x.which) &&
         (x.which != rule::stale || unit.now - x.since >= unit.settings.gathering.offline_after);
}

// A type that is not measured any more says nothing of today.
bool counts(const unit_type& x, const unit_facts& unit) {
  return x.window_end != never &&
         unit.now - x.window_end <= unit.settings.window + unit.settings.gathering.window_delay;
}

bool bad_window(const unit_type& x, unit_health as, const unit_facts& unit) {
  if (!counts(x, unit))
    return false;
  return as == unit_health::degraded ? x.status == window_status::degraded
                                     : unit.settings.unstable_windows && x.status == window_status::unstable;
}

bool condition_makes(unit_health as, const standing_condition& x, const unit_facts& unit) {
  return as == unit_health::degraded ? degrades(x, unit) : unsettles(x);
}

// Calls `window` and `condition` for what makes the unit `as` (degraded or unstable), the worst sensor first.
template <class Window, class Condition>
void visit_causes(unit_health as, const unit_facts& unit, Window window, Condition condition) {
  for (const auto* member : unit.members.by_trouble())
    for (const auto& each : member->standing())
      if (condition_makes(as, each, unit))
        condition(*member, each);
  for (const auto& each : unit.types)
    if (bad_window(each, as, unit))
      window(each);
}

bool holds(unit_health as, const unit_facts& unit) {
  for (const auto& member : unit.members.all())
    for (const auto& each : member.standing())
      if (condition_makes(as, each, unit))
        return true;
  return std::any_of(unit.types.begin(), unit.types.end(), [&](const auto& x) { return bad_window(x, as, unit); });
}

bool learning(const unit_facts& unit) {
  const event_time first = unit.members.first_heard();
  return first != never && unit.now - first < unit.settings.learning_time;
}

std::string words_of(const unit_type& x, unit_health as, const unit_settings& settings) {
  const std::string name{x.name.view()};
  return as == unit_health::degraded
             ? name + ": average quality " + figure(x.quality) + ", below " + figure(settings.degraded_below)
             : name + ": standard deviation " + figure(x.stddev) + ", above " + figure(settings.unstable_above);
}

std::string words_of(const maintenance_report& begun) {
  std::string out{"maintenance has begun and not ended"};
  if (!begun.by.empty())
    out += ", says " + begun.by;
  if (!begun.note.empty())
    out += ": " + begun.note;
  return out;
}

} // namespace

std::string_view name_of(unit_health state) {
  constexpr std::array<std::string_view, 6> names{"healthy", "learning", "in maintenance",
                                                  "offline", "degraded", "unstable"};
  return names[static_cast<size_t>(state)];
}

void unit_type::take(const equipment_row& window) {
  if (window_end == never || status != window.status)
    status_since = window.end;
  status = window.status;
  window_end = window.end;
  stddev = window.stddev;
  quality = window.quality;
}

unit_health judge(const unit_facts& unit) {
  if (unit.maintenance)
    return unit_health::maintenance;
  if (!unit.online)
    return unit_health::offline;
  for (const auto each : {unit_health::unstable, unit_health::degraded})
    if (holds(each, unit))
      return each;
  return learning(unit) ? unit_health::learning : unit_health::healthy;
}

event_time cause_since(unit_health state, const unit_facts& unit) {
  if (state == unit_health::maintenance)
    return unit.maintenance ? unit.maintenance->at : never;
  if (state == unit_health::offline)
    return unit.presence_since;
  if (state != unit_health::unstable && state != unit_health::degraded)
    return never;
  event_time first = forever;
  visit_causes(
      state, unit, [&](const unit_type& x) { first = std::min(first, x.status_since); },
      [&](const unit_member&, const standing_condition& x) { first = std::min(first, x.since); });
  return first == forever ? never : first;
}

std::string reason_for(unit_health state, const unit_facts& unit) {
  switch (state) {
  case unit_health::healthy:
    return {};
  case unit_health::learning:
    return "all its sensors are known for less than " + span_of(unit.settings.learning_time);
  case unit_health::maintenance:
    return words_of(*unit.maintenance);
  case unit_health::offline:
    return "no reading for " + span_of(unit.settings.gathering.offline_after);
  case unit_health::degraded:
  case unit_health::unstable:
    break;
  }
  constexpr size_t most = 3;
  std::string out;
  size_t n = 0;
  const auto add = [&](const std::string& words) {
    if (n < most)
      out += (n == 0 ? "" : "; ") + words;
    ++n;
  };
  visit_causes(
      state, unit, [&](const unit_type& x) { add(words_of(x, state, unit.settings)); },
      [&](const unit_member& member, const standing_condition& x) { add(words_of(member, x)); });
  if (n > most)
    out += "; and " + std::to_string(n - most) + " more";
  return out;
}

int rank_of(unit_health state, const unit_members& members) {
  if (state == unit_health::maintenance)
    return 1;
  severity paged = severity::normal;
  for (const auto& member : members.all())
    for (const auto& each : member.standing())
      if (each.pages)
        paged = std::max(paged, each.level);
  if (paged >= severity::high)
    return paged == severity::critical ? 6 : 5;
  constexpr std::array<int, 6> ranks{0, 1, 1, 2, 3, 4};
  return ranks[static_cast<size_t>(state)];
}

std::string words_of(const unit_member& member, const standing_condition& condition) {
  return member.news.sensor + " " + std::string{words_of(condition.which)} + " (" +
         std::string{name_of(condition.level)} + ")";
}

} // namespace millwright

#include "protocol/alarm.hpp"
#include "protocol/figure.hpp"
#include "protocol/local_time.hpp"

#include <cmath>

namespace millwright {

namespace {

void append_figure(std::string& out, std::string_view name, double x) {
  if (std::isnan(x))
    return;
  out += ", ";
  out += name;
  out += ' ';
  out += figure_of(x);
}

void append_baseline(std::string& out, const baseline& against) {
  if (std::isnan(against.avg))
    return;
  append_figure(out, "avg", against.avg);
  append_figure(out, "stddev", against.stddev);
  if (against.count > 0)
    out += " of " + std::to_string(against.count) + " readings";
}

} // namespace

std::string subject_of(const alarm_transition& x) {
  const auto& [facility, sensor, unit, which] = x.condition;
  std::string out{sensor.empty() ? unit.view() : sensor.view()};
  if (!sensor.empty() && !unit.empty()) {
    out += " on ";
    out += unit.view();
  }
  if (facility.empty())
    return out;
  if (!out.empty())
    out += " at ";
  const auto& name = x.evidence.facility_name;
  out += name.empty() ? facility.view() : std::string_view{name};
  if (!name.empty() && name != facility.view()) {
    out += " (";
    out += facility.view();
    out += ')';
  }
  return out;
}

std::string describe(const alarm_transition& x) {
  const auto& why = x.evidence;
  std::string out{name_of(x.level)};
  out += ' ';
  out += name_of(x.condition.which);
  if (x.kind != transition_kind::raised) {
    out += ' ';
    out += name_of(x.kind);
  }
  if (x.was != severity::normal) {
    out += ", was ";
    out += name_of(x.was);
  }
  out += ": ";
  // What a group is said to be names its subject.
  if (!is_group(x.condition))
    out += subject_of(x);
  if (!std::isnan(x.value)) {
    out += ": ";
    out += figure_of(x.value);
    if (!why.unit.empty())
      out += ' ' + why.unit;
  }
  append_figure(out, "was", why.previous);
  append_figure(out, "limit", why.limit);
  append_baseline(out, why.against);
  append_figure(out, "z", why.z);
  if (!x.reason.empty())
    out += (is_group(x.condition) ? "" : "; ") + x.reason;
  if (x.chattering)
    out += "; chattering";
  if (x.at > never && x.at < forever)
    out += "; " + local_time(x.at, why.timezone);
  return out;
}

} // namespace millwright

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

std::string headline_of(const alarm_transition& x) {
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
  return out;
}

value_before value_before_of(const alarm_transition& x) {
  const auto& why = x.evidence;
  // A high or low is raised by its second reading at the earliest: the one before had left already.
  const bool above = x.value >= why.limit && why.previous >= why.limit;
  const bool below = x.value <= why.limit && why.previous <= why.limit;
  if (x.condition.which == rule::limit && (above || below) && !std::isnan(why.against.avg))
    return {why.against.avg, true};
  return {why.previous, false};
}

std::string quantity_of(double x, const std::string& unit) {
  if (std::isnan(x))
    return {};
  return figure_of(x) + (unit.empty() ? "" : ' ' + unit);
}

std::string describe(const alarm_transition& x) {
  return describe(x, {});
}

std::string describe(const alarm_transition& x, std::string_view then) {
  const auto& why = x.evidence;
  auto out = headline_of(x) + ": ";
  // What a group is said to be names its subject.
  const bool group = is_group(x.condition);
  if (group)
    out += x.reason;
  else
    out += subject_of(x);
  if (!std::isnan(x.value))
    out += ": " + quantity_of(x.value, why.unit);
  out += then;
  const auto before = value_before_of(x);
  append_figure(out, "was", before.figure);
  if (before.average)
    out += " on average";
  append_figure(out, "limit", why.limit);
  if (x.condition.which != rule::limit)
    append_baseline(out, why.against);
  append_figure(out, "z", why.z);
  if (!group && !x.reason.empty())
    out += "; " + x.reason;
  if (x.chattering)
    out += "; chattering";
  if (x.at > never && x.at < forever)
    out += "; " + local_time(x.at, why.timezone);
  return out;
}

} // namespace millwright

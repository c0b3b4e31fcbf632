#include "runtime/figures/fault_truth.hpp"

#include "protocol/failure.hpp"
#include "protocol/quantities.hpp"
#include "runtime/figures/json_line.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace millwright {

namespace {

// What the simulation wears out is a machine, of which it names one sensor.
constexpr std::string_view fault_of_units = "bearing_wear";

known_fault fault_in(std::string_view line, const std::string& where) {
  const auto wrong = [&](const std::string& what) -> failure {
    return {failure_code::input_unreadable, where,
            what + "; a fault is a line as millwright simulate --truth writes it"};
  };
  const auto row = json_line(line);
  if (!row.IsObject())
    throw wrong("expected a JSON object");
  known_fault out{text_field(row, "kind"),
                  {text_field(row, "facility_id")},
                  {text_field(row, "sensor_id")},
                  {text_field(row, "equipment_id")},
                  {},
                  {}};
  if (out.kind.empty())
    out.kind = "fault";
  if (out.facility.empty())
    throw wrong("facility_id is missing");
  if (out.sensor.empty() && out.unit.empty())
    throw wrong("sensor_id or equipment_id is missing");
  for (const auto& [key, time] : {std::pair{"start", &out.start}, std::pair{"end", &out.end}}) {
    const auto text = text_field(row, key);
    const auto parsed = parse_time(text);
    if (!parsed)
      throw wrong(std::string{key} + ": expected a time with zone (2026-11-21T10:39:26Z), got \"" + text + '"');
    *time = *parsed;
  }
  if (out.end < out.start)
    throw wrong("its end is before its start");
  return out;
}

bool in_time(const told_alert& page, const known_fault& fault) {
  return page.at >= fault.start && page.at <= fault.end + fault_afterwards;
}

// A group's page names no sensor, and no unit where it is of a line or the site.
bool finds(const condition_key& page, const known_fault& fault) {
  if (page.facility != fault.facility)
    return false;
  if (page.sensor.empty())
    return page.unit.empty() || page.unit == fault.unit;
  return page.sensor == fault.sensor || (fault.of_unit() && page.unit == fault.unit);
}

bool belongs(const condition_key& page, const known_fault& fault) {
  return finds(page, fault) || (page.facility == fault.facility && !page.unit.empty() && page.unit == fault.unit);
}

} // namespace

bool known_fault::of_unit() const {
  return !unit.empty() && (sensor.empty() || kind == fault_of_units);
}

std::vector<known_fault> faults_in(std::string_view lines, const std::string& name) {
  std::vector<known_fault> out;
  for (size_t number = 1; !lines.empty(); ++number) {
    const auto end = std::min(lines.find('\n'), lines.size());
    const auto line = lines.substr(0, end);
    if (line.find_first_not_of(" \t\r") != line.npos)
      out.push_back(fault_in(line, name + ":" + std::to_string(number)));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const known_fault& a, const known_fault& b) { return a.start < b.start; });
  return out;
}

std::vector<known_fault> read_faults(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw failure{failure_code::input_unreadable, path, std::strerror(EISDIR)};
  errno = 0;
  std::ifstream in{path, std::ios::binary};
  if (!in)
    throw failure{failure_code::input_unreadable, path, std::strerror(errno)};
  std::ostringstream text;
  text << in.rdbuf();
  return faults_in(text.str(), path);
}

fault_score score_of(const alarm_history& history, const std::vector<known_fault>& faults, event_time from,
                     event_time to) {
  fault_score out;
  const auto pages = history.pages();
  std::vector<bool> belonging(pages.size());
  // By facility, so that a big plant's pages are not gone through for each fault; those in order of time.
  std::map<facility_id, std::vector<size_t>> places;
  for (size_t i = 0; i < pages.size(); ++i)
    places[pages[i]->condition.facility].push_back(i);
  for (const auto& fault : faults) {
    if (fault.start > to || fault.end + fault_afterwards < from)
      continue;
    const auto& own = places[fault.facility];
    auto at = std::lower_bound(own.begin(), own.end(), fault.start,
                               [&](size_t i, event_time start) { return pages[i]->at < start; });
    std::optional<event_time> first;
    for (; at != own.end() && in_time(*pages[*at], fault); ++at) {
      if (belongs(pages[*at]->condition, fault))
        belonging[*at] = true;
      if (!first && finds(pages[*at]->condition, fault))
        first = pages[*at]->at;
    }
    // One that began before the readings may be found, and is not counted as missed.
    if (fault.start < from)
      continue;
    for (auto* tally : {&out.all, &out.by_kind[fault.kind]}) {
      ++tally->faults;
      tally->found += first.has_value();
    }
    if (first)
      out.delays.push_back(*first - fault.start);
    else
      out.missed.push_back(fault);
  }
  std::sort(out.delays.begin(), out.delays.end());
  for (size_t i = 0; i < pages.size(); ++i)
    if (!belonging[i] && !pages[i]->condition.facility.empty() && pages[i]->at >= from && pages[i]->at <= to)
      out.false_pages.push_back(*pages[i]);
  return out;
}

} // namespace millwright

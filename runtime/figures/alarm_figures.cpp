#include "runtime/figures/alarm_figures.hpp"

#include <algorithm>

namespace millwright {

namespace {

std::string name_of_alarm(const condition_key& x) {
  return std::string{name_of(x.which)} + " of " + place_of(x);
}

// Each condition's raises, whichever of its alarms they are of.
std::vector<std::string> chattering_of(std::map<condition_key, std::vector<event_time>> raises) {
  std::vector<std::string> out;
  for (auto& [condition, times] : raises) {
    std::sort(times.begin(), times.end());
    for (size_t i = chattering_raises - 1; i < times.size(); ++i)
      if (times[i] - times[i + 1 - chattering_raises] < rate_period) {
        out.push_back(name_of_alarm(condition));
        break;
      }
  }
  return out;
}

void add_alarms(const alarm_history& history, alarm_figures& out) {
  std::map<condition_key, std::vector<event_time>> raises;
  std::vector<event_time> sounded;
  for (const auto& [id, life] : history.alarms()) {
    if (life.raised > out.to || life.ended < out.from)
      continue;
    // A group is a message, and no alarm beside those that it tells of.
    const bool group = is_group(life.condition);
    if (life.raised >= out.from && !group) {
      ++out.alarms;
      out.told += life.told;
      for (auto* tally : {&out.tallies.by_rule[std::string{name_of(life.condition.which)}],
                          &out.tallies.by_hour[hour_of(life.raised)], &out.tallies.by_sensor[place_of(life.condition)]})
        ++tally->alarms;
    }
    if (!life.told || group)
      continue;
    if (life.sounded >= out.from && life.sounded <= out.to)
      sounded.push_back(life.sounded);
    auto& own = raises[life.condition];
    for (const auto at : life.raises)
      if (at >= out.from && at <= out.to)
        own.push_back(at);
    out.standing += life.ended > out.to;
    if (const auto stood = std::min(life.ended, out.to) - life.raised; stood > stale_after)
      out.stale.emplace_back(name_of_alarm(life.condition), stood);
  }
  std::sort(sounded.begin(), sounded.end());
  out.alarm_floods = floods_in(sounded, out.to, out.operators);
  out.chattering = chattering_of(std::move(raises));
  std::stable_sort(out.stale.begin(), out.stale.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
}

void add_shown(const alarm_history& history, alarm_figures& out) {
  for (const auto& [name, count] : history.shown_by_rule()) {
    out.alarms += count;
    out.tallies.by_rule[name].alarms += count;
  }
  for (const auto& [name, count] : history.shown_by_hour())
    out.tallies.by_hour[name].alarms += count;
  for (const auto& [name, count] : history.shown_by_sensor())
    out.tallies.by_sensor[name].alarms += count;
  out.digests = history.digests();
}

void add_pages(const alarm_history& history, alarm_figures& out) {
  std::vector<event_time> times;
  std::map<std::string, uint64_t> sources;
  for (const auto* page : history.pages()) {
    if (page->at < out.from || page->at > out.to)
      continue;
    times.push_back(page->at);
    for (auto* tally : {&out.tallies.by_rule[std::string{name_of(page->condition.which)}],
                        &out.tallies.by_hour[hour_of(page->at)], &out.tallies.by_sensor[place_of(page->condition)]})
      ++tally->pages;
    for (const auto& channel : page->channels)
      ++out.by_channel[channel];
    ++out.by_severity[static_cast<size_t>(page->level)];
    ++sources[name_of_alarm(page->condition)];
  }
  out.pages = times.size();
  out.rates = rates_of(times, out.from, out.to, out.operators);
  out.most_frequent.assign(sources.begin(), sources.end());
  std::stable_sort(out.most_frequent.begin(), out.most_frequent.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  out.most_frequent.resize(std::min(out.most_frequent.size(), frequent_named));
}

} // namespace

uint64_t alarm_figures::most_frequent_pages() const {
  uint64_t all = 0;
  for (const auto& each : most_frequent)
    all += each.second;
  return all;
}

alarm_figures figures_of(const alarm_history& history, event_time from, event_time to, uint32_t operators) {
  alarm_figures out;
  out.from = from;
  out.to = to;
  out.operators = operators;
  add_alarms(history, out);
  add_pages(history, out);
  add_shown(history, out);
  return out;
}

} // namespace millwright

#include "actors/alarm/delivery_desk.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

// A channel fails: others tell in its place what waits for it, and what they have told nobody waits for any more.

namespace millwright {

namespace {

std::string names_in(const std::set<channel_name>& all) {
  std::string out;
  for (const auto& each : all)
    out += (out.empty() ? "" : ", ") + each.text;
  return out;
}

} // namespace

// Behind each try that failed, and now and then: a receiver may want to be left alone for an hour.
void delivery_desk::fall_back(const channel_name& name, lane& x, event_time now, milliseconds steady) {
  const auto& since = x.health.failing_since();
  const auto after = x.terms.fallback_after;
  if (after.count() <= 0 || x.terms.fallback.empty() || !since)
    return;
  if (x.look_for_stranded || steady >= x.look_again) {
    x.look_for_stranded = false;
    x.look_again = steady + std::max(after / 5, milliseconds{1});
    // It becomes dead between two looks.
    if (steady < *since + after)
      x.look_again = std::min(x.look_again, *since + after);
    const auto stranded = x.outbox.stranded(steady - *since >= after, now, find_, reader_of(name));
    std::set<channel_name> over;
    size_t pages = 0;
    for (const auto& each : stranded) {
      std::vector<channel_name> others;
      for (const auto& alert : each.alerts)
        for (auto& other : spread(alert, name, &x.terms.fallback, now))
          others.push_back(std::move(other));
      over.insert(others.begin(), others.end());
      pages += !others.empty();
      x.outbox.goes_over(each.place, std::move(others), effects_);
    }
    if (pages > 0)
      news_.push_back({name, channel_news::kind::fallback,
                       std::to_string(pages) + (pages == 1 ? " page goes" : " pages go") + " over " + names_in(over)});
    // What was in hand when it was told elsewhere, or when the node ended.
    for (const auto& each : x.outbox.over_others())
      for (const auto& other : *each.others)
        if (has_told(other, each.alarm, each.number)) {
          x.outbox.told_by(each.place, other, now, find_, next_sequence_, effects_);
          break;
        }
    if (!stranded.empty())
      x.look_again = std::min(x.look_again, steady + milliseconds{1000});
  }
  wake_ = std::min(wake_, now + (x.look_again - steady));
}

// Who stood in for another that was to stand in for a third has told it for that one as well.
void delivery_desk::told_by(const channel_name& channel, event_time now) {
  struct telling {
    channel_name by;
    uuid alarm;
    uint32_t number = 0;
  };
  std::vector<telling> open;
  for (const auto& [alarm, number] : std::exchange(effects_.delivered, {}))
    open.push_back({channel, alarm, number});
  while (!open.empty()) {
    const auto each = open.back();
    open.pop_back();
    for (auto& [name, lane] : lanes_) {
      if (name == each.by)
        continue;
      const auto waits = lane.outbox.over_others(each.alarm, each.number);
      if (!waits || std::find(waits->others->begin(), waits->others->end(), each.by) == waits->others->end())
        continue;
      lane.outbox.told_by(waits->place, each.by, now, find_, next_sequence_, effects_);
      open.push_back({name, each.alarm, waits->number});
    }
  }
}

channel_outbox::page_reader delivery_desk::reader_of(const channel_name& channel) {
  return [this, channel](const outbox_place& place) -> std::optional<outbox_entry> {
    const outbox_place before{place.priority, place.sequence - 1};
    try {
      auto found = journal_.waiting(channel, &before, 1);
      if (found.empty() || found.front().place() != place)
        return std::nullopt;
      return std::move(found.front());
    } catch (const std::exception& problem) {
      read_error_ = problem.what();
      throw;
    }
  };
}

} // namespace millwright

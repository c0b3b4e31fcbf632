#include "runtime/figures/page_difference.hpp"

#include "runtime/figures/alarm_figures.hpp"

#include <algorithm>
#include <tuple>

namespace millwright {

namespace {

/// A page and when its alarm stood.
struct spanned_page {
  const told_alert* page;
  event_time from, to;
};

using pages_by_condition = std::map<condition_key, std::vector<spanned_page>>;

pages_by_condition pages_of(const alarm_history& history) {
  pages_by_condition out;
  for (const auto* each : history.pages()) {
    const auto& life = history.alarms().at(each->alarm);
    // The unit names no other condition where there is a sensor: metadata may be what differs.
    auto key = each->condition;
    if (!key.sensor.empty())
      key.unit = {};
    out[key].push_back({each, std::min(life.raised, each->at), std::max(life.ended, each->at)});
  }
  for (auto& [key, pages] : out)
    std::stable_sort(pages.begin(), pages.end(), [](const spanned_page& a, const spanned_page& b) {
      return std::tie(a.from, a.page->at) < std::tie(b.from, b.page->at);
    });
  return out;
}

class counted_difference {
public:
  void both(const told_alert& before, const told_alert& after) {
    count(before, &page_change::before);
    count(after, &page_change::after);
    for (const auto& each : before.channels)
      if (!after.channels.contains(each))
        ++out_.by_channel[each].fewer;
    for (const auto& each : after.channels)
      if (!before.channels.contains(each))
        ++out_.by_channel[each].more;
    // Where it is counted under may differ: the hour of a page that comes later.
    if (hour_of(before.at) != hour_of(after.at)) {
      ++out_.by_hour[hour_of(before.at)].fewer;
      ++out_.by_hour[hour_of(after.at)].more;
    }
  }

  void only_before(const told_alert& x) {
    count(x, &page_change::before);
    count(x, &page_change::fewer);
    out_.fewer.push_back(x);
  }

  void only_after(const told_alert& x) {
    count(x, &page_change::after);
    count(x, &page_change::more);
    out_.more.push_back(x);
  }

  page_difference finish() {
    for (auto* list : {&out_.more, &out_.fewer})
      std::stable_sort(list->begin(), list->end(), [](const told_alert& a, const told_alert& b) {
        return std::tie(a.at, a.condition) < std::tie(b.at, b.condition);
      });
    return std::move(out_);
  }

private:
  void count(const told_alert& x, uint64_t page_change::*as) {
    for (auto* change : {&out_.all, &out_.by_rule[std::string{name_of(x.condition.which)}],
                         &out_.by_hour[hour_of(x.at)], &out_.by_sensor[place_of(x.condition)]})
      ++(change->*as);
    for (const auto& each : x.channels)
      ++(out_.by_channel[each].*as);
  }

  page_difference out_;
};

// Alarms of one condition follow each other: of two that do not meet the one that ends first meets none behind.
void match(const std::vector<spanned_page>& before, const std::vector<spanned_page>& after, counted_difference& out) {
  size_t i = 0, j = 0;
  while (i < before.size() && j < after.size()) {
    const auto &a = before[i], &b = after[j];
    if (a.from <= b.to && b.from <= a.to) {
      out.both(*a.page, *b.page);
      ++i;
      ++j;
    } else if (a.to < b.from) {
      out.only_before(*a.page);
      ++i;
    } else {
      out.only_after(*b.page);
      ++j;
    }
  }
  for (; i < before.size(); ++i)
    out.only_before(*before[i].page);
  for (; j < after.size(); ++j)
    out.only_after(*after[j].page);
}

} // namespace

page_difference difference_of(const alarm_history& before, const alarm_history& after) {
  const auto first = pages_of(before);
  auto second = pages_of(after);
  counted_difference out;
  for (const auto& [condition, pages] : first) {
    match(pages, second[condition], out);
    second.erase(condition);
  }
  for (const auto& [condition, pages] : second)
    match({}, pages, out);
  return out.finish();
}

} // namespace millwright

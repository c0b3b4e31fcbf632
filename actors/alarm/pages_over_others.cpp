#include "actors/alarm/channel_outbox.hpp"

#include <algorithm>
#include <utility>

// What others tell in this channel's place while it fails.

namespace millwright {

namespace {

// One that was tried so often for so long is in the same case as one whose channel is dead.
constexpr uint32_t in_vain = 2;
// At once at most: the router has others to serve.
constexpr size_t most_stranded = 500;

} // namespace

std::vector<stranded_page> channel_outbox::stranded(bool dead, event_time now, const alarm_lookup& find,
                                                    const page_reader& read) {
  std::vector<stranded_page> out;
  for (const auto& [since, place] : by_tries_) {
    if (out.size() == most_stranded)
      break;
    auto& x = items_.at(place);
    if (x.over || x.ends || x.where == shelf::in_hand || !x.journaled || x.changed || x.kind == page_kind::notice)
      continue;
    // What waits for the end of a shelf is told by nobody, and then by its own channel.
    if (x.kind != page_kind::digest && shelved_at(find(x.alarm), now))
      continue;
    const bool long_ago = counted(now) - since >= terms_.fallback_after;
    if (!(long_ago ? dead || x.attempts >= in_vain : dead && since <= failed_at_))
      continue;
    if (load(x, now, read) != found::there)
      continue;
    stranded_page page{place, {}};
    if (x.kind != page_kind::digest)
      page.alerts.push_back(*x.content);
    else
      for (const auto& member : x.content->digest->members)
        if (const auto* record = find(member.alarm); stands(record))
          page.alerts.push_back(standing_page(name_, *record, member.number));
    out.push_back(std::move(page));
  }
  return out;
}

void channel_outbox::goes_over(const outbox_place& place, std::vector<channel_name> others, delivery_effects& out) {
  const auto at = items_.find(place);
  if (at == items_.end())
    return;
  auto& x = at->second;
  const bool noted = x.kind != page_kind::digest && !others.empty() && x.content;
  x.over = std::make_shared<const std::vector<channel_name>>(std::move(others));
  if (!noted)
    return spare_content(x);
  auto change = waits_on(x, place);
  change.instead = entry_of(x);
  out.changes.push_back(std::move(change));
  spare_content(x);
}

void channel_outbox::keep_over(const std::function<bool(const channel_name&)>& there) {
  for (auto& [place, x] : items_)
    if (x.over && std::none_of(x.over->begin(), x.over->end(), there))
      x.over.reset();
}

std::vector<page_over_others> channel_outbox::over_others() const {
  std::vector<page_over_others> out;
  for (const auto& [since, place] : by_tries_)
    if (const auto& x = items_.at(place); x.kind != page_kind::digest && x.over && x.where != shelf::in_hand)
      out.push_back({place, x.alarm, x.number, x.over});
  return out;
}

std::optional<page_over_others> channel_outbox::over_others(const uuid& alarm, uint32_t number) const {
  const auto at = alarms_.find(alarm);
  if (at == alarms_.end() || !at->second.waiting)
    return std::nullopt;
  const auto& x = items_.at(*at->second.waiting);
  if (!x.over || x.where == shelf::in_hand || x.where == shelf::member || x.number > number)
    return std::nullopt;
  return page_over_others{x.place, x.alarm, x.number, x.over};
}

// People have it, and this channel no news for them. What still stands is told by a digest: who looks at this channel
// alone sees it there, and the channel has something to be tried with.
void channel_outbox::told_by(const outbox_place& place, const channel_name& by, event_time now,
                             const alarm_lookup& find, uint64_t& next_sequence, delivery_effects& out) {
  const auto x = items_.at(place);
  finish(place, notification_outcome::fallback, "told by " + by.text, out);
  if (x.perhaps_taken)
    note_perhaps_taken(x.alarm, find, out);
  if (const auto* record = find(x.alarm); stands(record) && !alarms_.contains(x.alarm))
    tell_again(standing_page(name_, *record, x.number), x.again + 1, now, next_sequence, out);
}

bool channel_outbox::has_told(const uuid& alarm, uint32_t number) const {
  const auto mark = told(alarm);
  return mark && mark->number >= number && mark->number > 0 && !digest_members_.contains(alarm);
}

} // namespace millwright

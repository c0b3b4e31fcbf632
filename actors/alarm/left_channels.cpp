#include "actors/alarm/delivery_desk.hpp"

#include <algorithm>
#include <set>
#include <string>

// What waits for channels that have left the configuration: nobody will try it there, and no alarm goes untold.

namespace millwright {

// Alarms that stand are told anew by the book, where nobody has heard of them (alarm_book::adopt).
void delivery_desk::take_over_left(event_time now) {
  // They may come back, and nobody else is there.
  if (lanes_.empty())
    return;
  std::vector<channel_name> here;
  for (const auto& [name, lane] : lanes_)
    here.push_back(name);
  for (const auto& [name, lane] : states_)
    here.push_back(name);
  std::map<channel_name, uint64_t> waited;
  std::set<uuid> seen;
  for (const auto& entry : journal_.waiting_elsewhere(here)) {
    const auto& x = entry.what;
    ++waited[x.channel];
    effects_.changes.push_back(
        {entry.place(), notification_of(x, notification_outcome::failed, "its channel has left the configuration"),
         entry.attempts, never});
    if (!x.digest) {
      perhaps_told(entry);
      if (!told_elsewhere_.contains({x.channel, x.about.alarm}) && seen.insert(x.about.alarm).second)
        tell_as_over(x.about.alarm, now);
      continue;
    }
    for (const auto& member : x.digest->members) {
      // Whether the channel knows what it tells is told by nothing any more.
      if (find_(member.alarm)) {
        auto& mark = away_[{x.channel, member.alarm}];
        mark = {told_mark::way::by_digest, 0, std::nullopt, mark.open_state || mark.of_states()};
        effects_.told.push_back({x.channel, member.alarm, mark});
      }
      if (seen.insert(member.alarm).second)
        tell_as_over(member.alarm, now);
    }
  }
  for (const auto& [channel, pages] : waited)
    news_.push_back({channel, channel_news::kind::left, std::to_string(pages) + " pages waited for it"});
}

// Its answer may have been lost, or the node died at it: then the receiver has it, and hears the end when it returns.
// Of what it knows for certain nothing is taken back.
void delivery_desk::perhaps_told(const outbox_entry& entry) {
  const auto& x = entry.what;
  const auto& alarm = x.about.alarm;
  if (ends_alarm(x) || !find_(alarm))
    return;
  if (!may_be_there(entry) && !away_.contains({x.channel, alarm}))
    return;
  const auto [at, unknown] = away_.try_emplace({x.channel, alarm}, told_mark{told_mark::way::singly, 0});
  auto& mark = at->second;
  if (unknown || !mark.of_pages()) {
    if (!unknown && !may_be_there(entry))
      return;
    mark = {told_mark::way::singly, 0, std::nullopt, mark.of_states()};
    effects_.told.push_back({x.channel, alarm, mark});
  } else if (x.kind == page_kind::alert) {
    missed(x.channel, alarm, severity::normal);
  }
}

// Behind the oldest severity that it takes the alarm for. A receiver of states is told what is when it returns.
void delivery_desk::missed(const channel_name& channel, const uuid& alarm, severity known) {
  const auto at = away_.find({channel, alarm});
  if (at == away_.end())
    return;
  auto& mark = at->second;
  const auto pages = mark.of_pages();
  if (!pages || (pages->behind && *pages->behind <= known))
    return;
  (mark.of_states() ? mark.as_pages->behind : mark.behind) = known;
  effects_.told.push_back({channel, alarm, at->second});
}

// Came and went while nobody who is there now could hear of it: each of them gets it within a digest.
void delivery_desk::tell_as_over(const uuid& alarm, event_time now, const channel_name* unheard_by) {
  const auto* record = find_(alarm);
  if (!record || record->state == alarm_state::active)
    return;
  const auto& channels = record->paged_to;
  if (std::any_of(channels.begin(), channels.end(),
                  [&](const auto& each) { return is_here(each) && !(unheard_by && each == *unheard_by); }))
    return;
  for (auto& [name, lane] : lanes_) {
    lane.outbox.accept_over({name, page_kind::notice, record->latest}, next_sequence_++, now, effects_);
    effects_.paged_also.emplace_back(alarm, name);
  }
}

} // namespace millwright

#include "actors/alarm/channel_outbox.hpp"

#include <algorithm>
#include <utility>

// What waited when the node ended is taken up.

namespace millwright {

namespace {

// Waits are noted in wall time, and whether the clock has been set back since, nobody knows: one that is read from the
// journal counts for at most this.
constexpr milliseconds longest_noted_wait{60'000};

} // namespace

void channel_outbox::restore(outbox_entry entry) {
  note_members(entry.what);
  auto x = item_of(entry);
  x.journaled = true;
  // Ends, and what goes within a digest, were in hand at no alarm's first try.
  if (x.kind != page_kind::digest && !x.ends && !x.came_and_went && x.again == 0)
    x.perhaps_taken = may_be_there(entry);
  keep_content(add(std::move(x)), std::move(entry.what));
}

// What a receiver of states of this name was told this one was not.
void channel_outbox::restore(const uuid& alarm, const told_mark& mark) {
  if (mark.of_states() || mark.open_state)
    open_states_.insert(alarm);
  if (const auto pages = mark.of_pages())
    told_[alarm] = {pages->how, pages->number, pages->behind};
}

void channel_outbox::restore(const alarm_record& known) {
  if (!marks_kept_ && known.state == alarm_state::active &&
      std::find(known.paged_to.begin(), known.paged_to.end(), name_) != known.paged_to.end())
    paged_before_.emplace_back(known.id(), known.latest.number);
}

void channel_outbox::begin(event_time now, const alarm_lookup& find, delivery_effects& out) {
  // In the order in which they were decided: an older version let several pages of an alarm wait.
  std::vector<outbox_place> places;
  for (const auto& [place, x] : items_)
    places.push_back(place);
  std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
  // Nobody knows for how long the node was down. What waits for a channel that was tried in vain has some more tries,
  // and the whole time where none was.
  const bool tried =
      std::any_of(items_.begin(), items_.end(), [](const auto& each) { return each.second.attempts > 0; });
  const auto since = tried ? now - std::max(limits_.give_up_after - limits_.looked_at_least(), milliseconds{0}) : now;
  for (const auto& place : places) {
    auto& x = items_.at(place);
    if (x.due == never)
      x.due = now;
    x.tried_since = std::max(x.due, since);
    x.next_try = std::min(x.next_try, now + std::max(longest_noted_wait, limits_.clear_after));
    inheritance heir{place.priority};
    bool waits = false;
    if (x.kind != page_kind::digest) {
      const auto known = alarms_[x.alarm];
      const bool holds = x.ends && !x.came_and_went;
      if (known.held && (holds || !ended_by(known.held, x.number, x.at)))
        take_in(*known.held, heir, out);
      if (known.waiting && !holds)
        take_in(*known.waiting, heir, out);
      (holds ? alarms_[x.alarm].held : alarms_[x.alarm].waiting) = place;
      held_ += holds;
      waits = !holds;
    }
    let_go(x);
    if (waits)
      inherit(place, heir, out);
  }
  std::vector<uuid> waiting;
  for (const auto& [alarm, known] : alarms_)
    waiting.push_back(alarm);
  if (!marks_kept_) {
    // What an older version had told: the raise of all that stands and waits no longer, and of all whose end waits.
    const auto raise_waits = [&](const uuid& alarm) {
      const auto at = alarms_.find(alarm);
      return at != alarms_.end() && at->second.waiting.has_value();
    };
    for (const auto& [alarm, number] : std::exchange(paged_before_, {}))
      if (!raise_waits(alarm))
        set_told(alarm, told_mark{told_mark::way::singly, number}, out);
    for (const auto& [alarm, known] : alarms_)
      if (known.held && !known.waiting)
        set_told(alarm, told_mark{told_mark::way::singly, 0}, out);
    keep_marks(out);
  }
  std::vector<uuid> forgotten;
  for (const auto& [alarm, mark] : told_)
    if (!find(alarm) && !alarms_.contains(alarm))
      forgotten.push_back(alarm);
  for (const auto& alarm : forgotten)
    set_told(alarm, std::nullopt, out);
  for (const auto& alarm : waiting)
    changed(alarm, find, out);
  if (last_digest_ > now)
    last_digest_ = now;
  if (!members_.empty())
    gathering_since_ = now;
}

bool channel_outbox::knows(const uuid& alarm) const {
  const auto mark = told(alarm);
  return (mark && mark->number > 0) || alarms_.contains(alarm);
}

bool channel_outbox::knows(const uuid& alarm, const alarm_record* as) const {
  if (!stands(as))
    return knows(alarm);
  const auto mark = told(alarm);
  const bool told_so = mark && mark->number > 0 && !(mark->behind && *mark->behind < as->latest.level);
  const auto at = alarms_.find(alarm);
  if (told_so || at == alarms_.end() || !at->second.waiting)
    return told_so || at != alarms_.end();
  const auto& x = items_.at(*at->second.waiting);
  return x.ends || (as->members ? x.number >= as->latest.number : x.level >= as->latest.level);
}

void channel_outbox::tell_missed_ends(event_time now, const alarm_lookup& find, uint64_t& next_sequence,
                                      delivery_effects& out) {
  std::vector<const alarm_record*> missed;
  for (const auto& [alarm, mark] : told_)
    if (const auto* record = find(alarm); record && !stands(record) && !alarms_.contains(alarm))
      missed.push_back(record);
  // What waits since nobody was there: it has ended behind that, or is up again behind the end that waits.
  std::vector<const alarm_record*> up_again;
  for (const auto& [alarm, slot] : alarms_) {
    const auto* record = find(alarm);
    const auto* waits = slot.waiting ? &items_.at(*slot.waiting) : nullptr;
    if (stands_for_people(record) && slot.held)
      up_again.push_back(record);
    else if (record && !stands(record) && !slot.held && waits && !waits->ends && !waits->came_and_went)
      missed.push_back(record);
  }
  for (const auto* record : up_again)
    accept(notice_page(name_, *record), next_sequence++, now, out);
  for (const auto* record : missed)
    accept(ending_page(name_, *record), next_sequence++, now, out);
}

} // namespace millwright

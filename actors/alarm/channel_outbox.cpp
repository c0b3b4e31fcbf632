#include "actors/alarm/channel_outbox.hpp"
#include "protocol/alarm_reasons.hpp"

#include <algorithm>
#include <utility>

// What waits, and where: pages come in, take each other in, and leave.

namespace millwright {

namespace {

event_time end_due(const page& x, event_time now, milliseconds clear_after) {
  // What is read from a backlog had its time for reopening when it happened.
  const auto from = x.about.fresh ? now : std::min(x.about.at, now);
  return std::max(now, from + clear_after);
}

} // namespace

channel_outbox::item channel_outbox::item_of(const outbox_entry& entry) const {
  const auto& x = entry.what;
  item out;
  out.place = entry.place();
  out.alarm = x.about.alarm;
  out.number = x.about.number;
  out.again = x.again;
  out.attempts = entry.attempts;
  out.kind = x.kind;
  out.level = x.about.level;
  out.ends = ends_alarm(x);
  out.anew = out.ends && x.about.reason == alarm_reason::learns_anew;
  out.fresh = x.about.fresh;
  out.shortest = x.shortest;
  out.came_and_went = x.came_and_went;
  out.reminder = x.reminder;
  out.at = x.about.at;
  out.due = entry.due;
  out.next_try = entry.next_try;
  out.perhaps_taken = entry.perhaps_taken;
  if (!entry.over.empty())
    out.over = std::make_shared<const std::vector<channel_name>>(entry.over);
  return out;
}

channel_outbox::item& channel_outbox::add(item x) {
  const auto place = x.place;
  auto& added = items_.insert_or_assign(place, std::move(x)).first->second;
  if (!added.journaled)
    unwritten_[place.sequence] = place;
  if (added.kind == page_kind::digest)
    digest_ = place;
  return added;
}

void channel_outbox::keep_content(item& x, page content) {
  if (x.journaled && contents_kept_ >= contents_)
    return;
  contents_kept_ += x.content == nullptr;
  x.content = std::make_shared<const page>(std::move(content));
}

// While an earlier page of its alarm is in hand it may have to stand for that one, and is written anew then.
void channel_outbox::spare_content(item& x) {
  if (contents_kept_ <= contents_ || !x.content || !x.journaled || x.changed || x.where == shelf::in_hand ||
      (in_hand_ && items_.at(*in_hand_).alarm == x.alarm))
    return;
  x.content.reset();
  --contents_kept_;
}

void channel_outbox::shelve(item& x, shelf where) {
  unshelve(x);
  x.where = where;
  switch (where) {
  case shelf::unjournaled:
    unjournaled_.insert(x.place);
    return;
  case shelf::asleep:
    asleep_.emplace(x.next_try, x.place);
    break;
  case shelf::ready:
    ready_.insert(x.place);
    if (urgent(x))
      urgent_.insert(x.place);
    break;
  case shelf::member:
    members_.insert(x.place);
    return;
  case shelf::in_hand:
    in_hand_ = x.place;
    break;
  }
  by_tries_.emplace(x.tried_since, x.place);
}

void channel_outbox::unshelve(item& x) {
  unjournaled_.erase(x.place);
  asleep_.erase({x.next_try, x.place});
  ready_.erase(x.place);
  urgent_.erase(x.place);
  members_.erase(x.place);
  by_tries_.erase({x.tried_since, x.place});
  if (in_hand_ == x.place)
    in_hand_.reset();
}

void channel_outbox::let_go(item& x) {
  if (x.kind != page_kind::digest && (x.came_and_went || (x.again > 0 && !x.ends)))
    shelve(x, shelf::member);
  else
    shelve(x, x.next_try == never ? shelf::ready : shelf::asleep);
}

void channel_outbox::remove(const outbox_place& place) {
  const auto at = items_.find(place);
  if (at == items_.end())
    return;
  auto& x = at->second;
  unshelve(x);
  unwritten_.erase(place.sequence);
  contents_kept_ -= x.content != nullptr;
  if (digest_ == place) {
    digest_.reset();
    digest_members_.clear();
    digest_tries_ = 0;
    digest_goes_on();
  }
  if (const auto found = alarms_.find(x.alarm); found != alarms_.end()) {
    auto& [waiting, held] = found->second;
    if (held == place) {
      held.reset();
      --held_;
    }
    if (waiting == place)
      waiting.reset();
    if (found->second.empty())
      alarms_.erase(found);
  }
  items_.erase(at);
}

notification channel_outbox::notification_for(const item& x, notification_outcome outcome,
                                              const std::string& detail) const {
  page known;
  known.channel = name_;
  known.about.alarm = x.alarm;
  known.about.number = x.number;
  known.about.at = x.at;
  known.about.priority = x.place.priority;
  known.again = x.again;
  return notification_of(known, outcome, detail);
}

void channel_outbox::finish(const outbox_place& place, notification_outcome outcome, const std::string& detail,
                            delivery_effects& out) {
  const auto at = items_.find(place);
  if (at == items_.end())
    return;
  const auto& x = at->second;
  out.changes.push_back({place, notification_for(x, outcome, detail), x.attempts, never});
  remove(place);
}

void channel_outbox::take_in(const outbox_place& place, inheritance& heir, delivery_effects& out) {
  const auto& x = items_.at(place);
  heir.priority = std::max(heir.priority, place.priority);
  // An end among old news stands for a raise that never got there.
  heir.alerts = heir.alerts || x.kind == page_kind::alert || x.came_and_went;
  heir.perhaps_taken = heir.perhaps_taken || x.perhaps_taken;
  heir.news = heir.news || !x.reminder;
  finish(place, notification_outcome::grouped, "a later page of the alarm took it in", out);
}

void channel_outbox::set_told(const uuid& alarm, std::optional<told_mark> mark, delivery_effects& out) {
  if (told(alarm) == mark)
    return;
  if (mark)
    told_[alarm] = *mark;
  else
    told_.erase(alarm);
  if (open_states_.contains(alarm)) {
    if (mark)
      mark->open_state = true;
    else
      mark = told_mark{told_mark::way::as_state, 0};
  }
  out.told.push_back({name_, alarm, mark});
}

// Of what it knows for certain nothing is taken back.
void channel_outbox::note_perhaps_taken(const uuid& alarm, const alarm_lookup& find, delivery_effects& out) {
  if (!told(alarm) && (alarms_.contains(alarm) || stands(find(alarm))))
    set_told(alarm, told_mark{told_mark::way::singly, 0}, out);
}

void channel_outbox::withdraw(const outbox_place& place, delivery_effects& out) {
  const auto x = items_.at(place);
  finish(place, notification_outcome::grouped, "somebody had acknowledged it by then", out);
  const auto mark = told(x.alarm);
  if (mark && mark->number > 0)
    return;
  // Nobody is told of it here by another page, but by one that is in hand. And who may have it hears the end.
  if (in_hand_ && items_.at(*in_hand_).alarm == x.alarm)
    return;
  if (mark || x.perhaps_taken)
    set_told(x.alarm, told_mark{mark ? mark->how : told_mark::way::singly, x.number}, out);
  else
    out.not_paged.emplace_back(x.alarm, name_);
}

void channel_outbox::changed(const uuid& alarm, const alarm_lookup& find, delivery_effects& out) {
  const auto* record = find(alarm);
  const auto at = alarms_.find(alarm);
  if (!record || !record->shelved || !record->acknowledged || at == alarms_.end())
    return;
  if (in_hand_ && items_.at(*in_hand_).alarm == alarm)
    items_.at(*in_hand_).withdrawn = true;
  // A digest goes, whatever is shelved.
  if (const auto place = at->second.waiting; place && place != in_hand_)
    if (const auto& x = items_.at(*place); !x.ends && x.where != shelf::member)
      withdraw(*place, out);
}

std::optional<told_mark> channel_outbox::told(const uuid& alarm) const {
  const auto at = told_.find(alarm);
  return at == told_.end() ? std::nullopt : std::optional{at->second};
}

bool channel_outbox::ended_by(const std::optional<outbox_place>& place, uint32_t number, event_time at) const {
  const auto* each = place ? &items_.at(*place) : nullptr;
  return each && each->ends && each->number >= number && each->at >= at;
}

// An alert that will go by itself, over this channel.
bool channel_outbox::waits_alone(const std::optional<outbox_place>& place) const {
  if (!place || place == in_hand_)
    return false;
  const auto& x = items_.at(*place);
  return x.kind == page_kind::alert && !x.over && x.where != shelf::member;
}

void channel_outbox::accept(page x, uint64_t sequence, event_time now, delivery_effects& out) {
  const bool ends = ends_alarm(x) && !x.came_and_went;
  const auto known = x.kind == page_kind::digest ? slots{} : alarms_[x.about.alarm];
  for (const auto& each : {known.waiting, known.held})
    if (each && items_.at(*each).number == x.about.number && items_.at(*each).again == x.again)
      return;
  // It may come late, behind what followed it: an end that waits ends this too.
  if (ended_by(known.waiting, x.about.number, x.about.at) || (ends && ended_by(known.held, x.about.number, x.about.at)))
    return;
  // Before somebody has heard of it, nobody is told again: it would go behind others with each time.
  if (x.reminder && waits_alone(known.waiting))
    return;
  inheritance heir{x.about.priority};
  if (known.held && !ended_by(known.held, x.about.number, x.about.at))
    take_in(*known.held, heir, out);
  if (!ends && known.waiting && known.waiting != in_hand_)
    take_in(*known.waiting, heir, out);
  x.about.priority = heir.priority;
  x.reminder = x.reminder && !heir.news;
  if (heir.alerts && x.kind == page_kind::notice && !ends_alarm(x))
    x.kind = page_kind::alert;
  // What another channel could not deliver comes with what was known then.
  if (x.kind == page_kind::alert && !x.guidance && guide_)
    x.guidance = guide_(x.about.condition);
  note_members(x);
  outbox_entry entry{std::move(x), sequence, 0, never, now};
  if (ends)
    entry.due = entry.next_try = end_due(entry.what, now, limits_.clear_after);
  entry.perhaps_taken = heir.perhaps_taken;
  auto item = item_of(entry);
  item.tried_since = counted(entry.due);
  auto& added = add(std::move(item));
  if (added.kind != page_kind::digest) {
    (ends ? alarms_[added.alarm].held : alarms_[added.alarm].waiting) = added.place;
    held_ += ends;
  }
  keep_content(added, entry.what);
  shelve(added, shelf::unjournaled);
  out.pages.push_back(std::move(entry));
}

bool channel_outbox::accept_spilled(page x, uint64_t sequence, event_time now, delivery_effects& out) {
  const auto number = x.about.number;
  if (const auto mark = told(x.about.alarm); mark && mark->number >= number)
    return false;
  const auto at = alarms_.find(x.about.alarm);
  const auto knows = [&](const std::optional<outbox_place>& place) {
    return place && items_.at(*place).number >= number;
  };
  if (at != alarms_.end() && (knows(at->second.waiting) || knows(at->second.held)))
    return false;
  if (in_hand_ && items_.at(*in_hand_).alarm == x.about.alarm && knows(in_hand_))
    return false;
  // Who hears of it here for the first time is alerted, whatever those who knew of it were told.
  if (x.kind == page_kind::notice && !this->knows(x.about.alarm))
    x.kind = page_kind::alert;
  x.channel = name_;
  x.shortest = x.told_late = x.may_repeat = false;
  x.again = 0;
  accept(std::move(x), sequence, now, out);
  return true;
}

void channel_outbox::accept_over(page x, uint64_t sequence, event_time now, delivery_effects& out) {
  x.came_and_went = true;
  gathering_since_ = std::min(gathering_since_, now);
  accept(std::move(x), sequence, now, out);
}

void channel_outbox::journaled(uint64_t sequence) {
  const auto at = unwritten_.find(sequence);
  if (at == unwritten_.end())
    return;
  auto& x = items_.at(at->second);
  unwritten_.erase(at);
  x.journaled = true;
  spare_content(x);
  if (x.where == shelf::unjournaled && !x.changed)
    let_go(x);
  if (x.kind == page_kind::digest)
    digest_goes_on();
}

void channel_outbox::rewritten(const outbox_place& place) {
  const auto at = items_.find(place);
  if (at == items_.end() || !at->second.changed)
    return;
  auto& x = at->second;
  x.changed = false;
  spare_content(x);
  if (x.where == shelf::unjournaled && x.journaled)
    let_go(x);
  if (x.kind == page_kind::digest)
    digest_goes_on();
}

void channel_outbox::noted(const uuid& alarm) {
  if (noting_.erase(alarm) == 0)
    return;
  const auto found = alarms_.find(alarm);
  if (found == alarms_.end() || !found->second.waiting)
    return;
  if (auto& x = items_.at(*found->second.waiting); x.where == shelf::unjournaled && x.journaled && !x.changed)
    let_go(x);
}

void channel_outbox::known_as_finished(uint64_t sequence, event_time now, uint64_t& next_sequence,
                                       delivery_effects& out) {
  const auto at = unwritten_.find(sequence);
  if (at == unwritten_.end())
    return;
  const auto place = at->second;
  const auto& x = items_.at(place);
  const auto alarm = x.alarm;
  const auto content = x.content;
  const bool ends = x.ends;
  if (!ends && !told(alarm))
    set_told(alarm, told_mark{told_mark::way::singly, x.number}, out);
  remove(place);
  const auto found = alarms_.find(alarm);
  const bool waits = found != alarms_.end() && found->second.waiting;
  if (!ends || !content || (!told(alarm) && !waits))
    return;
  // What came late was told behind this end, or will be: it is told once more, under a key of its own.
  auto anew = *content;
  ++anew.again;
  accept(std::move(anew), next_sequence++, now, out);
}

void channel_outbox::release() {
  noting_.clear();
  dissolving_.reset();
  while (!unjournaled_.empty())
    let_go(items_.at(*unjournaled_.begin()));
}

void channel_outbox::put_back(delivery_effects& out) {
  if (!in_hand_)
    return;
  if (auto& x = items_.at(*in_hand_); x.withdrawn && !x.ends && !newer_waits(x)) {
    x.perhaps_taken = true;
    withdraw(x.place, out);
  } else {
    // Whoever had it in hand told nobody how it fared.
    if (x.kind != page_kind::digest && !std::exchange(x.perhaps_taken, true) && !newer_waits(x))
      out.changes.push_back(waits_on(x, x.place));
    if (yield_to_newer(x, out))
      return;
    shelve(x, shelf::ready);
    spare_content(x);
  }
}

void channel_outbox::clock_set_back(event_time now, milliseconds by) {
  not_tried_ -= by;
  asleep_.clear();
  for (auto& [place, x] : items_) {
    for (auto* each : {&x.next_try, &x.due})
      if (*each > now && *each != never)
        *each = std::max(now, *each - by);
    if (x.where == shelf::asleep)
      asleep_.emplace(x.next_try, place);
  }
  for (auto* each : {&last_digest_, &read_again_, &digest_again_, &last_together_})
    *each = std::min(*each, now);
  for (auto& each : alone_)
    each = std::min(each, now);
  if (gathering_since_ != forever)
    gathering_since_ = std::min(gathering_since_, now);
}

} // namespace millwright

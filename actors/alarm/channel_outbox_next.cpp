#include "actors/alarm/channel_outbox.hpp"

#include <algorithm>
#include <utility>

// What goes next, in which form, and what becomes of it.

namespace millwright {

namespace {

// Decided at once at most: the router has others to serve.
constexpr int most_steps = 500;
// A page of what a digest tells of waits for so many tries of it: it may be the digest that a receiver cannot take.
constexpr int most_digest_tries = 3;
// A page whose alarm is shelved is looked at again so often: the shelf may be ended early.
constexpr milliseconds shelf_looked_at{60'000};
// After the end of a read of the journal that failed.
constexpr milliseconds read_again_after{1000};

} // namespace

page standing_page(channel_name channel, const alarm_record& record, uint32_t number) {
  page out{std::move(channel), page_kind::alert, record.raise, false};
  out.about.number = number;
  out.about.level = record.latest.level;
  return out;
}

page notice_page(channel_name channel, const alarm_record& record) {
  page out{std::move(channel), page_kind::notice, record.latest, false};
  out.about.taken_ns = 0;
  return out;
}

page ending_page(channel_name channel, const alarm_record& record) {
  auto out = notice_page(std::move(channel), record);
  out.about.kind = record.state == alarm_state::adapted ? transition_kind::adapted : transition_kind::cleared;
  return out;
}

bool channel_outbox::old_news(const item& x, event_time now) const {
  return now - (x.fresh ? x.due : x.at) > limits_.told_late;
}

channel_outbox::found channel_outbox::load(item& x, event_time now, const page_reader& read) {
  if (x.content)
    return found::there;
  // Once for all of them: a read that fails may take its time.
  if (now < read_again_)
    return found::unreadable;
  std::optional<outbox_entry> entry;
  try {
    entry = read(x.place);
  } catch (const std::exception&) {
    unreadable_ = true;
    read_again_ = now + read_again_after;
    read_failed_ = true;
    return found::unreadable;
  }
  unreadable_ = false;
  if (!entry || entry->what.about.alarm != x.alarm)
    return found::lost;
  // In hand, or about to be: one more than may be kept.
  ++contents_kept_;
  entry->what.kind = x.kind;
  x.content = std::make_shared<const page>(std::move(entry->what));
  return found::there;
}

void channel_outbox::reads_ended(event_time now) {
  if (std::exchange(read_failed_, false))
    read_again_ = std::max(read_again_, now + read_again_after);
}

// Passed over: of its alarm nothing else is on its way, and what is in memory of others goes meanwhile.
void channel_outbox::read_later(item& x) {
  x.next_try = read_again_;
  shelve(x, shelf::asleep);
}

// Nobody tries meanwhile, so it does not count towards giving up.
void channel_outbox::set_aside(item& x, event_time until, event_time now) {
  unshelve(x);
  x.next_try = std::min(until, now + shelf_looked_at);
  x.tried_since = counted(now);
  shelve(x, shelf::asleep);
  spare_content(x);
}

outbox_entry channel_outbox::entry_of(const item& x) const {
  outbox_entry out{*x.content, x.place.sequence, x.attempts, x.next_try, x.due, {}, x.perhaps_taken};
  if (x.over)
    out.over = *x.over;
  out.what.about.priority = x.place.priority;
  out.what.shortest = x.shortest;
  out.what.came_and_went = x.came_and_went;
  return out;
}

outbox_change channel_outbox::waits_on(const item& x, const outbox_place& from, const std::string& why) const {
  outbox_change out;
  out.place = from;
  out.told = notification_for(x, notification_outcome::planned, why);
  out.attempts = x.attempts;
  out.next_try = x.next_try;
  out.perhaps_taken = x.perhaps_taken;
  return out;
}

// An end whose time has come waits for the channel now, and takes in what waits of its alarm.
channel_outbox::fate channel_outbox::settle_end(item& x, event_time now, const page_reader& read,
                                                delivery_effects& out) {
  auto& known = alarms_[x.alarm];
  if (known.waiting == x.place)
    return x.came_and_went || x.anew ? fate::member : fate::give;
  if (const auto content = load(x, now, read); content != found::there)
    return content == found::lost ? fate::lost : fate::unreadable;
  const auto mark = told(x.alarm);
  const auto before = known.waiting;
  inheritance heir{x.place.priority};
  if (before) {
    // The raise, or whatever else waited, never got there: then this is all that is told, among what is old news.
    x.came_and_went = !mark;
    take_in(*before, heir, out);
    x.perhaps_taken = x.perhaps_taken || heir.perhaps_taken;
  } else if (!mark) {
    finish(x.place, notification_outcome::grouped, "its raise never reached this channel", out);
    return fate::gone;
  }
  alarms_[x.alarm].held.reset();
  --held_;
  const auto from = x.place;
  unshelve(x);
  x.place.priority = heir.priority;
  alarms_[x.alarm].waiting = x.place;
  if (before) {
    x.changed = true;
    auto change = waits_on(x, from);
    change.instead = entry_of(x);
    out.changes.push_back(std::move(change));
  }
  if (x.came_and_went || x.anew || mark->how == told_mark::way::by_digest)
    return fate::member;
  // After a crash too a receiver gets the same bytes under one key, and nothing that was taken in.
  return x.changed ? fate::wait : fate::give;
}

channel_outbox::fate channel_outbox::judge(item& x, event_time now, const alarm_lookup& find, const page_reader& read,
                                           bool& late, delivery_effects& out) {
  if (x.kind == page_kind::digest)
    return fate::give;
  if (x.ends)
    if (const auto settled = settle_end(x, now, read, out); settled != fate::give)
      return settled;
  const auto* record = find(x.alarm);
  const bool shelved = !x.ends && shelved_at(record, now);
  if ((x.reminder || shelved) && record && record->acknowledged) {
    withdraw(x.place, out);
    return fate::gone;
  }
  if (shelved)
    return fate::set_aside;
  if (!old_news(x, now))
    return fate::give;
  late = !x.ends && x.level == severity::critical && stands(record);
  return late ? fate::give : fate::member;
}

void channel_outbox::join_digest(item& x, event_time now) {
  shelve(x, shelf::member);
  spare_content(x);
  gathering_since_ = std::min(gathering_since_, now);
}

std::optional<outbox_entry> channel_outbox::next(event_time now, const alarm_lookup& find, const page_reader& read,
                                                 uint64_t& next_sequence, delivery_effects& out) {
  more_ = false;
  if (in_hand_)
    return std::nullopt;
  give_up_overdue(now, find, read, next_sequence, out);
  while (!asleep_.empty() && asleep_.begin()->first <= now)
    shelve(items_.at(asleep_.begin()->second), shelf::ready);
  if (digest_due() <= now)
    write_digest(now, find, read, next_sequence, out);
  write_together(now, find, read, next_sequence, out);
  for (int steps = 0; !ready_.empty(); ++steps) {
    if (steps == most_steps) {
      more_ = true;
      return std::nullopt;
    }
    auto& x = items_.at(first_ready());
    if (!urgent(x) && x.kind != page_kind::digest && full_until(now) > now)
      break;
    const auto from = x.place;
    bool late = false;
    switch (judge(x, now, find, read, late, out)) {
    case fate::gone:
      break;
    case fate::lost:
      lose(from, now, find, next_sequence, out);
      break;
    case fate::unreadable:
      read_later(x);
      break;
    case fate::set_aside:
      set_aside(x, find(x.alarm)->shelved->until, now);
      break;
    case fate::wait:
      shelve(moved(from, x), shelf::unjournaled);
      break;
    case fate::member:
      join_digest(moved(from, x), now);
      break;
    case fate::give: {
      auto& mine = moved(from, x);
      if (digest_goes_first(mine) && digest_tries_ >= most_digest_tries && !mine.ends)
        let_overtake(now, find, read, next_sequence, out);
      const bool behind = digest_goes_first(mine);
      if (noting_.contains(mine.alarm) || (dissolving_ && mine.kind != page_kind::digest) ||
          (behind && items_.at(*digest_).where == shelf::unjournaled)) {
        shelve(mine, shelf::unjournaled);
        break;
      }
      // The receiver is not asked for it earlier than it wants to be.
      if (behind && items_.at(*digest_).where == shelf::asleep) {
        mine.next_try = items_.at(*digest_).next_try;
        shelve(mine, shelf::asleep);
        break;
      }
      auto& given = behind ? items_.at(*digest_) : mine;
      const auto content = load(given, now, read);
      if (content == found::unreadable) {
        read_later(given);
        break;
      }
      if (content == found::lost) {
        lose(given.place, now, find, next_sequence, out);
        break;
      }
      late = late && !behind;
      went_alone(given, now);
      shelve(given, shelf::in_hand);
      auto entry = entry_of(given);
      entry.what.may_repeat = !given.journaled || given.changed;
      entry.what.told_late = late;
      return entry;
    }
    }
  }
  if (digest_due() <= now)
    write_digest(now, find, read, next_sequence, out);
  // What could not be read has been looked at again, or is gone.
  if (read_again_ <= now)
    unreadable_ = false;
  return std::nullopt;
}

// The item is filed by its place, and that may have changed.
channel_outbox::item& channel_outbox::moved(const outbox_place& from, item& x) {
  if (x.place == from)
    return x;
  const auto to = x.place;
  if (!x.journaled)
    unwritten_[to.sequence] = to;
  auto node = items_.extract(from);
  node.key() = to;
  return items_.insert(std::move(node)).position->second;
}

bool channel_outbox::report(const outbox_place& place, const delivery_verdict& verdict, event_time now,
                            const alarm_lookup& find, uint64_t& next_sequence, delivery_effects& out) {
  using answer = delivery_verdict::answer;
  if (in_hand_ != place)
    return false;
  auto& x = items_.at(place);
  ++x.attempts;
  if (verdict.what == answer::taken) {
    noting_.insert(x.alarm);
    // As where one is dissolved: what follows would come before it, were it told once more after a crash.
    if (x.kind == page_kind::digest)
      dissolving_ = x.alarm;
    if (x.kind == page_kind::digest && x.content)
      for (const auto& each : x.content->digest->members)
        out.delivered.emplace_back(each.alarm, each.number);
    else if (!x.ends)
      out.delivered.emplace_back(x.alarm, x.number);
    if (x.ends)
      set_told(x.alarm, std::nullopt, out);
    else if (x.kind != page_kind::digest)
      set_told(x.alarm, told_mark{told_mark::way::singly, x.number}, out);
    finish(place, notification_outcome::sent, verdict.detail, out);
    return true;
  }
  const bool perhaps_taken = verdict.what == answer::try_again && !verdict.refused;
  x.perhaps_taken = x.perhaps_taken || perhaps_taken;
  if (x.withdrawn && !x.ends && !newer_waits(x)) {
    withdraw(place, out);
    return true;
  }
  if (verdict.what == answer::refused_page && x.shortest) {
    fail(x, verdict.detail, now, find, next_sequence, out);
    return true;
  }
  digest_tries_ = x.kind == page_kind::digest ? digest_tries_ + 1 : 0;
  if (verdict.what == answer::try_again)
    failed_at_ = counted(now);
  if (yield_to_newer(x, out))
    return true;
  unshelve(x);
  auto change = waits_on(x, place, verdict.detail);
  if (verdict.what == answer::refused_page) {
    x.shortest = x.changed = true;
    x.next_try = never;
    change.instead = entry_of(x);
  } else {
    x.next_try = now + verdict.wait;
  }
  change.next_try = x.next_try;
  out.changes.push_back(std::move(change));
  shelve(x, x.changed ? shelf::unjournaled : shelf::asleep);
  spare_content(x);
  return true;
}

bool channel_outbox::newer_waits(const item& x) const {
  const auto at = alarms_.find(x.alarm);
  return at != alarms_.end() && at->second.waiting && at->second.waiting != x.place;
}

// Of its alarm something newer may wait by now: that is what is told.
bool channel_outbox::yield_to_newer(item& x, delivery_effects& out) {
  if (x.kind == page_kind::digest || !newer_waits(x))
    return false;
  const auto newer = *alarms_.at(x.alarm).waiting;
  inheritance heir{newer.priority};
  take_in(x.place, heir, out);
  inherit(newer, heir, out);
  return true;
}

void channel_outbox::inherit(const outbox_place& place, const inheritance& from, delivery_effects& out) {
  auto& x = items_.at(place);
  const int priority = std::max(place.priority, from.priority);
  const bool alerts = (from.alerts && x.kind == page_kind::notice && !x.ends) || (from.news && x.reminder);
  const bool as_before = x.perhaps_taken || !from.perhaps_taken;
  x.perhaps_taken = x.perhaps_taken || from.perhaps_taken;
  if (alerts) {
    x.kind = page_kind::alert;
    x.reminder = false;
  }
  if ((priority == place.priority && !alerts) || !x.content) {
    if (!as_before)
      out.changes.push_back(waits_on(x, place));
    return;
  }
  const auto where = x.where == shelf::member ? shelf::member : shelf::unjournaled;
  unshelve(x);
  auto change = waits_on(x, place);
  x.place.priority = priority;
  x.changed = true;
  if (alerts) {
    auto content = *x.content;
    content.kind = page_kind::alert;
    content.reminder = false;
    x.content = std::make_shared<const page>(std::move(content));
  }
  change.instead = entry_of(x);
  out.changes.push_back(std::move(change));
  auto& known = alarms_[x.alarm];
  if (known.waiting == place)
    known.waiting = x.place;
  shelve(moved(place, x), where);
}

void channel_outbox::give_up_overdue(event_time now, const alarm_lookup& find, const page_reader& read,
                                     uint64_t& next_sequence, delivery_effects& out) {
  auto at = by_tries_.begin();
  for (int steps = 0; steps < most_steps && at != by_tries_.end(); ++steps) {
    const auto oldest = *at;
    const auto& [since, place] = oldest;
    if (since + limits_.give_up_after > counted(now))
      return;
    auto& x = items_.at(place);
    switch (load(x, now, read)) {
    case found::unreadable:
      break;
    case found::lost:
      lose(place, now, find, next_sequence, out);
      break;
    case found::there:
      fail(x,
           "given up after " + std::to_string(x.attempts) + " tries in " +
               std::to_string(limits_.give_up_after.count() / 3'600'000) + " h",
           now, find, next_sequence, out);
    }
    at = by_tries_.upper_bound(oldest);
  }
}

// Over for this page. Not for its alarm, while that stands.
void channel_outbox::fail(item& x, const std::string& detail, event_time now, const alarm_lookup& find,
                          uint64_t& next_sequence, delivery_effects& out) {
  const auto content = x.content;
  const auto alarm = x.alarm;
  const bool ends = x.ends, perhaps_taken = x.perhaps_taken;
  const bool newer = x.kind != page_kind::digest && alarms_[alarm].waiting && alarms_[alarm].waiting != x.place;
  if (newer)
    inherit(*alarms_[alarm].waiting, {0, x.kind == page_kind::alert, false, !x.reminder}, out);
  finish(x.place, notification_outcome::failed, detail, out);
  out.undeliverable.emplace_back(*content, detail);
  if (content->digest) {
    // A receiver that refuses a digest is not asked again at once.
    last_digest_ = std::max(last_digest_, now);
    for (const auto& member : content->digest->members) {
      // Nobody has heard of it by this: another channel that waits for that goes on waiting.
      if (const auto mark = told(member.alarm); mark && mark->how == told_mark::way::by_digest)
        set_told(member.alarm, told_mark{told_mark::way::by_digest, 0}, out);
      if (const auto* record = find(member.alarm); stands(record) && !alarms_.contains(member.alarm))
        tell_again(standing_page(name_, *record, member.number), content->again + 1, now, next_sequence, out);
    }
  } else if (ends) {
    set_told(alarm, std::nullopt, out);
  } else {
    if (perhaps_taken)
      note_perhaps_taken(alarm, find, out);
    if (!newer && stands(find(alarm)))
      tell_again(*content, content->again + 1, now, next_sequence, out);
  }
}

// The journal does not have it any more. What it was to tell is told by what the alarms are.
void channel_outbox::lose(const outbox_place& place, event_time now, const alarm_lookup& find, uint64_t& next_sequence,
                          delivery_effects& out) {
  const auto x = items_.at(place);
  std::unordered_set<uuid> alarms{x.alarm};
  if (x.kind == page_kind::digest)
    alarms = digest_members_;
  finish(place, notification_outcome::failed, "its record in the journal is damaged", out);
  if (x.perhaps_taken && !x.ends && x.kind != page_kind::digest)
    note_perhaps_taken(x.alarm, find, out);
  for (const auto& alarm : alarms) {
    const auto* record = find(alarm);
    if (!record || alarms_.contains(alarm))
      continue;
    if (stands(record))
      tell_again(standing_page(name_, *record, record->latest.number), x.again + 1, now, next_sequence, out);
    else if (told(alarm))
      tell_again(ending_page(name_, *record), x.again + 1, now, next_sequence, out);
  }
}

void channel_outbox::tell_again(page x, uint32_t again, event_time now, uint64_t& next_sequence,
                                delivery_effects& out) {
  x.again = again;
  x.shortest = x.told_late = x.may_repeat = false;
  gathering_since_ = std::min(gathering_since_, now);
  accept(std::move(x), next_sequence++, now, out);
}

event_time channel_outbox::wake(event_time now) const {
  if (in_hand_)
    return forever;
  const auto later = std::min(asleep_.empty() ? forever : asleep_.begin()->first, digest_due());
  if (ready_.empty() && !more_)
    return later;
  const auto first = more_ ? nullptr : &items_.at(first_ready());
  return first && !urgent(*first) && first->kind != page_kind::digest ? std::min(later, std::max(now, full_until(now)))
                                                                      : now;
}

} // namespace millwright

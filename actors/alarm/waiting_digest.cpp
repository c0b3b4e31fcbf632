#include "actors/alarm/channel_outbox.hpp"

#include <vector>

// The digest that waits, and what else waits of the alarms that it tells of: what it says is older, and comes first.

namespace millwright {

uuid channel_outbox::digest_id(event_time now, uint64_t sequence) const {
  return uuid_v5("digest" + std::string{'\0'} + name_.text + '\0' + std::to_string(epoch_ms(now)) + '\0' +
                 std::to_string(sequence));
}

void channel_outbox::note_members(const page& x) {
  if (!x.digest)
    return;
  digest_members_.clear();
  for (const auto& each : x.digest->members)
    digest_members_.insert(each.alarm);
}

bool channel_outbox::digest_goes_first(const item& x) const {
  return digest_ && digest_ != x.place && digest_members_.contains(x.alarm);
}

// Pages that wait for the digest to go first wait for its being on disk, too.
void channel_outbox::digest_goes_on() {
  for (const auto& place : std::vector(unjournaled_.begin(), unjournaled_.end()))
    if (auto& each = items_.at(place);
        each.kind != page_kind::digest && each.journaled && !each.changed && !noting_.contains(each.alarm))
      let_go(each);
}

// What is critical, whatever bonus the priority of another may have. Then the digest: pages that come faster than the
// channel takes them would leave it no time of its own.
outbox_place channel_outbox::first_ready() const {
  if (!urgent_.empty())
    return *urgent_.begin();
  return digest_ && items_.at(*digest_).where == shelf::ready ? *digest_ : *ready_.begin();
}

bool channel_outbox::overtakes_digest(const uuid& alarm) const {
  const auto at = alarms_.find(alarm);
  if (at == alarms_.end() || !at->second.waiting)
    return false;
  const auto& x = items_.at(*at->second.waiting);
  return !x.ends && x.where != shelf::member;
}

// It may be the digest that a receiver cannot take. What has something newer to say says it, and a digest of the
// others, under a key of its own, waits on in its place: the old one would take back what was said.
void channel_outbox::let_overtake(event_time now, const alarm_lookup& find, const page_reader& read,
                                  uint64_t& next_sequence, delivery_effects& out) {
  auto& before = items_.at(*digest_);
  const auto place = before.place;
  switch (load(before, now, read)) {
  case found::unreadable:
    return;
  case found::lost:
    return lose(place, now, find, next_sequence, out);
  case found::there:
    break;
  }
  const auto content = before.content;
  const auto due = before.due, tried_since = before.tried_since;
  auto rest = *content->digest;
  const auto leaves = [&](const auto& each) { return overtakes_digest(each.alarm); };
  // Before anything is changed.
  for (const auto& each : rest.members)
    if (leaves(each) && load(items_.at(*alarms_.at(each.alarm).waiting), now, read) == found::unreadable)
      return;
  for (const auto& each : rest.members)
    if (const auto mark = told(each.alarm); leaves(each) && mark && mark->how == told_mark::way::by_digest)
      --rest.standing;
  // What the digest was to tell of them nobody has heard. Of one whose end it was to tell the raise may be there.
  for (const auto& each : rest.members)
    if (leaves(each)) {
      const auto newer = *alarms_.at(each.alarm).waiting;
      inherit(newer, {0, true, true, true}, out);
    }
  std::erase_if(rest.members, leaves);
  std::erase_if(rest.critical, leaves);
  std::erase_if(rest.others, leaves);
  finish(place, notification_outcome::grouped, "newer pages of its alarms go ahead of it", out);
  dissolving_ = content->about.alarm;
  if (rest.members.empty())
    return;
  auto x = *content;
  x.about.alarm = digest_id(now, next_sequence);
  x.shortest = false;
  x.digest = std::make_shared<const alarm_digest>(std::move(rest));
  accept(std::move(x), next_sequence++, now, out);
  auto& after = items_.at(*digest_);
  after.due = out.pages.back().due = due;
  after.tried_since = tried_since;
}

void channel_outbox::dissolved(const uuid& digest) {
  if (dissolving_ != digest)
    return;
  dissolving_.reset();
  digest_goes_on();
}

} // namespace millwright

#include "actors/alarm/channel_outbox.hpp"

#include <algorithm>
#include <tuple>

// Old news: one message for all that waits for it. And one for the ends of alarms whose rule learns anew, and one for
// many pages that are due at once.

namespace millwright {

namespace {

constexpr size_t most_others = 5;
// What one transaction and one message take; the rest goes into the next digest.
constexpr size_t most_members = 20'000;

struct candidate {
  outbox_place place;
  uuid alarm;
  severity level{};
  int priority = 0;
  event_time at;
  bool stands = false;
  /// Of ends that are told together: the oldest first, whatever they were.
  bool by_age = false;
  /// Of what comes at once the oldest is what it began with.
  bool oldest_first = false;

  // Worst first; of equal ones what stands, then the newest.
  auto rank() const {
    const auto age = oldest_first ? epoch_ms(at) : -epoch_ms(at);
    return by_age ? std::tuple{0, 0, false, epoch_ms(at), alarm}
                  : std::tuple{-static_cast<int>(level), -priority, !stands, age, alarm};
  }
};

std::string learn_anew(const std::set<rule>& rules) {
  std::string names;
  for (const auto each : rules)
    names += (names.empty() ? "" : ", ") + std::string{name_of(each)};
  return rules.size() == 1 ? "the rule " + names + " learns anew" : "the rules " + names + " learn anew";
}

} // namespace

event_time channel_outbox::digest_due() const {
  if (members_.empty() || digest_)
    return forever;
  // What was on its way to the journal when the last one was written has gathered since then.
  const auto since = gathering_since_ == forever ? last_digest_ : gathering_since_;
  return std::max({since + limits_.digest_gathers(), last_digest_ + limits_.digest_every, digest_again_});
}

void channel_outbox::write_digest(event_time now, const alarm_lookup& find, const page_reader& read,
                                  uint64_t& next_sequence, delivery_effects& out) {
  std::vector<outbox_place> told;
  // Old news first: of what ends only because its rule changed nobody has to do anything.
  const bool together =
      std::all_of(members_.begin(), members_.end(), [&](const auto& place) { return told_together(items_.at(place)); });
  for (const auto& place : members_)
    if (told_together(items_.at(place)) == together)
      told.push_back(place);
  // None of them can come back: those whose time for that is not over yet need not wait for it.
  for (const auto& [place, each] : items_)
    if (together && each.anew && (each.where == shelf::asleep || each.where == shelf::ready) && each.journaled &&
        !each.changed && !alarms_.at(each.alarm).waiting && this->told(each.alarm))
      told.push_back(place);
  if (!write_bundle(together ? bundle::learns_anew : bundle::old_news, told, now, find, read, next_sequence, out)) {
    digest_again_ = read_again_;
    return;
  }
  last_digest_ = now;
  out.digests.push_back({name_, now});
  gathering_since_ = members_.empty() ? forever : now;
}

bool channel_outbox::write_bundle(bundle sort, const std::vector<outbox_place>& told, event_time now,
                                  const alarm_lookup& find, const page_reader& read, uint64_t& next_sequence,
                                  delivery_effects& out) {
  alarm_digest digest;
  page x{name_, page_kind::digest, {}, false};
  std::vector<candidate> critical, others;
  std::vector<outbox_place> places;
  digest.oldest = forever;
  digest.newest = never;
  const bool together = sort == bundle::learns_anew;
  digest.at_once = sort == bundle::at_once;
  std::set<rule> rules;
  for (const auto& place : told) {
    if (places.size() == most_members)
      break;
    const auto& each = items_.at(place);
    const auto* record = find(each.alarm);
    const auto at = together && record ? record->raise.raised_at : each.at;
    if (record)
      rules.insert(record->raise.condition.which);
    const bool up = stands_for_people(record);
    const auto level = up ? record->latest.level : each.level;
    places.push_back(place);
    digest.members.push_back({each.alarm, each.number});
    digest.oldest = std::min(digest.oldest, at);
    digest.newest = std::max(digest.newest, at);
    digest.standing += up;
    x.about.level = std::max(x.about.level, level);
    x.about.priority = std::max(x.about.priority, place.priority);
    x.again = std::max(x.again, each.again);
    (up && level == severity::critical ? critical : others)
        .push_back({place, each.alarm, level, place.priority, at, up, together, digest.at_once});
  }
  if (together)
    digest.ended_since = learn_anew(rules);
  const auto by_rank = [](const candidate& a, const candidate& b) { return a.rank() < b.rank(); };
  std::sort(critical.begin(), critical.end(), by_rank);
  const auto shown = std::min(most_others, others.size());
  std::partial_sort(others.begin(), others.begin() + static_cast<ptrdiff_t>(shown), others.end(), by_rank);
  others.resize(shown);
  // Reads may fail: before anything is changed.
  bool readable = true;
  const auto line_of = [&](const candidate& each) {
    alarm_digest::line line{each.alarm, each.level, each.at, each.stands, {}};
    if (const auto* record = find(each.alarm)) {
      line.raised_at = record->raise.raised_at;
      line.text = describe(record->latest);
      return line;
    }
    auto& item = items_.at(each.place);
    const auto content = load(item, now, read);
    readable = readable && content != found::unreadable;
    if (content == found::there) {
      line.raised_at = item.content->about.raised_at;
      line.text = describe(item.content->about);
    }
    return line;
  };
  for (const auto& each : critical)
    digest.critical.push_back(line_of(each));
  for (const auto& each : others)
    digest.others.push_back(line_of(each));
  if (!readable)
    return false;

  const auto outcome = digest.at_once ? notification_outcome::grouped : notification_outcome::digest;
  const std::string detail = digest.at_once ? "told with others that were due at once" : "";
  for (size_t i = 0; i < places.size(); ++i) {
    const auto& [alarm, number] = digest.members[i];
    const auto* record = find(alarm);
    const bool up = stands_for_people(record);
    // It has been told as over: an end that waits for its time has nothing to add.
    const auto known = alarms_.find(alarm);
    const auto held = known == alarms_.end() ? std::nullopt : known->second.held;
    if (held && !up)
      finish(*held, outcome, detail, out);
    finish(places[i], outcome, detail, out);
    set_told(alarm, up ? std::optional{told_mark{told_mark::way::by_digest, number}} : std::nullopt, out);
  }
  x.about.alarm = digest_id(now, next_sequence);
  x.about.number = 1;
  x.about.at = digest.newest;
  x.about.raised_at = digest.oldest;
  x.digest = std::make_shared<const alarm_digest>(std::move(digest));
  accept(std::move(x), next_sequence++, now, out);
  return true;
}

} // namespace millwright

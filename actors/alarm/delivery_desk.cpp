#include "actors/alarm/delivery_desk.hpp"

#include <algorithm>

namespace millwright {

namespace {

// Entries read from the journal at once at a start.
constexpr size_t read_at_once = 1000;

} // namespace

delivery_desk::delivery_desk(alarm_journal& journal, const std::vector<channel_name>& channels, delivery_limits limits,
                             size_t pages_in_memory, channel_outbox::alarm_lookup find,
                             const stateful_receivers& stateful, std::map<channel_name, channel_terms> terms,
                             channel_outbox::guidance_lookup guide)
    : journal_{journal}, limits_{limits},
      pages_in_memory_{pages_in_memory}, find_{std::move(find)}, terms_{std::move(terms)}, guide_{std::move(guide)} {
  for (const auto& channel : channels)
    if (const auto how = stateful.find(channel); how != stateful.end())
      states_.try_emplace(
          channel, state_lane{state_outbox{channel, how->second, limits_, guide_}, channel_health{limits_.down_after}});
    else
      lane_of(channel);
}

delivery_desk::lane& delivery_desk::lane_of(const channel_name& channel) {
  if (const auto at = lanes_.find(channel); at != lanes_.end())
    return at->second;
  const auto found = terms_.find(channel);
  const auto terms = found == terms_.end() ? channel_terms{} : found->second;
  return lanes_
      .try_emplace(channel, lane{channel_outbox{channel, limits_, pages_in_memory_, terms, guide_},
                                 channel_health{limits_.down_after}, terms, token_bucket{terms.rate}})
      .first->second;
}

void delivery_desk::restore(const journal_content& content) {
  next_sequence_ = content.next_sequence;
  for (const auto& each : content.digests)
    if (const auto at = lanes_.find(each.channel); at != lanes_.end())
      at->second.outbox.restore_digest(each.at);
  for (const auto& each : content.told)
    if (restore_state(each))
      continue;
    else if (const auto at = lanes_.find(each.channel); at == lanes_.end()) {
      // It may come back, and has to hear the end then; while the alarm is known, or it has the alarm open as a state.
      if (!find_(each.alarm) && !(each.mark && (each.mark->of_states() || each.mark->open_state)))
        effects_.told.push_back({each.channel, each.alarm, std::nullopt});
      else if (each.mark)
        away_.insert_or_assign({each.channel, each.alarm}, *each.mark);
      const auto by_itself = [](const auto& x) { return x && x->how != told_way::by_digest && x->number > 0; };
      if (by_itself(each.mark) || (each.mark && by_itself(each.mark->as_pages)))
        told_elsewhere_.emplace(each.channel, each.alarm);
    } else if (each.mark)
      at->second.outbox.restore(each.alarm, *each.mark);
}

void delivery_desk::restore(const alarm_record& known) {
  for (auto& [name, lane] : lanes_)
    lane.outbox.restore(known);
  for (auto& [name, lane] : states_)
    lane.states.restore(known.id());
}

void delivery_desk::each_waiting(const channel_name& channel, const std::function<void(outbox_entry)>& take) {
  std::optional<outbox_place> after;
  for (bool more = true; more;) {
    auto entries = journal_.waiting(channel, after ? &*after : nullptr, read_at_once);
    more = entries.size() == read_at_once;
    if (!entries.empty())
      after = entries.back().place();
    for (auto& each : entries)
      take(std::move(each));
  }
}

void delivery_desk::start(event_time now) {
  for (auto& [name, lane] : lanes_) {
    each_waiting(name, [&outbox = lane.outbox](outbox_entry entry) { outbox.restore(std::move(entry)); });
    lane.outbox.keep_over([this](const auto& other) { return is_here(other); });
    lane.outbox.begin(now, find_, effects_);
    lane.outbox.tell_missed_ends(now, find_, next_sequence_, effects_);
  }
  looked_ = now;
  start_states(now);
  take_over_left(now);
  told_elsewhere_.clear();
}

void delivery_desk::look(event_time now) {
  if (now < looked_) {
    for (auto& [name, each] : lanes_)
      each.outbox.clock_set_back(now, looked_ - now);
    for (auto& [name, each] : states_)
      each.states.clock_set_back(now, looked_ - now);
  } else if (const auto passed = now - looked_; passed > limits_.looked_at_least()) {
    for (auto& [name, each] : lanes_)
      each.outbox.not_tried_for(passed - limits_.looked_at_least());
    for (auto& [name, each] : states_)
      each.states.not_tried_for(passed - limits_.looked_at_least());
  }
  looked_ = now;
}

void delivery_desk::add(page x, event_time now) {
  look(now);
  if (const auto at = states_.find(x.channel); at != states_.end())
    return at->second.states.not_paged(x, effects_);
  auto& lane = lane_of(x.channel);
  lane.outbox.accept(std::move(x), next_sequence_++, now, effects_);
}

void delivery_desk::journaled(const outbox_entry& entry, bool finished_before) {
  if (states_.contains(entry.what.channel))
    return;
  auto& lane = lane_of(entry.what.channel);
  if (finished_before)
    lane.outbox.known_as_finished(entry.sequence, looked_, next_sequence_, effects_);
  else
    lane.outbox.journaled(entry.sequence);
}

void delivery_desk::journaled(const outbox_change& change) {
  const auto at = lanes_.find(change.told.channel);
  if (at == lanes_.end())
    return;
  if (change.instead)
    at->second.outbox.rewritten(change.instead->place());
  if (change.told.outcome == notification_outcome::sent)
    at->second.outbox.noted(change.told.alarm);
  if (change.told.outcome == notification_outcome::sent || change.told.outcome == notification_outcome::grouped)
    at->second.outbox.dissolved(change.told.alarm);
}

void delivery_desk::release() {
  for (auto& [name, lane] : lanes_)
    lane.outbox.release();
  for (auto& [name, lane] : states_)
    lane.states.release();
}

void delivery_desk::pull(const channel_pull& x, bool anew) {
  if (const auto at = states_.find(x.channel); at != states_.end()) {
    auto& lane = at->second;
    if (anew) {
      lane.taken = true;
      lane.states.put_back(looked_, find_);
      lane.credit = 0;
    }
    lane.credit += x.credit;
    return;
  }
  auto& lane = lane_of(x.channel);
  if (anew) {
    lane.taken = true;
    lane.outbox.put_back(effects_);
    lane.credit = 0;
  }
  lane.credit += x.credit;
}

void delivery_desk::delivered(const delivery_report& x, event_time now, milliseconds steady) {
  look(now);
  const auto state = states_.find(x.channel);
  auto& health = state == states_.end() ? lane_of(x.channel).health : state->second.health;
  delivery_verdict verdict{delivery_verdict::answer::taken, x.detail, x.wait};
  switch (x.outcome) {
  case delivery_outcome::sent:
    sent_ += state == states_.end() || state->second.states.tells_news();
    note(x.channel, health.answered());
    break;
  case delivery_outcome::refused_page:
    // The receiver is well; it is this page that it does not want.
    verdict.what = delivery_verdict::answer::refused_page;
    note(x.channel, health.answered());
    break;
  case delivery_outcome::refused_channel:
  case delivery_outcome::retry:
    ++retries_;
    verdict.what = delivery_verdict::answer::try_again;
    verdict.refused = x.outcome == delivery_outcome::refused_channel && !x.somebody_may_have_it;
    note(x.channel, health.failed(steady, x.outcome == delivery_outcome::refused_channel, x.detail));
    if (state == states_.end())
      lane_of(x.channel).look_for_stranded = true;
    break;
  }
  const outbox_place place{x.priority, x.sequence};
  if (state == states_.end()) {
    lane_of(x.channel).outbox.report(place, verdict, now, find_, next_sequence_, effects_);
    told_by(x.channel, now);
  } else {
    state->second.states.report(place, verdict, now, find_, next_sequence_, effects_);
  }
  spread(now);
}

// What one channel cannot deliver, every other one gets that has not been told, while it stands.
void delivery_desk::spread(event_time now) {
  for (const auto& [what, why] : std::exchange(effects_.undeliverable, {})) {
    ++failed_;
    news_.push_back({what.channel, channel_news::kind::given_up, describe(what) + ": " + why});
    if (!what.digest) {
      if (!ends_alarm(what))
        spread(what, what.channel, nullptr, now);
      continue;
    }
    // Of a digest it is the alarms that count: each of the others has digests of its own.
    for (const auto& member : what.digest->members)
      if (const auto* record = find_(member.alarm))
        spread(standing_page(what.channel, *record, member.number), what.channel, nullptr, now);
  }
}

std::vector<channel_name> delivery_desk::spread(const page& what, const channel_name& from,
                                                const std::vector<channel_name>* over, event_time now) {
  std::vector<channel_name> out;
  const auto& about = what.about;
  const auto* record = find_(about.alarm);
  // What is shelved, and what is over as far as people know, is told at the shelf's end, by its own channels.
  if (!stands_for_people(record) || shelved_at(record, now))
    return out;
  const auto passed_over = [&](const channel_name& name) {
    const bool itself_down = about.condition.which == rule::channel_down && about.condition.unit.text == name.text;
    return name == from || itself_down || (over && std::find(over->begin(), over->end(), name) == over->end());
  };
  for (auto& [name, lane] : lanes_) {
    if (passed_over(name) || !lane.outbox.accept_spilled(what, next_sequence_, now, effects_))
      continue;
    ++next_sequence_;
    effects_.paged_also.emplace_back(about.alarm, name);
    out.push_back(name);
  }
  // As one that it is told of: see `changed`.
  for (const auto& [name, lane] : states_)
    if (!passed_over(name) && !lane.states.knows(about.alarm)) {
      effects_.paged_also.emplace_back(about.alarm, name);
      out.push_back(name);
    }
  return out;
}

std::vector<delivery_desk::hand> delivery_desk::serve(event_time now, milliseconds steady) {
  look(now);
  std::vector<hand> out;
  wake_ = forever;
  for (auto& [name, lane] : lanes_) {
    note(name, lane.health.look(steady));
    if (const auto due = lane.health.due())
      wake_ = std::min(wake_, now + (*due - steady));
    fall_back(name, lane, now, steady);
    if (!lane.taken || lane.credit == 0)
      continue;
    if (const auto due = lane.rate.due(steady); due > steady) {
      wake_ = std::min(wake_, now + (due - steady));
      continue;
    }
    if (auto entry = lane.outbox.next(now, find_, reader_of(name), next_sequence_, effects_)) {
      --lane.credit;
      lane.rate.take(steady);
      out.push_back({name, {{{std::move(entry->what), entry->sequence, entry->attempts}}}});
      continue;
    }
    wake_ = std::min(wake_, lane.outbox.wake(now));
  }
  serve_states(now, steady, out);
  if (std::none_of(lanes_.begin(), lanes_.end(), [](const auto& each) { return each.second.outbox.unreadable(); }))
    read_error_.clear();
  spread(now);
  return out;
}

void delivery_desk::reads_ended(event_time now) {
  for (auto& [name, lane] : lanes_)
    lane.outbox.reads_ended(now);
}

void delivery_desk::note(const channel_name& channel, const std::optional<channel_health::change>& change) {
  if (change)
    news_.push_back({channel, change->down ? channel_news::kind::down : channel_news::kind::up, change->reason});
}

uint64_t delivery_desk::pending() const {
  uint64_t out = 0;
  for (const auto& [name, lane] : lanes_)
    out += lane.outbox.pending();
  for (const auto& [name, lane] : states_)
    out += lane.states.pending();
  return out;
}

const channel_outbox* delivery_desk::outbox_of(const channel_name& channel) const {
  const auto at = lanes_.find(channel);
  return at == lanes_.end() ? nullptr : &at->second.outbox;
}

} // namespace millwright

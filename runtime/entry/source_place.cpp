#include "runtime/entry/source_place.hpp"

#include "protocol/failure.hpp"
#include "runtime/entry/stored_place.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

// Of conditions that only happened: how their subjects begin.
constexpr const char* lost_readings = "lost readings of ";
constexpr const char* unreadable_records = "unreadable records of ";
constexpr const char* whole_source = "the source as a whole";
/// Readings that are lost do not come back: it is over when people had the time to see it.
constexpr milliseconds loss_stands{3'600'000};

} // namespace

source_place::source_place(source& readings, bool live, split_table& splits, split_decisions& decisions,
                           plant_join& plant, plant_changes& changes, const sensor_registry& sensors,
                           barrier_share& share, own_conditions& own, node_status& status, notices tell)
    : readings_{readings}, live_{live}, splits_{splits}, decisions_{decisions}, plant_{plant}, changes_{changes},
      sensors_{sensors}, share_{share}, own_{own}, status_{status}, tell_{std::move(tell)} {
  for (const char* const each : {lost_readings, unreadable_records})
    own_.happened_before(rule::misconfigured, each, loss_stands);
}

void source_place::recover(const std::map<std::string, std::string>& splits,
                           const std::map<std::string, uint64_t>& positions) {
  stored_splits_ = splits;
  stored_positions_ = positions;
}

stored_place source_place::place_of(const std::string& split) const {
  const auto stored = stored_splits_.find(place_entry(split));
  if (stored == stored_splits_.end())
    return {};
  auto place = decode_place(stored->second);
  if (!place)
    throw failure{failure_code::ledger_damaged, split, "the stored place of this split cannot be read"};
  return std::move(*place);
}

void source_place::start(std::chrono::steady_clock::time_point now, milliseconds patience) {
  if (live_)
    reach_.emplace(patience, now);
  std::map<std::string, std::string> marks;
  for (const auto& [split, position] : stored_positions_)
    if (auto place = place_of(split); !place.mark.empty())
      marks.emplace(split, std::move(place.mark));
  readings_.recall(marks);
  readings_.start(stored_positions_);
  add_splits();
}

void source_place::add_splits() {
  const auto& names = readings_.splits();
  for (size_t i = splits_.size(); i < names.size(); ++i) {
    split_state next;
    next.name = names[i];
    next.metadata = plant_.current();
    if (const auto stored = stored_splits_.find(next.name); stored != stored_splits_.end())
      if (!decode_split(stored->second, next))
        throw failure{failure_code::ledger_damaged, next.name, "the stored state of this split cannot be read"};
    next.silence.listen(milliseconds_of(std::chrono::steady_clock::now()));
    if (const auto stored = stored_positions_.find(next.name); stored != stored_positions_.end())
      next.next = stored->second;
    next.place = place_of(next.name);
    for (uint32_t slot = 0; slot < sensors_.size(); ++slot)
      next.sensors += sensors_[slot].has_split && sensors_[slot].split == i;
    auto& split = splits_.add(std::move(next));
    if (decisions_.has_log())
      changes_.recover(split);
    changes_.note_models(split);
    if (tell_.found_split)
      tell_.found_split({static_cast<uint16_t>(i), split.next, split.place.log});
  }
  changes_.join_again();
  for (auto& split : splits_)
    decisions_.apply_reached(split);
}

void source_place::identify() {
  const auto identity = readings_.identity();
  if (identity.empty())
    return;
  if (tell_.identity)
    tell_.identity(identity);
  identified_ = true;
}

void source_place::take(const std::vector<source_event>& events) {
  for (const auto& event : events)
    handle(event);
  if (splits_.size() < readings_.splits().size())
    add_splits();
  if (!identified_)
    identify();
}

void source_place::look_at_places(bool new_ones) {
  for (size_t i = 0; live_ && i < splits_.size(); ++i) {
    auto& split = splits_[i];
    if (new_ones && !split.place.mark.empty())
      continue;
    auto place = readings_.place(static_cast<uint16_t>(i));
    if (!place || (place->position <= split.next && place->mark == split.place.mark))
      continue;
    if (place->position > split.next) {
      // What the source passed by itself (marks of its transactions) is passed as a reading would be.
      decisions_.pass(split, place->position - 1);
      split.next = place->position;
      decisions_.apply_reached(split);
    }
    split.place.mark = std::move(place->mark);
    split.changed = true;
    share_.moved();
  }
}

void source_place::handle(const source_event& event) {
  const std::string split = event.split < splits_.size() ? splits_[event.split].name : std::string{};
  switch (event.what) {
  case source_event::kind::unreachable:
    status_.source_reachable = false;
    for (auto& each : splits_)
      each.end.lost();
    spdlog::warn("source unreachable, trying again: {}", event.detail);
    if (reach_)
      reach_->unreachable(std::chrono::steady_clock::now(), event.detail);
    break;
  case source_event::kind::reachable:
    status_.source_reachable = true;
    spdlog::info("source reachable: {}", event.detail);
    if (reach_)
      reach_->reachable();
    break;
  case source_event::kind::lost:
    if (event.split < splits_.size())
      lose(splits_[event.split], event);
    break;
  case source_event::kind::damaged:
    share_.count("damaged", split);
    spdlog::warn("{}: {}", split, event.detail);
    // One a split, however many there are: it stands until an hour has passed without one.
    own_.happened(rule::misconfigured, unreadable_records + split,
                  fmt::format("at position {}: {}. What it held is lost", event.from, event.detail), loss_stands);
    break;
  case source_event::kind::split_added:
    break;
  }
}

void source_place::lose(split_state& split, const source_event& event) {
  const uint64_t lost = event.to > event.from ? event.to - event.from : 0;
  share_.count("lost", split.name, lost);
  // Committed with its count: otherwise the next start finds, counts and tells the same gap.
  split.next = event.to;
  split.changed = true;
  share_.moved();
  if (event.to < event.from) {
    begin_log_anew(split);
    if (tell_.log_anew)
      tell_.log_anew({splits_.number_of(split), split.place.log});
  } else {
    // Positions that were passed without their readings.
    decisions_.pass(split, split.next);
  }
  const std::string subject = fmt::format("{}{} from {}", lost_readings, split.name, event.from);
  const std::string reason =
      lost > 0 ? fmt::format("the source no longer has positions {} to {} ({} readings): going on at {}. {}",
                             event.from, event.to, lost, event.to, event.detail)
               : fmt::format(
                     "the source no longer has what comes behind position {}, nobody knows how much: going on at {}. "
                     "{}",
                     event.from, event.to, event.detail);
  own_.happened(rule::misconfigured, subject, reason, loss_stands);
}

// What was decided about readings behind the position is waited for neither now nor at a restart. In force stays what
// was reached; the newest metadata follows at once.
void source_place::begin_log_anew(split_state& split) {
  decisions_.end_log(split);
  if (!decisions_.has_log())
    return;
  changes_.recover(split);
  changes_.note_models(split);
  decisions_.pass(split, split.next);
  if (split.metadata != plant_.current())
    changes_.want_current();
}

void source_place::look(std::chrono::steady_clock::time_point now) {
  const auto verdict = reach_ ? reach_->look(now) : std::nullopt;
  if (!verdict)
    return;
  if (verdict->wrong)
    own_.wrong(rule::source_silent, whole_source, verdict->text);
  else
    own_.fine(rule::source_silent, whole_source, verdict->text);
}

} // namespace millwright

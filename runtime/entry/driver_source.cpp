#include "runtime/entry/driver.hpp"

#include "protocol/failure.hpp"
#include "runtime/entry/stored_place.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

// Where the driver stands in its source, and what it hears of that: places, losses, whether it can be reached.

namespace millwright {

namespace {

// Of conditions that only happened: how their subjects begin.
constexpr const char* lost_readings = "lost readings of ";
constexpr const char* whole_source = "the source as a whole";
/// Readings that are lost do not come back: it is over when people had the time to see it.
constexpr milliseconds loss_stands{3'600'000};

} // namespace

void driver::take_up_losses() {
  conditions_.happened_before(rule::misconfigured, lost_readings, loss_stands);
}

stored_place driver::place_of(const std::string& split) const {
  const auto stored = stored_splits_.find(place_entry(split));
  if (stored == stored_splits_.end())
    return {};
  auto place = decode_place(stored->second);
  if (!place)
    throw failure{failure_code::ledger_damaged, split, "the stored place of this split cannot be read"};
  return std::move(*place);
}

void driver::start_source() {
  std::map<std::string, std::string> marks;
  for (const auto& [split, position] : stored_positions_)
    if (auto place = place_of(split); !place.mark.empty())
      marks.emplace(split, std::move(place.mark));
  parts_.readings.recall(marks);
  parts_.readings.start(stored_positions_);
}

// Also where no record was taken: where a split begins is committed once it is known, and what is no record moves it.
void driver::look_at_places(bool new_ones) {
  for (size_t i = 0; live_ && i < splits_.size(); ++i) {
    if (new_ones && !splits_[i].place.mark.empty())
      continue;
    auto place = parts_.readings.place(static_cast<uint16_t>(i));
    if (!place)
      continue;
    auto& split = splits_[i];
    if (place->position <= split.next && place->mark == split.place.mark)
      continue;
    split.next = std::max(split.next, place->position);
    split.place.mark = std::move(place->mark);
    split.changed = true;
    ++taken_since_cut_;
  }
}

void driver::handle(const source_event& event) {
  const std::string split = event.split < splits_.size() ? splits_[event.split].name : std::string{};
  switch (event.what) {
  case source_event::kind::unreachable:
    parts_.status.source_reachable = false;
    for (auto& each : splits_)
      each.end.lost();
    spdlog::warn("source unreachable, trying again: {}", event.detail);
    if (reach_)
      reach_->unreachable(steady::now(), event.detail);
    break;
  case source_event::kind::reachable:
    parts_.status.source_reachable = true;
    spdlog::info("source reachable: {}", event.detail);
    if (reach_)
      reach_->reachable();
    break;
  case source_event::kind::lost:
    if (event.split < splits_.size())
      lose(splits_[event.split], event);
    break;
  case source_event::kind::damaged:
    count("damaged", split);
    spdlog::warn("{}: {}", split, event.detail);
    break;
  case source_event::kind::split_added:
    break;
  }
}

void driver::lose(split_state& split, const source_event& event) {
  const uint64_t lost = event.to > event.from ? event.to - event.from : 0;
  count("lost", split.name, lost);
  // Committed with its count: otherwise the next start finds, counts and tells the same gap.
  split.next = event.to;
  split.changed = true;
  ++taken_since_cut_;
  if (event.to < event.from) {
    begin_log_anew(split);
    if (parts_.log_anew)
      parts_.log_anew(static_cast<uint16_t>(&split - splits_.data()), event.to);
  } else
    apply_passed(split);
  if (!live_)
    return;
  const std::string subject = fmt::format("{}{} from {}", lost_readings, split.name, event.from);
  const std::string reason =
      lost > 0 ? fmt::format("the source no longer has positions {} to {} ({} readings): going on at {}. {}",
                             event.from, event.to, lost, event.to, event.detail)
               : fmt::format(
                     "the source no longer has what comes behind position {}, nobody knows how much: going on at {}. "
                     "{}",
                     event.from, event.to, event.detail);
  tell_own(conditions_.happened(rule::misconfigured, subject, wall_now(), reason, loss_stands));
}

// What was decided behind the position was about a log that is gone: none of it is waited for, now or at a restart. In
// force stays what was reached; the newest metadata follows at once.
void driver::begin_log_anew(split_state& split) {
  if (writer_ && split.bound.waits()) {
    writer_->wait();
    collect_written();
  }
  split.bound = {};
  split.ahead.clear();
  ++split.place.log;
  if (!parts_.decisions)
    return;
  recover_decisions(split);
  note_models(split);
  apply_passed(split);
  if (split.metadata != parts_.plant.current())
    metadata_wanted_ = parts_.plant.current_version();
}

// Positions that were passed without their readings.
void driver::apply_passed(split_state& split) {
  while (!split.ahead.empty() && split.ahead.front().position <= split.next) {
    apply(split, split.ahead.front());
    split.ahead.pop_front();
  }
}

void driver::look_at_reach(steady::time_point now) {
  const auto verdict = reach_->look(now);
  if (!verdict)
    return;
  if (verdict->wrong)
    wrong(rule::source_silent, whole_source, verdict->text);
  else
    fine(rule::source_silent, whole_source, verdict->text);
}

} // namespace millwright

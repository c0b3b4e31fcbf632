#include "runtime/entry/driver.hpp"

#include "protocol/failure.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace millwright {

using namespace std::chrono_literals;

namespace {

constexpr size_t poll_most = 16'384;
constexpr size_t sweep_slice = 2048;
constexpr size_t ask_slice = 1024;
constexpr size_t leaps_most = 10'000;

int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

} // namespace

driver::driver(driver_parts parts, node_conditions& conditions, bool live)
    : parts_{parts}, conditions_{conditions}, live_{live}, recorded_{!live || parts.readings.recorded()},
      pace_{parts.settings.ledger.interval}, input_{parts.settings.bad_input_share},
      quality_{parts.settings.source.quality} {
  take_up_losses();
}

event_time driver::wall_now() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

void driver::recover(const std::map<std::string, std::string>& splits,
                     const std::map<std::string, uint64_t>& positions) {
  stored_splits_ = splits;
  stored_positions_ = positions;
}

void driver::add_splits() {
  const auto& names = parts_.readings.splits();
  for (size_t i = splits_.size(); i < names.size(); ++i) {
    split_state split;
    split.name = names[i];
    split.metadata = parts_.plant.current();
    if (const auto stored = stored_splits_.find(split.name); stored != stored_splits_.end())
      if (!decode_split(stored->second, split))
        throw failure{failure_code::ledger_damaged, split.name, "the stored state of this split cannot be read"};
    split.silence.listen(milliseconds_of(steady::now()));
    if (const auto stored = stored_positions_.find(split.name); stored != stored_positions_.end())
      split.next = stored->second;
    split.place = place_of(split.name);
    const auto& sensors = parts_.keeper.sensors();
    for (uint32_t slot = 0; slot < sensors.size(); ++slot)
      split.sensors += sensors[slot].has_split && sensors[slot].split == i;
    splits_.push_back(std::move(split));
    if (parts_.decisions)
      recover_decisions(splits_.back());
    note_models(splits_.back());
    if (parts_.found_split)
      parts_.found_split(static_cast<uint16_t>(i), splits_.back().next);
  }
  join_at_ = 0;
  apply_reached_changes();
}

void driver::run() {
  last_cut_ = last_look_ = last_ask_ = steady::now();
  if (live_ && !recorded_ && parts_.decisions)
    writer_.emplace(*parts_.decisions);
  last_metadata_ = {};
  if (live_)
    reach_.emplace(parts_.settings.source_silent_after > 0ms ? parts_.settings.source_silent_after : milliseconds{1min},
                   steady::now());
  start_source();
  add_splits();
  while (!stopping() && !parts_.readings.finished()) {
    wait_for_credit();
    batch_.clear();
    parts_.readings.poll(batch_, poll_most, milliseconds{live_ ? 20 : 1000});
    for (const auto& event : batch_.events)
      handle(event);
    if (splits_.size() < parts_.readings.splits().size())
      add_splits();
    if (!identified_)
      identify();
    look_at_clocks(steady::now());
    taken_ns_ = steady_ns();
    take_all();
    hear(steady::now());
    look_at_places(true);
    parts_.keeper.flush(taken_ns_);
    look_after(steady::now());
  }
  finish();
}

void driver::identify() {
  const auto identity = parts_.readings.identity();
  if (identity.empty())
    return;
  if (parts_.identify)
    parts_.identify(identity);
  identified_ = true;
}

void driver::look_after(steady::time_point now) {
  parts_.keeper.restart_dead();
  parts_.keeper.release();
  if (parts_.roster)
    parts_.roster->work(own_);
  parts_.keeper.ask_quiet(asks_due(now));
  sweep(sweep_slice);
  const size_t open = parts_.outputs.pending();
  // A commit that is under way frees what presses: the other half of the room is for the time that it takes.
  const bool presses = log_presses() && open == 0;
  // Of a log with long pauses each reading is a leap, which everybody is told of at the next barrier.
  const bool leapt = std::any_of(splits_.begin(), splits_.end(),
                                 [](const auto& each) { return each.clock.leaps().size() > leaps_most; });
  const bool due = presses || leapt || pace_.due(now - last_cut_, parts_.outputs.commit_took());
  const bool in_step = join_some();
  log_what_is_missing();
  if (in_step && due && open < 2 && may_commit())
    cut();
  parts_.keeper.flush(taken_ns_);
  if (now - last_look_ < 100ms)
    return;
  // The node itself stood still (stopped, a suspended machine): that is nobody's silence.
  if (const auto gap = now - last_look_; gap > 5s) {
    for (auto& split : splits_)
      split.silence.stood_still(std::chrono::duration_cast<milliseconds>(gap));
    if (reach_)
      reach_->stood_still(gap);
  }
  last_look_ = now;
  wall_look_ms_ = epoch_ms(wall_now());
  auto& status = parts_.status;
  status.sensors = parts_.keeper.sensors().living();
  status.restarts = parts_.keeper.restarts();
  status.log_bytes = parts_.keeper.log().bytes();
  status.backlog = parts_.readings.backlog().value_or(0);
  if (!live_)
    return;
  look_at_reports();
  if (parts_.load)
    parts_.load->look(now, sent_, parts_.keeper.sensors().facilities());
  look_at_reach(now);
  look_at_silence(now);
  if (now - last_second_ >= 1s) {
    last_second_ = now;
    look_at_skew(now);
    look_at_homes();
    end_what_was_left(now);
    for (const auto& each : conditions_.due(wall_now()))
      tell_own(each);
  }
  if (const auto verdict = input_.look(now)) {
    if (verdict->bad)
      wrong(rule::bad_input, "input", verdict->text);
    else
      fine(rule::bad_input, "input", "a minute with few rejected readings");
  }
  if (const auto verdict = quality_.look(now, status.accepted)) {
    if (verdict->bad)
      wrong(rule::misconfigured, "quality_score", verdict->text);
    else
      fine(rule::misconfigured, "quality_score", verdict->text);
  }
  look_at_metadata();
  if (now - last_metadata_ >= parts_.settings.plant.reread) {
    last_metadata_ = now;
    if (parts_.oldest_version)
      parts_.plant.forget_before(parts_.oldest_version());
    // A split whose beginning is not logged begins, after a crash, with the newest version that is kept.
    if (std::none_of(splits_.begin(), splits_.end(), [](const auto& each) { return each.beginning.has_value(); }))
      parts_.plant.look();
    if (parts_.roster)
      parts_.roster->look(own_);
    look_at_quarantines();
  }
}

// Most sensors answer a barrier at their next reading, for nothing. The others are asked from a quarter of the interval
// on, over another quarter: asked all at once they would hold up every reading behind them.
size_t driver::asks_due(steady::time_point now) {
  const auto part = std::chrono::duration<double>(parts_.settings.ledger.interval) / 4;
  const auto since = std::chrono::duration<double>(now - std::exchange(last_ask_, now));
  if (log_presses())
    return ask_slice;
  if (now - last_cut_ < part) {
    asks_ = 0;
    return 0;
  }
  const double sensors = parts_.keeper.sensors().living();
  asks_ = std::min(asks_ + sensors * (since / part) + 1e-3, std::max(64.0, sensors / 16));
  const auto due = static_cast<size_t>(asks_);
  asks_ -= static_cast<double>(due);
  return due;
}

bool driver::log_presses() const {
  return barrier_pace::presses(parts_.keeper.log().bytes(), parts_.keeper.sensors().living());
}

// Memory stays bounded: readings that are not judged, and readings that are not committed, both have a limit.
void driver::wait_for_credit() {
  for (;;) {
    const bool judged = sent_ - parts_.outputs.judged() < parts_.settings.credit;
    const bool room = parts_.keeper.log().bytes() < barrier_pace::held_most(parts_.keeper.sensors().living());
    if ((judged && room) || stopping())
      return;
    if (!room)
      look_after(steady::now());
    else
      parts_.keeper.restart_dead();
    std::this_thread::sleep_for(judged ? 1ms : 50us);
  }
}

void driver::cut() {
  last_cut_ = steady::now();
  look_at_places(false);
  const bool nothing = taken_since_cut_ == 0 && !parts_.keeper.changed() && own_.transitions.empty() &&
                       own_.node_entries.empty() &&
                       std::none_of(splits_.begin(), splits_.end(), [](const auto& each) { return each.all_read; });
  if (nothing)
    return;
  taken_since_cut_ = 0;
  parts_.keeper.cut([&](barrier_output& output) {
    output.time = time_now();
    for (auto& split : splits_)
      split.clock.forget_leaps();
    output.last = ended_;
    output.dead_letters = std::move(own_.dead_letters);
    output.counters = std::move(own_.counters);
    output.node_entries = std::move(own_.node_entries);
    output.forgotten = std::move(own_.forgotten);
    output.to_score.changes = std::move(own_.to_score.changes);
    if (!output.to_score.changes.empty())
      output.to_score.readings = parts_.keeper.log().of(output.barrier);
    for (auto& each : own_.transitions)
      output.transitions.push_back(std::move(each));
    for (size_t i = 0; i < splits_.size(); ++i)
      if (std::exchange(splits_[i].changed, false)) {
        output.split_states.emplace_back(splits_[i].name, encode_split(splits_[i]));
        if (!splits_[i].place.mark.empty())
          output.split_states.emplace_back(place_entry(splits_[i].name), encode(splits_[i].place));
        output.positions.emplace_back(splits_[i].name, splits_[i].next);
        output.position_numbers.emplace_back(static_cast<uint16_t>(i), splits_[i].next);
      }
  });
  own_ = {};
  for (const auto& split : splits_)
    note_models(split);
}

// Silent splits keep nobody from closing windows. One that has given nothing yet does: what it will give may be as old
// as what the others gave.
time_passed driver::time_now() const {
  time_passed out;
  bool held = false;
  for (size_t i = 0; i < splits_.size(); ++i) {
    const auto& split = splits_[i];
    const auto time = split.clock.watermark();
    if (time == never) {
      held = held || !split.silent;
      continue;
    }
    out.splits.push_back({static_cast<uint16_t>(i), time, split.clock.activity(), split.clock.leaps()});
    out.newest = std::max(out.newest, time);
    if (!split.silent)
      out.closing = out.closing == never ? time : std::min(out.closing, time);
  }
  // All of them silent: what they have come to is all that there is.
  if (out.closing == never)
    for (const auto& each : out.splits)
      out.closing = out.closing == never ? each.time : std::min(out.closing, each.time);
  if (held && !ended_)
    out.closing = never;
  return out;
}

// Quiet sensors learn that time moved on: never all at once, and none twice within ten seconds of event time.
void driver::sweep(size_t most) {
  auto& sensors = parts_.keeper.sensors();
  if (sweep_at_ == 0) {
    event_time newest = never;
    bool moved = false;
    for (size_t i = 0; i < splits_.size(); ++i) {
      const auto& clock = splits_[i].clock;
      newest = std::max(newest, clock.watermark());
      moved = moved || (clock.watermark() != never && sweep_pace_.moved(i, clock.activity()));
    }
    parts_.status.watermark_ms = newest == never ? 0 : epoch_ms(newest);
    if (!moved)
      return;
    for (size_t i = 0; i < splits_.size(); ++i)
      if (splits_[i].clock.watermark() != never)
        sweep_pace_.begun(i, splits_[i].clock.activity());
  }
  const uint32_t end = sensors.size();
  for (; sweep_at_ < end && most > 0; ++sweep_at_, --most) {
    auto& entry = sensors[sweep_at_];
    if (!entry.actor || !entry.has_split || entry.split >= splits_.size())
      continue;
    const auto& split = splits_[entry.split];
    // A recovered sensor that has sent nothing since: its silence counts from the restart on.
    if (entry.seen == never)
      entry.seen = split.clock.watermark();
    const event_time closing = closing_of(sweep_at_, split);
    if (closing - entry.told < sweep_step || parts_.outputs.idle(sweep_at_, entry.changed))
      continue;
    join(sweep_at_, split);
    parts_.keeper.tick(sweep_at_, closing, split.clock.activity(), split.newest(), false,
                       live_ && split.end.drained(last_look_));
  }
  if (sweep_at_ >= end)
    sweep_at_ = 0;
}

void driver::left(uint32_t slot, uint16_t split) {
  homes_.settle(slot);
  skew_.forget(std::exchange(parts_.keeper.sensors()[slot].skew, 0));
  if (split < splits_.size())
    --splits_[split].sensors;
}

std::string driver::split_name(uint16_t split) const {
  return split < splits_.size() ? splits_[split].name : std::string{};
}

event_time driver::split_time(uint16_t split) const {
  if (split == no_split) {
    event_time newest = never;
    for (const auto& each : splits_)
      newest = std::max(newest, each.clock.watermark());
    return newest;
  }
  return split < splits_.size() ? splits_[split].clock.watermark() : never;
}

void driver::finish() {
  // The source has no more: what time has passed is told to every quiet sensor, and in a replay all windows close.
  if (!stopping()) {
    auto& sensors = parts_.keeper.sensors();
    for (uint32_t slot = 0; slot < sensors.size(); ++slot) {
      if (!sensors[slot].actor || !sensors[slot].has_split || sensors[slot].split >= splits_.size())
        continue;
      const auto& split = splits_[sensors[slot].split];
      const event_time closing = closing_of(slot, split);
      join(slot, split);
      parts_.keeper.tick(slot, closing, split.clock.activity(), split.newest(), false);
      if (!live_)
        parts_.keeper.tick(slot, closing, split.clock.activity(), split.newest(), true);
    }
  }
  ended_ = !live_ && !stopping();
  settle();
  parts_.status.finished = true;
}

// Everything that was taken is judged and committed, or given up after a while: it will be read again. Whoever stops a
// node waits for it, so that ends sooner than an input that has come to its end.
void driver::settle() {
  auto until = steady::now() + (live_ ? steady::duration{60s} : 24h);
  bool hurried = false;
  look_at_reports();
  bool last = false;
  while (steady::now() < until) {
    if (live_ && stopping() && !std::exchange(hurried, true))
      until = std::min(until, steady::now() + 1500ms);
    parts_.keeper.flush(taken_ns_);
    parts_.keeper.restart_dead();
    parts_.keeper.release();
    parts_.keeper.ask_quiet(ask_slice * 16);
    last_look_ = steady::now();
    log_what_is_missing();
    if (!last && parts_.outputs.pending() < 2 && sent_ <= parts_.outputs.judged() && join_some() && may_commit()) {
      for (auto& split : splits_)
        if (live_)
          split.all_read = split.changed = true;
      cut();
      last = true;
    }
    if (last && parts_.outputs.pending() == 0) {
      if (parts_.roster)
        parts_.roster->tell_committed();
      return;
    }
    std::this_thread::sleep_for(200us);
  }
  // A node that is stopped while it is busy has done nothing wrong.
  parts_.status.uncommitted = !hurried || parts_.status.ledger_failing;
  spdlog::log(parts_.status.uncommitted ? spdlog::level::err : spdlog::level::info,
              "what came since the last commit is not committed: it is read again at the next start");
}

} // namespace millwright

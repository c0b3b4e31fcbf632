#include "runtime/node/driver.hpp"

#include "protocol/failure.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <thread>

namespace millwright {

using namespace std::chrono_literals;

namespace {

// Readings held for restarts, at most, before the driver waits for a commit; a barrier is cut early at half of it.
constexpr size_t log_bytes_most = 512u << 20;
constexpr size_t poll_most = 16'384;
constexpr size_t sweep_slice = 2048;
constexpr size_t ask_slice = 1024;
constexpr milliseconds sweep_step{10'000};

void add_dead_letter(barrier_output& to, event_time at, std::string_view split, uint64_t position,
                     std::string_view reason, std::string_view detail, std::string_view payload) {
  append_dead_letter(to.dead_letters, at, split, position, reason, detail, payload);
  ++to.dead_letter_rows;
  if (at != never) {
    to.dead_letters_first = std::min(to.dead_letters_first, at);
    to.dead_letters_last = std::max(to.dead_letters_last, at);
  }
}

int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

} // namespace

driver::driver(driver_parts parts, node_conditions& conditions, bool live)
    : parts_{parts}, conditions_{conditions}, live_{live}, input_{parts.settings.bad_input_share} {}

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
    split.last_accepted = steady::now();
    split.metadata = parts_.plant.current();
    if (const auto stored = stored_splits_.find(split.name); stored != stored_splits_.end())
      if (!decode_split(stored->second, split))
        throw failure{failure_code::ledger_damaged, split.name, "the stored state of this split cannot be read"};
    if (const auto stored = stored_positions_.find(split.name); stored != stored_positions_.end())
      split.next = stored->second;
    const auto& sensors = parts_.keeper.sensors();
    for (uint32_t slot = 0; slot < sensors.size(); ++slot)
      split.sensors += sensors[slot].has_split && sensors[slot].split == i;
    splits_.push_back(std::move(split));
    if (parts_.decisions)
      recover_decisions(splits_.back());
    if (parts_.found_split)
      parts_.found_split(static_cast<uint16_t>(i), splits_.back().next);
  }
}

void driver::recover_decisions(split_state& split) {
  bool has_metadata = false;
  for (auto& entry : parts_.decisions->since(split.name, split.next)) {
    has_metadata |= entry.what == decision::kind::metadata;
    if (entry.position < split.next)
      apply(split, entry);
    else
      split.ahead.push_back(std::move(entry));
  }
  if (has_metadata)
    return;
  const decision entry{decision::kind::metadata, split.next, parts_.plant.current_version()};
  parts_.decisions->append(split.name, entry);
  apply(split, entry);
}

void driver::run() {
  last_cut_ = last_look_ = last_ask_ = steady::now();
  last_metadata_ = {};
  parts_.readings.start(stored_positions_);
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
    taken_ns_ = steady_ns();
    take_all();
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
  for (const auto& [slot, reason] : parts_.keeper.restart_dead()) {
    const auto& key = parts_.keeper.sensors()[slot].context->key;
    parts_.status.quarantined.fetch_add(1, std::memory_order_relaxed);
    wrong(rule::quarantined, key.facility.text + "/" + key.sensor.text,
          "its actor died again and again; its readings go to the dead letters: " + reason);
  }
  parts_.keeper.release();
  parts_.keeper.ask_quiet(asks_due(now));
  sweep(sweep_slice);
  const bool due = now - last_cut_ >= parts_.settings.ledger.interval;
  const bool full = parts_.keeper.log().bytes() > log_bytes_most / 2;
  if ((due || full) && parts_.outputs.pending() < 2)
    cut();
  parts_.keeper.flush(taken_ns_);
  if (now - last_look_ < 100ms)
    return;
  // The node itself stood still (stopped, a suspended machine): that is nobody's silence.
  if (const auto gap = now - last_look_; gap > 5s)
    for (auto& split : splits_)
      split.last_accepted += gap;
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
  look_at_silence(now);
  if (const auto verdict = input_.look(now)) {
    if (verdict->bad)
      wrong(rule::bad_input, "input", verdict->text);
    else
      fine(rule::bad_input, "input", "a minute with few rejected readings");
  }
  if (now - last_metadata_ >= parts_.settings.plant.reread) {
    last_metadata_ = now;
    look_at_metadata();
    forget_silent();
  }
}

// Most sensors answer a barrier at their next reading, for nothing. The others are asked from a quarter of the interval
// on, over another quarter: asked all at once they would hold up every reading behind them.
size_t driver::asks_due(steady::time_point now) {
  const auto part = std::chrono::duration<double>(parts_.settings.ledger.interval) / 4;
  const auto since = std::chrono::duration<double>(now - std::exchange(last_ask_, now));
  if (parts_.keeper.log().bytes() > log_bytes_most / 2)
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

// Memory stays bounded: readings that are not judged, and readings that are not committed, both have a limit.
void driver::wait_for_credit() {
  for (;;) {
    const bool judged = sent_ - parts_.outputs.judged() < parts_.settings.credit;
    const bool room = parts_.keeper.log().bytes() < log_bytes_most;
    if ((judged && room) || stopping())
      return;
    if (!room)
      look_after(steady::now());
    else if (!parts_.keeper.restart_dead().empty())
      continue;
    std::this_thread::sleep_for(judged ? 1ms : 50us);
  }
}

// A sensor is seldom in a cache when its reading comes. Records are therefore prepared some at a time: parsed, then the
// memory asked for where their sensors stand, and looked at, in the order of the log, only after the next ones have
// been prepared.
void driver::take_all() {
  const auto& records = batch_.records;
  const auto end_of = [&](size_t begin) { return std::min(begin + prepared_group, records.size()); };
  const auto group_at = [&](size_t begin) {
    return prepared_.begin() + static_cast<ptrdiff_t>(begin % (2 * prepared_group));
  };
  const auto prepare_from = [&](size_t begin) {
    for (size_t i = begin; i < end_of(begin); ++i)
      prepare(records[i], group_at(begin)[static_cast<ptrdiff_t>(i - begin)]);
    for (size_t i = begin; i < end_of(begin); ++i)
      if (const auto& each = group_at(begin)[static_cast<ptrdiff_t>(i - begin)]; each.outcome.accepted())
        parts_.keeper.sensors().prefetch_sensor(each.hash);
  };
  if (!records.empty())
    prepare_from(0);
  for (size_t begin = 0; begin < records.size(); begin += prepared_group) {
    if (begin + prepared_group < records.size())
      prepare_from(begin + prepared_group);
    for (size_t i = begin; i < end_of(begin); ++i)
      take(records[i], group_at(begin)[static_cast<ptrdiff_t>(i - begin)]);
  }
  tell_taken();
}

void driver::tell_taken() {
  auto& status = parts_.status;
  status.taken.fetch_add(std::exchange(untold_.taken, 0), std::memory_order_relaxed);
  status.taken_bytes.fetch_add(std::exchange(untold_.bytes, 0), std::memory_order_relaxed);
  const uint64_t accepted = std::exchange(untold_.accepted, 0);
  status.accepted.fetch_add(accepted, std::memory_order_relaxed);
  if (accepted > 0)
    status.reading_seen(wall_look_ms_, last_look_);
}

void driver::prepare(const raw_record& record, prepared_record& to) {
  // Ids are unescaped in place: only then does the payload not stay as it was.
  to.payload = {record.data, record.size};
  if (record.size > 0 && std::memchr(record.data, '\\', record.size) != nullptr) {
    to.as_it_came.assign(record.data, record.size);
    to.payload = to.as_it_came;
  }
  to.outcome = parts_.parser.parse(record.data, record.size, record.key, record.arrival);
  if (to.outcome.accepted()) {
    to.hash = sensor_registry::hash(to.outcome.facility_id, to.outcome.sensor_id);
    parts_.keeper.sensors().prefetch(to.hash);
  } else if (to.outcome.rejected()) {
    // The parser's words last until it parses again.
    to.detail = to.outcome.detail;
  }
}

void driver::take(const raw_record& record, const prepared_record& prepared) {
  auto& split = splits_[record.split];
  while (!split.ahead.empty() && split.ahead.front().position <= record.position) {
    apply(split, split.ahead.front());
    split.ahead.pop_front();
  }
  split.next = record.position + 1;
  split.changed = true;
  ++taken_since_cut_;
  ++untold_.taken;
  untold_.bytes += record.size + 1;
  switch (prepared.outcome.status) {
  case parse_status::blank:
    parts_.status.blank.fetch_add(1, std::memory_order_relaxed);
    return;
  case parse_status::rejected:
    reject(split, record, prepared.outcome.reason, prepared.detail, prepared.payload);
    return;
  case parse_status::accepted:
    accept(split, record, prepared);
  }
}

void driver::reject(split_state& split, const raw_record& record, rejection reason, std::string_view detail,
                    std::string_view payload) {
  parts_.status.rejected.fetch_add(1, std::memory_order_relaxed);
  input_.rejected(reason, payload);
  count("rejected", std::string{name_of(reason)});
  dead_letter(record.arrival.value_or(split.clock.watermark()), split.name, record.position, name_of(reason), detail,
              payload);
}

void driver::accept(split_state& split, const raw_record& record, const prepared_record& prepared) {
  const auto& outcome = prepared.outcome;
  const auto payload = prepared.payload;
  const uint32_t slot = slot_of(split, prepared);
  if (slot == sensor_registry::none) {
    parts_.status.sensors_refused.fetch_add(1, std::memory_order_relaxed);
    count("dead-letter", "unknown-sensor");
    dead_letter(record.arrival.value_or(split.clock.watermark()), split.name, record.position, "unknown-sensor",
                "the sensor is not taken on: sensors.unknown or sensors.max forbids it", payload);
    return;
  }
  feed(slot, record.split);
  auto& entry = parts_.keeper.sensors()[slot];
  const auto& context = *entry.context;
  if (outcome.has_unit() && !context.unit.empty() && outcome.unit != context.unit) {
    reject(split, record, rejection::unit_changed,
           fmt::format("unit \"{}\" where the metadata says \"{}\"", outcome.unit, context.unit), payload);
    return;
  }
  if (split.silent && live_ && split.ahead.empty())
    decide(split, {decision::kind::awake, record.position, {}});
  split.last_accepted = last_look_;
  input_.accepted();
  ++untold_.accepted;

  reading& next = parts_.keeper.room();
  next = reading{};
  next.closing = closing_of(slot, split);
  const auto stamp = split.clock.take(context.key, outcome.time, record.arrival);
  next.time = outcome.time;
  next.value = outcome.value;
  next.quality = outcome.quality;
  next.watermark = stamp.watermark;
  next.activity = stamp.activity;
  next.position = record.position;
  next.type = outcome.type;
  next.split = record.split;
  next.hour = parts_.plant.hour_of(entry, outcome.time);
  next.flags = static_cast<uint8_t>((stamp.far_ahead ? reading::far_ahead : 0) |
                                    (outcome.unknown_type ? reading::unknown_type : 0) |
                                    (outcome.quality_out_of_range ? reading::quality_out_of_range : 0));
  entry.seen = split.clock.watermark();
  ++sent_;
  parts_.keeper.send(slot, next);
}

uint32_t driver::slot_of(split_state& split, const prepared_record& prepared) {
  const auto& outcome = prepared.outcome;
  auto& sensors = parts_.keeper.sensors();
  const uint32_t found = sensors.find(prepared.hash, outcome.facility_id, outcome.sensor_id);
  if (found != sensor_registry::none)
    return found;
  auto context = parts_.plant.context_of(*split.metadata, outcome.facility_id, outcome.sensor_id);
  const bool refused = parts_.settings.sensors_unknown == unknown_sensor_policy::dead_letter &&
                       !split.metadata->lookup(outcome.facility_id, outcome.sensor_id);
  if (refused || sensors.size() >= parts_.settings.sensors_max)
    return sensor_registry::none;
  return parts_.keeper.admit(std::move(context), {});
}

// A sensor has one split; in another one as well it is a misconfiguration, but processed.
void driver::feed(uint32_t slot, uint16_t split) {
  auto& entry = parts_.keeper.sensors()[slot];
  if (entry.has_split && entry.split == split)
    return;
  auto& own = splits_[split];
  if (!entry.has_split) {
    entry.split = split;
    entry.has_split = true;
    ++own.sensors;
    if (entry.metadata_of != own.metadata.get()) {
      parts_.plant.refresh(parts_.keeper, slot, *own.metadata);
      entry.metadata_of = own.metadata.get();
    }
    return;
  }
  auto& feeding = shared_sensors_[slot];
  if (feeding.empty())
    feeding.push_back(entry.split);
  if (std::find(feeding.begin(), feeding.end(), split) != feeding.end())
    return;
  feeding.push_back(split);
  const auto& key = entry.context->key;
  count("misconfigured", "sensor-in-two-splits");
  wrong(rule::misconfigured, key.facility.text + "/" + key.sensor.text,
        fmt::format("its readings come in two splits, {} and {}: they have no common order", splits_[feeding[0]].name,
                    own.name));
}

event_time driver::closing_of(uint32_t slot, const split_state& own) const {
  if (shared_sensors_.empty())
    return own.clock.watermark();
  const auto shared = shared_sensors_.find(slot);
  if (shared == shared_sensors_.end())
    return own.clock.watermark();
  event_time smallest = own.clock.watermark();
  for (const uint16_t each : shared->second)
    if (!splits_[each].silent)
      smallest = std::min(smallest, splits_[each].clock.watermark());
  return smallest;
}

void driver::dead_letter(event_time at, std::string_view split, uint64_t position, std::string_view reason,
                         std::string_view detail, std::string_view payload) {
  add_dead_letter(own_, at, split, position, reason, detail, payload);
}

// Its barrier may have been cut, but waits for this sensor: only with that is it sure to be committed when its position is.
void driver::refused(const reading& r, const std::string& reason, bool quarantined) {
  const char* why = quarantined ? "quarantined" : "killed-its-actor";
  const auto payload = payload_of(r);
  const auto refuse_into = [&](barrier_output& to) {
    ++to.counters[{"dead-letter", why}];
    add_dead_letter(to, r.time, splits_[r.split].name, r.position, why, reason, payload);
  };
  if (r.barrier == parts_.keeper.barrier() || !parts_.outputs.amend(r.barrier, refuse_into))
    refuse_into(own_);
}

void driver::count(std::string counter, std::string label, uint64_t n) {
  own_.counters[{std::move(counter), std::move(label)}] += n;
}

void driver::cut() {
  last_cut_ = steady::now();
  const bool nothing = taken_since_cut_ == 0 && !parts_.keeper.changed() && own_.transitions.empty();
  if (nothing)
    return;
  taken_since_cut_ = 0;
  parts_.keeper.cut([&](barrier_output& output) {
    output.dead_letters = std::move(own_.dead_letters);
    output.dead_letter_rows = own_.dead_letter_rows;
    output.dead_letters_first = own_.dead_letters_first;
    output.dead_letters_last = own_.dead_letters_last;
    output.counters = std::move(own_.counters);
    for (auto& each : own_.transitions)
      output.transitions.push_back(std::move(each));
    for (size_t i = 0; i < splits_.size(); ++i)
      if (std::exchange(splits_[i].changed, false)) {
        output.split_states.emplace_back(splits_[i].name, encode_split(splits_[i]));
        output.positions.emplace_back(splits_[i].name, splits_[i].next);
        output.position_numbers.emplace_back(static_cast<uint16_t>(i), splits_[i].next);
      }
  });
  own_ = {};
}

// Quiet sensors learn that time moved on: never all at once, and none twice within ten seconds of event time.
void driver::sweep(size_t most) {
  auto& sensors = parts_.keeper.sensors();
  if (sweep_at_ == 0) {
    event_time newest = never;
    for (const auto& split : splits_)
      newest = std::max(newest, split.clock.watermark());
    parts_.status.watermark_ms = newest == never ? 0 : epoch_ms(newest);
    if (newest == never || newest - sweep_from_ < sweep_step)
      return;
    sweep_from_ = newest;
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
    if (closing - entry.told < sweep_step || parts_.outputs.idle(sweep_at_))
      continue;
    parts_.keeper.tick(sweep_at_, closing, split.clock.activity(), false);
  }
  if (sweep_at_ >= end)
    sweep_at_ = 0;
}

void driver::apply(split_state& split, const decision& entry) {
  switch (entry.what) {
  case decision::kind::silent:
    split.silent = true;
    break;
  case decision::kind::awake:
    split.silent = false;
    break;
  case decision::kind::metadata:
    split.metadata = parts_.plant.version(entry.content);
    parts_.plant.refresh_split(parts_.keeper, static_cast<uint16_t>(&split - splits_.data()), *split.metadata);
  }
  split.changed = true;
}

// What cannot be logged is not decided: it would be decided otherwise at a recovery. It is tried again a second later.
bool driver::decide(split_state& split, decision entry) {
  const std::string subject = "log of decisions";
  if (parts_.decisions) {
    if (last_look_ < decide_again_)
      return false;
    try {
      parts_.decisions->append(split.name, entry);
    } catch (const failure& problem) {
      if (problem.code() != failure_code::journal_unwritable)
        throw;
      decide_again_ = last_look_ + 1s;
      wrong(rule::ledger, subject, problem.what());
      return false;
    }
    fine(rule::ledger, subject, "it can be written again");
  }
  apply(split, entry);
  return true;
}

void driver::look_at_silence(steady::time_point now) {
  size_t silent = 0;
  for (auto& split : splits_) {
    if (!split.silent && split.ahead.empty() && split.clock.watermark() != never &&
        now - split.last_accepted > parts_.settings.source_silent_after)
      decide(split, {decision::kind::silent, split.next, {}});
    silent += split.silent;
  }
  // When everything is silent it is the source, and one page says so.
  const std::string all = "every split of " + parts_.readings.identity();
  const bool everything = silent > 1 && silent == splits_.size();
  if (everything)
    wrong(rule::source_silent, all,
          fmt::format("no accepted reading for {} s from any of {} splits with {} sensors",
                      parts_.settings.source_silent_after.count() / 1000, silent, parts_.keeper.sensors().living()));
  else
    fine(rule::source_silent, all, "readings come again");
  for (const auto& split : splits_) {
    if (!split.silent)
      fine(rule::source_silent, split.name, "readings come again");
    else if (!everything)
      wrong(rule::source_silent, split.name,
            fmt::format("no accepted reading for {} s; {} sensors are behind it, last position {}",
                        parts_.settings.source_silent_after.count() / 1000, split.sensors,
                        split.next == 0 ? 0 : split.next - 1));
  }
}

void driver::look_at_metadata() {
  try {
    if (const auto id = parts_.plant.changed_version()) {
      metadata_wanted_ = *id;
      fine(rule::misconfigured, "metadata", "the files are right again");
    }
  } catch (const failure& problem) {
    const bool of_journal = problem.code() == failure_code::journal_unwritable;
    wrong(of_journal ? rule::ledger : rule::misconfigured, "metadata", problem.what());
    return;
  }
  fine(rule::ledger, "metadata", "it can be written again");
  if (metadata_wanted_.empty())
    return;
  const auto wanted = parts_.plant.version(metadata_wanted_);
  for (auto& split : splits_)
    if (split.metadata != wanted && !decide(split, {decision::kind::metadata, split.next, metadata_wanted_}))
      return;
  spdlog::info("metadata changed: version {} from here on", std::exchange(metadata_wanted_, {}));
}

void driver::look_at_reports() {
  std::vector<report_entry> reports;
  {
    std::lock_guard guard{reports_mutex_};
    reports.swap(reports_);
  }
  for (auto& each : reports)
    each.wrong ? wrong(each.which, each.subject, std::move(each.reason))
               : fine(each.which, each.subject, std::move(each.reason));
}

void driver::report(rule which, std::string subject, bool wrong, std::string reason) {
  std::lock_guard guard{reports_mutex_};
  reports_.push_back({which, std::move(subject), wrong, std::move(reason)});
}

void driver::wrong(rule which, const std::string& subject, std::string reason) {
  if (!live_)
    return;
  auto raised = conditions_.raise(which, subject, wall_now(), std::move(reason));
  if (!raised)
    return;
  parts_.tell(*raised);
  own_.transitions.push_back({*raised, sensor_registry::none, 0});
}

void driver::fine(rule which, const std::string& subject, std::string reason) {
  if (!live_)
    return;
  auto cleared = conditions_.clear(which, subject, wall_now(), std::move(reason));
  if (!cleared)
    return;
  parts_.tell(*cleared);
  own_.transitions.push_back({*cleared, sensor_registry::none, 0});
}

void driver::handle(const source_event& event) {
  const std::string split = event.split < splits_.size() ? splits_[event.split].name : std::string{};
  switch (event.what) {
  case source_event::kind::unreachable:
    parts_.status.source_reachable = false;
    spdlog::warn("source unreachable, trying again: {}", event.detail);
    break;
  case source_event::kind::reachable:
    parts_.status.source_reachable = true;
    spdlog::info("source reachable: {}", event.detail);
    break;
  case source_event::kind::lost: {
    const uint64_t lost = event.to > event.from ? event.to - event.from : 0;
    count("lost", split, lost);
    // Committed with its count: otherwise the next start finds, counts and tells the same gap.
    if (event.split < splits_.size()) {
      splits_[event.split].next = event.to;
      splits_[event.split].changed = true;
      ++taken_since_cut_;
    }
    wrong(rule::misconfigured, fmt::format("lost readings of {} from {}", split, event.from),
          fmt::format("the source no longer has positions {} to {} ({} readings): going on at {}. {}", event.from,
                      event.to, lost, event.to, event.detail));
    break;
  }
  case source_event::kind::damaged:
    count("damaged", split);
    spdlog::warn("{}: {}", split, event.detail);
    break;
  case source_event::kind::split_added:
    break;
  }
}

// Only what is wholly committed may leave; a sensor that comes back is read from the ledger.
void driver::forget_silent() {
  auto& sensors = parts_.keeper.sensors();
  for (uint32_t slot = 0; slot < sensors.size(); ++slot) {
    const auto& entry = sensors[slot];
    if (!entry.actor || !entry.has_split || entry.split >= splits_.size() || entry.seen == never)
      continue;
    if (splits_[entry.split].clock.watermark() - entry.seen > parts_.settings.sensors_forget_after)
      parts_.keeper.put_to_sleep(slot);
  }
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
      parts_.keeper.tick(slot, closing, split.clock.activity(), false);
      if (!live_)
        parts_.keeper.tick(slot, closing, split.clock.activity(), true);
    }
  }
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
    for (const auto& [slot, reason] : parts_.keeper.restart_dead())
      spdlog::error("sensor {} quarantined: {}", parts_.keeper.sensors()[slot].context->key.sensor.text, reason);
    parts_.keeper.release();
    parts_.keeper.ask_quiet(ask_slice * 16);
    if (!last && parts_.outputs.pending() < 2 && sent_ <= parts_.outputs.judged()) {
      cut();
      last = true;
    }
    if (last && parts_.outputs.pending() == 0)
      return;
    std::this_thread::sleep_for(200us);
  }
  // A node that is stopped while it is busy has done nothing wrong.
  parts_.status.uncommitted = !hurried || parts_.status.ledger_failing;
  spdlog::log(parts_.status.uncommitted ? spdlog::level::err : spdlog::level::info,
              "what came since the last commit is not committed: it is read again at the next start");
}

} // namespace millwright

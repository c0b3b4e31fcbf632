#include "runtime/entry/reading_intake.hpp"

#include "runtime/entry/dead_letter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace millwright {

// A sensor is seldom in a cache when its reading comes. Records are therefore prepared some at a time: parsed, then the
// memory asked for where their sensors stand, and looked at, in the order of the log, only after the next ones have
// been prepared.
void reading_intake::take(const std::vector<raw_record>& records) {
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
    for (size_t i = begin; i < end_of(begin); ++i) {
      take(records[i], group_at(begin)[static_cast<ptrdiff_t>(i - begin)]);
      parts_.decisions.apply_reached(parts_.splits[records[i].split]);
    }
  }
  tell_taken();
}

void reading_intake::tell_taken() {
  auto& status = parts_.status;
  status.taken.fetch_add(std::exchange(untold_.taken, 0), std::memory_order_relaxed);
  status.taken_bytes.fetch_add(std::exchange(untold_.bytes, 0), std::memory_order_relaxed);
  const uint64_t accepted = std::exchange(untold_.accepted, 0);
  status.accepted.fetch_add(accepted, std::memory_order_relaxed);
  if (accepted > 0) {
    status.reading_seen(parts_.clock.wall_at_last_look_ms(), parts_.clock.last_look());
    parts_.place.spoke();
  }
}

void reading_intake::prepare(const raw_record& record, prepared_record& to) {
  // Ids are unescaped in place: only then does the payload not stay as it was.
  to.payload = record.written.empty() ? std::string_view{record.data, record.size} : record.written;
  if (record.written.empty() && record.size > 0 && std::memchr(record.data, '\\', record.size) != nullptr) {
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

void reading_intake::take(const raw_record& record, const prepared_record& prepared) {
  auto& split = parts_.splits[record.split];
  parts_.decisions.pass(split, record.position);
  split.next = record.position + 1;
  split.changed = true;
  parts_.share.moved();
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

void reading_intake::reject(split_state& split, const raw_record& record, rejection reason, std::string_view detail,
                            std::string_view payload) {
  parts_.status.rejected.fetch_add(1, std::memory_order_relaxed);
  input_.rejected(reason, payload);
  parts_.share.count("rejected", std::string{name_of(reason)});
  lay_aside(split, record, name_of(reason), detail, payload);
}

void reading_intake::accept(split_state& split, const raw_record& record, const prepared_record& prepared) {
  const auto& outcome = prepared.outcome;
  const auto payload = prepared.payload;
  if (parts_.roster && parts_.roster->any_retired() && retired(split, record, outcome))
    return;
  const uint32_t slot = slot_of(split, prepared);
  if (slot == sensor_registry::none) {
    parts_.status.sensors_refused.fetch_add(1, std::memory_order_relaxed);
    parts_.share.count("dead-letter", "unknown-sensor");
    lay_aside(split, record, "unknown-sensor", "the sensor is not taken on: sensors.unknown or sensors.max forbids it",
              payload);
    return;
  }
  parts_.feeds.took(slot, record.split);
  auto& entry = parts_.keeper.sensors()[slot];
  parts_.changes.join(slot, entry.split < parts_.splits.size() ? parts_.splits[entry.split] : split);
  const auto& context = *entry.context;
  if (outcome.has_unit() && !context.unit.empty() && outcome.unit != context.unit) {
    reject(split, record, rejection::unit_changed,
           fmt::format("unit \"{}\" where the metadata says \"{}\"", outcome.unit, context.unit.view()), payload);
    return;
  }
  hear(split, record);
  if (outcome.quality_out_of_range)
    quality_.odd(outcome.odd_quality);
  ++untold_.accepted;

  parts_.modes.pass(split);
  reading next;
  next.closing = parts_.feeds.closing_of(slot, split);
  const auto stamped = parts_.stamps.stamp(split, record, context.key, outcome.time);
  next.time = outcome.time;
  next.value = outcome.value;
  next.quality = outcome.quality;
  next.watermark = entry.shared ? std::max(stamped.watermark, split.awake_from) : stamped.watermark;
  next.activity = stamped.activity;
  next.awake_from = split.awake_from;
  next.position = record.position;
  next.type = outcome.type;
  next.split = record.split;
  const auto local = parts_.plant.local_time_of(entry, outcome.time);
  next.hour = static_cast<uint8_t>(local.hour_of_day & 31);
  next.day = static_cast<uint8_t>(local.day_of_week & 7);
  next.flags = static_cast<uint8_t>(
      (stamped.far_ahead ? reading::far_ahead : 0) | (stamped.ahead ? reading::ahead : 0) |
      (recorded_ && !record.arrival ? reading::replayed : 0) |
      (parts_.live && split.end.at_end() ? reading::at_end : 0) | (outcome.unknown_type ? reading::unknown_type : 0) |
      (outcome.quality_out_of_range ? reading::quality_out_of_range : 0) |
      (entry.gated && !parts_.modes.judges(slot, split) ? reading::not_judged : 0));
  entry.seen = split.clock.watermark();
  entry.spoke = parts_.clock.second();
  parts_.skews.took(entry, slot, record.split, outcome.time, stamped);
  if (parts_.load)
    parts_.load->accepted(sent_, outcome.time, parts_.clock.wall());
  ++sent_;
  parts_.keeper.send(slot, next);
  if (entry.decides) [[unlikely]]
    parts_.modes.decided(slot, split, next);
}

void reading_intake::hear(split_state& split, const raw_record& record) {
  if (split.silent && parts_.live && split.ahead.empty())
    parts_.silences.wake(split, record.position);
  split.heard = split.spoke = true;
  input_.accepted();
}

// Its split lives; of all else nobody is to judge it.
bool reading_intake::retired(split_state& split, const raw_record& record, const parse_outcome& outcome) {
  if (!parts_.roster->retired_sent(outcome.facility_id, outcome.sensor_id, split.clock.watermark()))
    return false;
  hear(split, record);
  parts_.share.count("retired", {});
  return true;
}

uint32_t reading_intake::slot_of(split_state& split, const prepared_record& prepared) {
  const auto& outcome = prepared.outcome;
  auto& sensors = parts_.keeper.sensors();
  const uint32_t found = sensors.find(prepared.hash, outcome.facility_id, outcome.sensor_id);
  if (found != sensor_registry::none)
    return found;
  // Once taken on it is let in: nobody else watches what it sends.
  if (const auto woken = wake(split, outcome.facility_id, outcome.sensor_id))
    return *woken;
  const bool unknown = parts_.settings.sensors_unknown == unknown_sensor_policy::dead_letter &&
                       !split.metadata->lookup(outcome.facility_id, outcome.sensor_id);
  if (unknown)
    return sensor_registry::none;
  if (sensors.known() >= parts_.settings.sensors_max) {
    refusals_.refused(prepared.hash, outcome.facility_id, outcome.sensor_id);
    return sensor_registry::none;
  }
  return in_step(
      parts_.keeper.admit(parts_.plant.context_of(*split.metadata, outcome.facility_id, outcome.sensor_id), {}), split);
}

std::optional<uint32_t> reading_intake::wake(split_state& split, std::string_view facility, std::string_view sensor) {
  if (!parts_.roster)
    return std::nullopt;
  const auto context = [&] { return parts_.plant.context_of(*split.metadata, facility, sensor); };
  const auto woken = parts_.roster->wake(facility, sensor, context, parts_.share.output());
  return woken ? std::optional{in_step(*woken, split)} : std::nullopt;
}

uint32_t reading_intake::in_step(uint32_t slot, const split_state& split) {
  auto& entry = parts_.keeper.sensors()[slot];
  entry.metadata_of = split.metadata.get();
  entry.joined = split.change;
  return slot;
}

std::optional<uint32_t> reading_intake::known(split_state& split, const sensor_key& key) {
  const uint32_t found = parts_.keeper.sensors().find(key.facility.text, key.sensor.text);
  return found != sensor_registry::none ? std::optional{found} : wake(split, key.facility.text, key.sensor.text);
}

// What waits for its commit is counted with the readings that do.
void reading_intake::lay_aside(split_state& split, const raw_record& record, std::string_view reason,
                               std::string_view detail, std::string_view payload) {
  const auto time = split.clock.watermark();
  if (const size_t bytes = keep_dead_letter(
          split.letters, time, parts_.settings.dead_letters_kept,
          {record.arrival.value_or(time), split.name, record.position, reason, detail, payload}, parts_.share.output()))
    parts_.keeper.charge(bytes);
}

// Its barrier may have been cut, but waits for this sensor: only with that is the letter sure to be committed when the
// reading's position is.
void reading_intake::refused(const reading& r, const std::string& reason, bool quarantined) {
  const char* why = quarantined ? "quarantined" : "killed-its-actor";
  const auto payload = payload_of(r);
  auto& split = parts_.splits[r.split];
  const auto refuse_into = [&](barrier_output& to) {
    ++to.counters[{"dead-letter", why}];
    if (const size_t bytes = keep_dead_letter(split.letters, split.clock.watermark(), parts_.settings.dead_letters_kept,
                                              {r.time, split.name, r.position, why, reason, payload}, to))
      parts_.keeper.charge(bytes);
    split.changed = true;
  };
  if (r.barrier == parts_.keeper.barrier() || !parts_.outputs.amend(r.barrier, refuse_into))
    refuse_into(parts_.share.output());
}

void reading_intake::look(std::chrono::steady_clock::time_point now) {
  if (const auto verdict = input_.look(now)) {
    if (verdict->bad)
      parts_.own.wrong(rule::bad_input, "input", verdict->text);
    else
      parts_.own.fine(rule::bad_input, "input", "a minute with few rejected readings");
  }
  if (const auto verdict = quality_.look(now, parts_.status.accepted)) {
    if (verdict->bad)
      parts_.own.wrong(rule::misconfigured, "quality_score", verdict->text);
    else
      parts_.own.fine(rule::misconfigured, "quality_score", verdict->text);
  }
  if (const auto verdict = refusals_.look(now, parts_.status.accepted)) {
    if (verdict->bad)
      parts_.own.tell_reason(rule::misconfigured, "sensors.max", verdict->text);
    else
      parts_.own.fine(rule::misconfigured, "sensors.max", verdict->text);
  }
}

} // namespace millwright

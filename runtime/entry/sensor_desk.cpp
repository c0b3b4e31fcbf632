#include "runtime/entry/sensor_desk.hpp"

#include "protocol/failure.hpp"
#include "runtime/hosting/sensor_entry_name.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace millwright {

namespace {

constexpr std::string_view said_prefix{"said of sensor\0", 15};

[[noreturn]] void refuse_word(const sensor_key& key, std::string_view why) {
  throw failure{failure_code::not_found, "", key.sensor.text + " of " + key.facility.text + ' ' + std::string{why}};
}

} // namespace

void sensor_desk::recover(std::map<std::string, std::string>& node_state) {
  for (auto each = node_state.lower_bound(std::string{said_prefix});
       each != node_state.end() && each->first.starts_with(said_prefix); each = node_state.erase(each))
    if (auto word = sensor_word::of(each->second))
      said_.insert_or_assign(word->key, std::move(*word));
}

split_state& sensor_desk::split_or_first(bool has, uint16_t number) {
  return parts_.splits[has && number < parts_.splits.size() ? number : 0];
}

// Its readings behind that place are judged by what it learns from there on, in a recovery too.
split_state& sensor_desk::split_of(const sensor_key& key) {
  const auto& sensors = parts_.keeper.sensors();
  const uint32_t slot = sensors.find(key.facility.text, key.sensor.text);
  const auto sleeper =
      slot == sensor_registry::none && parts_.roster ? parts_.roster->split_of_sleeper(key) : std::optional<uint16_t>{};
  if (slot == sensor_registry::none && !sleeper)
    refuse_word(key, "is no sensor that this node knows");
  if (slot != sensor_registry::none && sensors[slot].quarantined)
    refuse_word(key, "is quarantined, and judged no more until the next start: say it again behind that");
  if (parts_.splits.empty())
    refuse_word(key, "cannot be told yet, for nothing has been read: say it again when the source can be reached");
  return sleeper ? split_or_first(true, *sleeper) : split_or_first(sensors[slot].has_split, sensors[slot].split);
}

split_state& sensor_desk::split_for(const sensor_word& wanted) {
  const auto* retired = parts_.roster ? parts_.roster->retired(wanted.key) : nullptr;
  if (wanted.what != sensor_word::kind::unretire) {
    if (retired)
      refuse_word(wanted.key, "is retired since " + to_iso(retired->at) + ", by " + retired->who() +
                                  "; millwright retire --back has it in service again");
    return split_of(wanted.key);
  }
  if (!retired)
    refuse_word(wanted.key, "is not retired");
  if (parts_.roster->is_leaving(wanted.key))
    refuse_word(wanted.key, "is being taken out of service, which takes until the next commit: say it again then");
  if (parts_.splits.empty())
    refuse_word(wanted.key, "cannot be told yet, for nothing has been read: say it again when the source can be "
                            "reached");
  return split_or_first(true, retired->split);
}

std::optional<event_time> sensor_desk::note(sensor_word wanted) {
  if (parts_.splits.said_is_ahead())
    return std::nullopt;
  auto& split = split_for(wanted);
  const auto newest = parts_.splits.newest_time();
  wanted.at = parts_.own_time && newest != never ? newest : std::max(newest, driver_clock::wall_now());
  if (!parts_.decisions.decide(split, {decision::kind::sensor, split.next, wanted.content()}))
    refuse_word(wanted.key,
                "was not told: the log of decisions cannot be written, as the alarm `ledger` says; say it again");
  return wanted.at;
}

void sensor_desk::tell(split_state& split, const decision& entry) {
  split.note_told(entry.position);
  parts_.share.moved();
  const auto word = sensor_word::of(entry.content);
  if (!word)
    return spdlog::error("what a person had a sensor do cannot be read: {}", entry.content);
  if (word->what == sensor_word::kind::relearn)
    return learn_anew(split, *word);
  if (!parts_.roster)
    return;
  auto& own = parts_.share.output();
  if (word->what == sensor_word::kind::unretire)
    return parts_.roster->bring_back(word->key, own);
  if (said_.erase(word->key) > 0)
    own.node_entries.emplace_back(sensor_entry_name(said_prefix, word->key), std::string{});
  parts_.roster->retire(word->key, {word->at, word->by, word->user, parts_.splits.number_of(split)}, own);
}

void sensor_desk::learn_anew(split_state& split, const sensor_word& word) {
  const auto sleeper = parts_.roster ? parts_.roster->split_of_sleeper(word.key) : std::nullopt;
  const auto slot = parts_.intake.known(split, word.key);
  if (!slot)
    return spdlog::warn("{} of {} was to {}, and nobody knows it any more", word.key.sensor.text,
                        word.key.facility.text, name_of(word.what));
  // Awake, it hears of its split's time, and may fall asleep again.
  if (sleeper && *sleeper == parts_.splits.number_of(split))
    parts_.feeds.took(*slot, parts_.splits.number_of(split));
  const auto& sensor = parts_.keeper.sensors()[*slot];
  auto& own = sensor.has_split && sensor.split < parts_.splits.size() ? parts_.splits[sensor.split] : split;
  parts_.changes.join(*slot, own);
  if (!parts_.keeper.have_learn_anew(*slot, {.closing = parts_.feeds.closing_of(*slot, own),
                                             .activity = own.clock.activity(),
                                             .split = parts_.splits.number_of(own),
                                             .position = own.newest(),
                                             .at_end = true}))
    return spdlog::warn("{} of {} was to {}, and is quarantined", word.key.sensor.text, word.key.facility.text,
                        name_of(word.what));
  parts_.share.output().node_entries.emplace_back(sensor_entry_name(said_prefix, word.key), word.content());
  said_.insert_or_assign(word.key, word);
}

std::optional<sensor_word> sensor_desk::said_of(const sensor_key& key) const {
  const auto found = said_.find(key);
  return found == said_.end() ? std::nullopt : std::optional{found->second};
}

} // namespace millwright

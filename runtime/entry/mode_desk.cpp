#include "runtime/entry/mode_desk.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

/// In one entry of a log.
constexpr size_t most_in_an_entry = 1000;
/// A sensor that another split has heard of so much later has moved there.
constexpr milliseconds moved_after{600'000};

operating_mode mode_of(const sensor_context& context) {
  return operating_mode::of(context.when.view()).value_or(operating_mode{});
}

} // namespace

const std::vector<uint32_t>* mode_desk::concerned(const mode_key& of) {
  const auto& sensors = keeper_.sensors();
  if (index_of_ != sensors.gated_changes()) {
    index_.clear();
    for (uint32_t slot = 0; slot < sensors.size(); ++slot)
      if (sensors[slot].gated)
        for (auto& each : mode_of(*sensors[slot].context).all_of)
          index_[{sensors[slot].context->key.facility.text, std::move(each)}].push_back(slot);
    index_of_ = sensors.gated_changes();
  }
  const auto found = index_.find(of);
  return found == index_.end() ? nullptr : &found->second;
}

void mode_desk::pass_due(split_state& split) {
  for (const auto& each : split.modes.pass(split.clock.watermark(), split.clock.activity()))
    spread(split, each);
}

// It has sent nothing in this run, or other splits feed it too.
void mode_desk::look_up(uint32_t slot, split_state& split) {
  auto& entry = keeper_.sensors()[slot];
  const auto& facility = entry.context->key.facility.text;
  const auto mode = mode_of(*entry.context);
  bool any_told_elsewhere = false;
  for (const auto& each : mode.all_of) {
    const mode_key of{facility, each};
    split.modes.ask(of, split.clock.activity());
    const auto* known = split.modes.find(of);
    const bool told_elsewhere = std::any_of(splits_.begin(), splits_.end(), [&](const auto& other) {
      const auto* there = &other == &split ? nullptr : other.modes.find(of);
      return there && there->own && there->number > known->number;
    });
    if (told_elsewhere)
      untold_.insert(of);
    any_told_elsewhere |= told_elsewhere;
  }
  if (any_told_elsewhere && !decisions_.has_log())
    look();
  entry.mode_told = true;
  entry.not_judged = !split.modes.hold(facility, mode);
}

void mode_desk::decided(uint32_t slot, split_state& split, const reading& r) {
  if (r.quality < bad_quality_below_ || r.is(reading::far_ahead))
    return;
  const auto& key = keeper_.sensors()[slot].context->key;
  for (const auto& each : split.metadata->decided_by(key.sensor.view())) {
    const mode_key of{key.facility.text, each};
    if (split.modes.take(of, r.value, r.time, split.clock.watermark(), split.clock.activity()))
      spread(split, of);
  }
}

void mode_desk::spread(split_state& split, const mode_key& of) {
  if (const auto* all = concerned(of))
    for (const auto slot : *all) {
      const auto& entry = keeper_.sensors()[slot];
      if (entry.has_split && entry.split == splits_.number_of(split))
        renew(slot, split);
    }
  if (splits_.size() < 2)
    return;
  untold_.insert(of);
  // A replay has no log that would have to be waited for.
  if (!decisions_.has_log())
    look();
}

// What fell due before is decided by the mode before, whenever the sensor would have been told of it.
void mode_desk::renew(uint32_t slot, const split_state& split) {
  auto& entry = keeper_.sensors()[slot];
  const bool not_judged = !split.modes.hold(entry.context->key.facility.text, mode_of(*entry.context));
  if (entry.mode_told && entry.not_judged == not_judged)
    return;
  tick(slot, split);
  entry.mode_told = true;
  entry.not_judged = not_judged;
  tick(slot, split);
}

void mode_desk::tick(uint32_t slot, const split_state& split) {
  if (split.clock.watermark() != never)
    keeper_.tick(slot, {.closing = feeds_.closing_of(slot, split),
                        .activity = split.clock.activity(),
                        .split = splits_.number_of(split),
                        .position = split.newest()});
}

void mode_desk::tell(split_state& split, const decision& entry) {
  share_.moved();
  const auto said = mode_entry::of(entry.content);
  if (!said)
    return spdlog::error("what was decided of a machine's mode cannot be read: {}", entry.content);
  for (const auto& each : said->all) {
    const mode_key of{each.facility, each.of};
    if (!split.modes.tell(of, each.holds, each.number))
      continue;
    if (const auto* all = concerned(of))
      for (const auto slot : *all)
        if (const auto& sensor = keeper_.sensors()[slot]; sensor.has_split && sensor.split == splits_.number_of(split))
          renew(slot, split);
  }
}

void mode_desk::changed_metadata(split_state& split) {
  split.modes.keep([&](const mode_key& of) {
    const auto all = split.metadata->decided_by(of.of.sensor);
    return std::find(all.begin(), all.end(), of.of) != all.end();
  });
}

// Whose sensors depend on it, and who has not heard of what was decided. What its log has before a crash, at a place
// that is still to be read again, comes first.
bool mode_desk::wants(const split_state& split, const mode_key& of, const mode_state& decided) const {
  const auto* known = split.modes.find(of);
  if (known && (known->number >= decided.number || (known->own && decided.newest - known->newest < moved_after)))
    return false;
  const auto found = index_.find(of);
  return found != index_.end() && std::any_of(found->second.begin(), found->second.end(), [&](uint32_t slot) {
           const auto& entry = keeper_.sensors()[slot];
           return entry.has_split && entry.split == splits_.number_of(split);
         });
}

mode_entry mode_desk::entry_for(const split_state& split, std::set<mode_key>& later) {
  mode_entry out;
  const bool waits = std::any_of(split.ahead.begin(), split.ahead.end(),
                                 [](const auto& each) { return each.what == decision::kind::mode; });
  for (const auto& of : untold_) {
    concerned(of);
    const mode_state* newest = nullptr;
    for (const auto& each : splits_)
      if (const auto* there = &each == &split ? nullptr : each.modes.find(of);
          there && there->own && there->known && (!newest || there->number > newest->number))
        newest = there;
    if (!newest || !wants(split, of, *newest))
      continue;
    if (waits || out.all.size() == most_in_an_entry)
      later.insert(of);
    else
      out.all.push_back({of.facility, of.of, newest->holds, newest->number});
  }
  return out;
}

void mode_desk::look() {
  if (untold_.empty())
    return;
  std::set<mode_key> later;
  for (auto& split : splits_) {
    const auto entry = entry_for(split, later);
    if (entry.all.empty() || decisions_.decide(split, {decision::kind::mode, split.next, entry.content()}))
      continue;
    for (const auto& each : entry.all)
      later.insert({each.facility, each.of});
  }
  untold_ = std::move(later);
}

} // namespace millwright

#include "runtime/entry/quiet_sweep.hpp"

namespace millwright {

bool quiet_sweep::begin() {
  bool moved = false;
  for (size_t i = 0; i < splits_.size(); ++i) {
    const auto& clock = splits_[i].clock;
    moved = moved || (clock.watermark() != never && pace_.moved(i, clock.activity()));
  }
  const auto newest = splits_.newest_time();
  status_.watermark_ms = newest == never ? 0 : epoch_ms(newest);
  if (!moved)
    return false;
  for (size_t i = 0; i < splits_.size(); ++i)
    if (splits_[i].clock.watermark() != never)
      pace_.begun(i, splits_[i].clock.activity());
  return true;
}

const split_state* quiet_sweep::split_of(uint32_t slot) const {
  const auto& entry = keeper_.sensors()[slot];
  const bool has = entry.actor && entry.has_split && entry.split < splits_.size();
  return has ? &splits_[entry.split] : nullptr;
}

// Of several splits that feed it: how long a sensor has been silent is told by the clock of the one that its newest
// reading came from, and which that is, of readings that repeat each other, it knows alone.
void quiet_sweep::tell(uint32_t slot, event_time closing, bool last, bool at_end) {
  feeds_.for_each_of(slot, [&](uint16_t number) {
    const auto& split = splits_[number];
    keeper_.tick(slot, {.closing = closing,
                        .activity = split.clock.activity(),
                        .split = number,
                        .last = last,
                        .position = split.newest(),
                        .at_end = at_end && split.end.drained(clock_.last_look())});
  });
}

void quiet_sweep::go_on(size_t most) {
  if (at_ == 0 && !begin())
    return;
  auto& sensors = keeper_.sensors();
  const uint32_t end = sensors.size();
  for (; at_ < end && most > 0; ++at_, --most) {
    const auto* split = split_of(at_);
    if (!split)
      continue;
    auto& entry = sensors[at_];
    // A recovered sensor that has sent nothing since: its silence counts from the restart on.
    if (entry.seen == never)
      entry.seen = split->clock.watermark();
    const event_time closing = feeds_.closing_of(at_, *split);
    // While one of several splits stands still, so does the time by which windows close: the others' clocks go on.
    if ((!entry.shared && closing - entry.told < step_) || outputs_.idle(at_, entry.changed))
      continue;
    changes_.join(at_, *split);
    tell(at_, closing, false, live_);
  }
  if (at_ >= end)
    at_ = 0;
}

void quiet_sweep::tell_all(bool closes) {
  const uint32_t end = keeper_.sensors().size();
  for (uint32_t slot = 0; slot < end; ++slot) {
    const auto* split = split_of(slot);
    if (!split)
      continue;
    const event_time closing = feeds_.closing_of(slot, *split);
    changes_.join(slot, *split);
    tell(slot, closing, false, false);
    if (closes)
      tell(slot, closing, true, false);
  }
}

} // namespace millwright

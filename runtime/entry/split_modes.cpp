#include "runtime/entry/split_modes.hpp"

#include <algorithm>
#include <cmath>

namespace millwright {

namespace {

enum mode_flag : uint8_t { holds_flag = 1, known_flag = 2, own_flag = 4, beyond_flag = 8, above_flag = 16 };

// When time alone makes it hold.
milliseconds due_of(const mode_key& of, const mode_state& state) {
  if (state.holds)
    return milliseconds::max();
  if (!state.known)
    return state.since + split_modes::patience;
  return state.own && state.beyond ? state.since + of.of.held : milliseconds::max();
}

} // namespace

void split_modes::refresh() {
  next_due_ = milliseconds::max();
  for (const auto& [of, state] : all_)
    next_due_ = std::min(next_due_, due_of(of, state));
}

// By the split's time, so that whoever decides next, in this split or another, goes on behind it.
void split_modes::decide(mode_state& state, bool holds, event_time now) {
  state.holds = holds;
  state.known = true;
  state.number = std::max({state.number + 1, uint64_t{1}, static_cast<uint64_t>(std::max<int64_t>(0, epoch_ms(now)))});
}

bool split_modes::take(const mode_key& of, double value, event_time at, event_time now, milliseconds activity) {
  const auto found = all_.try_emplace(of).first;
  auto& state = found->second;
  if (state.own && at <= state.newest && state.newest - at < set_back)
    return false;
  const bool beyond = of.of.above ? value > of.of.bound : value < of.of.bound;
  // What another split's readings were before it began to send here says nothing of this clock.
  if (beyond && !(state.own && state.beyond))
    state.since = activity;
  const bool other = beyond != state.beyond || !state.own;
  state.own = true;
  state.beyond = beyond;
  state.newest = at;
  const bool holds = beyond && activity - state.since >= of.of.held;
  const bool changed = !state.known || holds != state.holds;
  if (changed)
    decide(state, holds, now);
  if (changed || other)
    refresh();
  return changed;
}

void split_modes::ask(const mode_key& of, milliseconds activity) {
  const auto [found, is_new] = all_.try_emplace(of);
  if (!is_new)
    return;
  found->second.since = activity;
  refresh();
}

std::vector<mode_key> split_modes::pass(event_time now, milliseconds activity) {
  std::vector<mode_key> out;
  for (auto& [of, state] : all_) {
    if (activity < due_of(of, state))
      continue;
    if (state.known)
      decide(state, true, now);
    else
      state.holds = true;
    out.push_back(of);
  }
  refresh();
  return out;
}

bool split_modes::tell(const mode_key& of, bool holds, uint64_t number) {
  auto& state = all_[of];
  if (number <= state.number)
    return false;
  const bool changed = !state.known || state.holds != holds;
  state.number = number;
  state.holds = holds;
  state.known = true;
  state.own = state.beyond = false;
  refresh();
  return changed;
}

bool split_modes::hold(const std::string& facility, const operating_mode& mode) const {
  return std::all_of(mode.all_of.begin(), mode.all_of.end(), [&](const auto& each) {
    const auto* state = find({facility, each});
    return state && state->holds;
  });
}

const mode_state* split_modes::find(const mode_key& of) const {
  const auto found = all_.find(of);
  return found == all_.end() ? nullptr : &found->second;
}

void split_modes::encode(binary_writer& out) const {
  out.varint(all_.size());
  for (const auto& [of, state] : all_) {
    out.text(of.facility);
    out.text(of.of.sensor);
    out.u8(static_cast<uint8_t>((state.holds ? holds_flag : 0) | (state.known ? known_flag : 0) |
                                (state.own ? own_flag : 0) | (state.beyond ? beyond_flag : 0) |
                                (of.of.above ? above_flag : 0)));
    out.f64(of.of.bound);
    out.varint(static_cast<uint64_t>(of.of.held.count()));
    out.varint(static_cast<uint64_t>(state.since.count()));
    out.time(state.newest);
    out.varint(state.number);
  }
}

bool split_modes::decode(binary_reader& in) {
  constexpr uint64_t longest_activity = uint64_t{1} << 52;
  *this = {};
  const auto n = in.count(22);
  for (uint64_t i = 0; i < n && in.ok(); ++i) {
    mode_key of;
    mode_state state;
    of.facility = in.text();
    of.of.sensor = in.text();
    const uint8_t flags = in.u8();
    state.holds = flags & holds_flag;
    state.known = flags & known_flag;
    state.own = flags & own_flag;
    state.beyond = flags & beyond_flag;
    of.of.above = flags & above_flag;
    of.of.bound = in.f64();
    const uint64_t held = in.varint(), since = in.varint();
    state.newest = in.time();
    state.number = in.varint();
    if (!std::isfinite(of.of.bound) || held > static_cast<uint64_t>(longest_mode_hold.count()) ||
        since > longest_activity)
      in.fail();
    of.of.held = milliseconds{static_cast<int64_t>(held)};
    state.since = milliseconds{static_cast<int64_t>(since)};
    if (in.ok())
      all_.emplace(std::move(of), state);
  }
  refresh();
  return in.ok();
}

} // namespace millwright

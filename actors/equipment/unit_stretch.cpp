#include "actors/equipment/unit_stretch.hpp"

#include <algorithm>

namespace millwright {

namespace {

constexpr uint64_t longest_activity = static_cast<uint64_t>((forever - never).count());

} // namespace

void session_pane::merge(const session_pane& other) {
  first = std::min(first, other.first);
  last = std::max(last, other.last);
  count += other.count;
}

unit_stretch::unit_stretch(const sensor_tally& x, milliseconds session_delay, double faults_below)
    : split{x.split()}, count{x.count()}, faults{x.below(faults_below)}, first{x.activity_first},
      last{x.activity_last()}, began{x.first_heard}, heard{x.heard_most()}, newest{x.ahead() ? never : x.newest()},
      first_position{x.first_position}, first_time{x.first_time()}, first_ahead{x.ahead()},
      first_fault{x.first_below(faults_below)}, first_in_session{x.on_time(session_delay)} {
  if (first_in_session)
    panes.push_back({x.oldest(), x.newest(), x.count()});
}

void unit_stretch::add(const session_pane& x) {
  const auto same = std::find_if(panes.begin(), panes.end(), [&](const auto& y) { return y.start() == x.start(); });
  same == panes.end() ? panes.push_back(x) : same->merge(x);
}

void unit_stretch::merge(const unit_stretch& other) {
  if (other.first_position < first_position) {
    first_position = other.first_position;
    began = other.began;
    first_time = other.first_time;
    first_ahead = other.first_ahead;
    first_fault = other.first_fault;
    first_in_session = other.first_in_session;
  }
  count += other.count;
  faults += other.faults;
  first = std::min(first, other.first);
  last = std::max(last, other.last);
  heard = std::max(heard, other.heard);
  newest = std::max(newest, other.newest);
  for (const auto& each : other.panes)
    add(each);
}

void unit_stretch::encode(binary_writer& out) const {
  out.varint(split);
  out.varint(count);
  out.varint(faults);
  out.svarint(first.count());
  out.svarint(last.count());
  for (const auto each : {began, heard, newest, first_time})
    out.time(each);
  out.varint(first_position);
  out.u8(static_cast<uint8_t>(first_ahead | first_fault << 1 | first_in_session << 2));
  out.varint(panes.size());
  for (const auto& each : panes) {
    out.time(each.first);
    out.varint(static_cast<uint64_t>((each.last - each.first).count()));
    out.varint(each.count);
  }
}

bool unit_stretch::decode(binary_reader& in) {
  *this = {};
  const uint64_t which = in.varint();
  split = static_cast<uint16_t>(which);
  count = static_cast<uint32_t>(in.varint());
  faults = static_cast<uint32_t>(in.varint());
  first = milliseconds{in.svarint()};
  last = milliseconds{in.svarint()};
  for (auto* each : {&began, &heard, &newest, &first_time})
    *each = in.time();
  first_position = in.varint();
  const uint8_t flags = in.u8();
  first_ahead = flags & 1;
  first_fault = flags & 2;
  first_in_session = flags & 4;
  panes.resize(in.count(10));
  for (auto& each : panes) {
    each.first = in.time();
    const uint64_t length = in.varint();
    if (length >= static_cast<uint64_t>(pane_length.count()) || each.first == never || each.first == forever)
      return false;
    each.last = each.first + milliseconds{static_cast<int64_t>(length)};
    each.count = static_cast<uint32_t>(in.varint());
  }
  const auto activity = [](milliseconds x) {
    return x.count() >= 0 && static_cast<uint64_t>(x.count()) <= longest_activity;
  };
  return in.ok() && which <= 0xffff && count > 0 && faults <= count && flags < 8 && activity(first) && activity(last) &&
         first <= last;
}

void join(std::vector<unit_stretch>& all, const unit_stretch& x, milliseconds pause) {
  const auto near = [&](const auto& y) { return y.near(x, pause); };
  const auto first = std::find_if(all.begin(), all.end(), near);
  if (first == all.end()) {
    all.push_back(x);
    return;
  }
  for (auto other = first + 1; (other = std::find_if(other, all.end(), near)) != all.end(); other = all.erase(other))
    first->merge(*other);
  first->merge(x);
}

} // namespace millwright

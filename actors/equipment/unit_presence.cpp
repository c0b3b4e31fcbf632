#include "actors/equipment/unit_presence.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace millwright {

unit_presence::feed* unit_presence::feed_of(uint16_t split) {
  const auto found = std::find_if(feeds_.begin(), feeds_.end(), [&](const auto& each) { return each.split == split; });
  return found == feeds_.end() ? nullptr : &*found;
}

bool unit_presence::take(const unit_stretch& x, milliseconds pause) {
  const auto waits =
      std::find_if(waiting_.rbegin(), waiting_.rend(), [&](const auto& y) { return y.split == x.split; });
  if (waits != waiting_.rend()) {
    waits->near(x, pause) ? waits->merge(x) : waiting_.push_back(x);
    return false;
  }
  auto* known = feed_of(x.split);
  if (!known || x.first >= known->last + pause) {
    waiting_.push_back(x);
    return false;
  }
  known->last = std::max(known->last, x.last);
  return true;
}

event_time unit_presence::end(const time_passed& time, milliseconds pause) {
  event_time last = never;
  for (auto& each : feeds_) {
    const auto* times = time.of(each.split);
    if (each.ended == never && times && times->activity >= each.last + pause)
      each.ended = times->time_at(each.last + pause);
    if (each.ended == never)
      return never;
    last = std::max(last, each.ended);
  }
  return last;
}

void unit_presence::follow(const unit_stretch& x) {
  if (auto* known = feed_of(x.split))
    *known = {x.split, x.last, never};
  else
    feeds_.push_back({x.split, x.last, never});
}

std::optional<unit_presence::step> unit_presence::next(const time_passed& time, milliseconds pause) {
  for (const auto& each : time.splits)
    if (feed_of(each.split) ||
        std::any_of(waiting_.begin(), waiting_.end(), [&](const auto& x) { return x.split == each.split; }))
      time_ = std::max(time_, each.time);
  const auto first = std::min_element(waiting_.begin(), waiting_.end(), [](const auto& a, const auto& b) {
    return std::tie(a.began, a.split) < std::tie(b.began, b.split);
  });
  const bool begins = first != waiting_.end() && first->began <= time.closing;
  if (online_)
    if (const event_time ended = end(time, pause);
        ended != never && ended <= time.closing && (!begins || ended <= first->began)) {
      online_ = false;
      since_ = ended;
      return step{step::kind::went_offline, ended, {}};
    }
  if (!begins)
    return std::nullopt;
  step out{online_ ? step::kind::goes_on : known() ? step::kind::came_online : step::kind::born, first->began, {}};
  out.stretch = std::move(*first);
  waiting_.erase(first);
  // One of each split waits where a unit begins, and none as a rule.
  if (waiting_.empty())
    waiting_.shrink_to_fit();
  follow(out.stretch);
  if (out.what != step::kind::goes_on)
    since_ = out.at;
  online_ = true;
  return out;
}

size_t unit_presence::heap_bytes() const {
  size_t sum = feeds_.capacity() * sizeof(feed) + waiting_.capacity() * sizeof(unit_stretch);
  for (const auto& each : waiting_)
    sum += each.panes.capacity() * sizeof(session_pane);
  return sum;
}

void unit_presence::encode(binary_writer& out) const {
  out.u8(online_ ? 1 : 0);
  out.time(since_);
  out.time(time_);
  out.varint(feeds_.size());
  for (const auto& each : feeds_) {
    out.varint(each.split);
    out.svarint(each.last.count());
    out.time(each.ended);
  }
  out.varint(waiting_.size());
  for (const auto& each : waiting_)
    each.encode(out);
}

bool unit_presence::decode(binary_reader& in) {
  *this = {};
  const uint8_t online = in.u8();
  online_ = online == 1;
  since_ = in.time();
  time_ = in.time();
  bool good = online <= 1;
  feeds_.resize(in.count(10));
  for (auto& each : feeds_) {
    const uint64_t split = in.varint();
    each.split = static_cast<uint16_t>(split);
    each.last = milliseconds{in.svarint()};
    each.ended = in.time();
    good = good && split <= 0xffff && each.last.count() >= 0 && each.last <= forever - never;
  }
  waiting_.resize(in.count(40));
  for (auto& each : waiting_)
    good = good && each.decode(in);
  return good && in.ok() && (!online_ || known());
}

} // namespace millwright

#include "actors/equipment/unit_sessions.hpp"

#include <algorithm>

namespace millwright {

namespace {

event_time due(const unit_session& x, milliseconds gap) {
  return align_down(x.last + gap + pane_length - milliseconds{1}, pane_length);
}

} // namespace

void unit_sessions::take(const session_pane& pane, milliseconds gap) {
  if (pane.start() + pane_length <= closed_)
    return;
  unit_session x{pane.first, pane.last, pane.count};
  // The first that is not wholly a gap or more before it, up to the first that is as far behind it.
  const auto from = std::find_if(open_.begin(), open_.end(), [&](const auto& y) { return x.first - y.last < gap; });
  const auto to = std::find_if(from, open_.end(), [&](const auto& y) { return y.first - x.last >= gap; });
  for (auto each = from; each != to; ++each) {
    x.first = std::min(x.first, each->first);
    x.last = std::max(x.last, each->last);
    x.events += each->events;
  }
  if (from == to) {
    open_.insert(from, x);
    return;
  }
  *from = x;
  open_.erase(from + 1, to);
}

std::vector<unit_session> unit_sessions::close(event_time watermark, milliseconds gap) {
  std::vector<unit_session> out;
  const auto open = std::find_if(open_.begin(), open_.end(), [&](const auto& x) { return due(x, gap) > watermark; });
  out.assign(open_.begin(), open);
  open_.erase(open_.begin(), open);
  for (const auto& each : out)
    closed_length_ += each.last - each.first;
  closed_ = std::max(closed_, watermark);
  return out;
}

milliseconds unit_sessions::length() const {
  milliseconds sum = closed_length_;
  for (const auto& each : open_)
    sum += each.last - each.first;
  return sum;
}

milliseconds unit_sessions::length_with(event_time reading, milliseconds gap) const {
  auto with = *this;
  with.take({reading, reading, 1}, gap);
  return with.length();
}

void unit_sessions::encode(binary_writer& out) const {
  out.time(closed_);
  out.svarint(closed_length_.count());
  out.varint(open_.size());
  for (const auto& each : open_) {
    out.time(each.first);
    out.time(each.last);
    out.varint(each.events);
  }
}

bool unit_sessions::decode(binary_reader& in) {
  *this = {};
  closed_ = in.time();
  closed_length_ = milliseconds{in.svarint()};
  open_.resize(in.count(17));
  event_time before = never;
  bool good = closed_length_.count() >= 0 && closed_length_ <= forever - never;
  for (auto& each : open_) {
    each.first = in.time();
    each.last = in.time();
    each.events = static_cast<uint32_t>(in.varint());
    good = good && before < each.first && each.first <= each.last && each.last < forever && each.events > 0;
    before = each.last;
  }
  return good && in.ok();
}

} // namespace millwright

#include "actors/equipment/unit_windows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace millwright {

namespace {

bool by_start_and_type(const unit_pane& a, const unit_pane& b) {
  return std::tie(a.start, a.type) < std::tie(b.start, b.type);
}

// Of the smallest value only that it is the largest too is kept: nobody asks for more, and it is an eighth of all.
constexpr uint64_t flat = 1, every_quality = 2;

void pack(const unit_pane& pane, binary_writer& out) {
  const auto& value = pane.value;
  const auto& quality = pane.quality;
  out.varint(uint64_t{value.count} << 2 | (value.flat() ? flat : 0) |
             (quality.count == value.count ? every_quality : 0));
  out.f64(value.max);
  if (value.count > 1) {
    value.sum.encode(out);
    value.squares.encode(out);
  }
  if (quality.count != value.count)
    quality.encode(out);
  else if (quality.count == 1)
    out.f64(quality.avg());
  else
    quality.sum.encode(out);
}

bool unpack(std::string_view figures, unit_pane& out) {
  binary_reader in{figures};
  const uint64_t head = in.varint();
  auto& value = out.value;
  auto& quality = out.quality;
  value = {};
  quality = {};
  const auto count = static_cast<uint32_t>(head >> 2);
  const double largest = in.f64();
  if (!std::isfinite(largest) || count == 0)
    return false;
  if (count == 1) {
    value.add(largest);
  } else {
    if (!value.sum.decode(in) || !value.squares.decode(in))
      return false;
    value.count = count;
    value.max = largest;
    value.min = head & flat ? largest : std::numeric_limits<double>::lowest();
  }
  if (!(head & every_quality))
    return quality.decode(in) && in.at_end();
  if (count == 1) {
    const double only = in.f64();
    if (!std::isfinite(only))
      return false;
    quality.add(only);
    return in.ok() && in.at_end();
  }
  quality.count = count;
  return quality.sum.decode(in) && in.at_end();
}

// One packed pane: distance of its start to the one before, type, length of its figures, its figures.
class packed_pane {
public:
  explicit packed_pane(std::string_view all, event_time first) : in_{all}, start{first} {}

  bool next() {
    if (in_.at_end())
      return false;
    start += milliseconds{static_cast<int64_t>(in_.varint())} * pane_length.count();
    type = static_cast<uint16_t>(in_.varint());
    figures = in_.text();
    return in_.ok();
  }
  bool ok() const { return in_.ok(); }

private:
  binary_reader in_;

public:
  event_time start;
  uint16_t type = 0;
  std::string_view figures;
};

void append(binary_writer& out, event_time& before, event_time start, uint16_t type, std::string_view figures) {
  out.varint(static_cast<uint64_t>((start - before) / pane_length));
  out.varint(type);
  out.text(figures);
  before = start;
}

/// @param room for its figures, which many panes use one after the other.
void append(binary_writer& out, event_time& before, const unit_pane& pane, std::string& room) {
  room.clear();
  binary_writer writer{room};
  pack(pane, writer);
  append(out, before, pane.start, pane.type, room);
}

} // namespace

void unit_windows::take(std::vector<unit_pane> panes, milliseconds width) {
  std::erase_if(panes, [&](const auto& each) { return each.start + width <= closed_; });
  if (panes.empty())
    return;
  std::sort(panes.begin(), panes.end(), by_start_and_type);
  auto last = panes.begin();
  for (auto each = last + 1; each != panes.end(); ++each)
    if (by_start_and_type(*last, *each))
      *++last = *each;
    else
      last->merge(*each);
  panes.erase(last + 1, panes.end());

  // Both are in order: what has nothing new is copied as it is.
  std::string merged, room;
  merged.reserve(packed_.size() + 170 * panes.size());
  binary_writer out{merged};
  packed_pane old{packed_, first_};
  bool more = old.next();
  event_time before = more ? std::min(first_, panes.front().start) : panes.front().start;
  const event_time first = before;
  for (auto& each : panes) {
    for (; more && std::tie(old.start, old.type) < std::tie(each.start, each.type); more = old.next())
      append(out, before, old.start, old.type, old.figures);
    if (more && old.start == each.start && old.type == each.type) {
      unit_pane known;
      unpack(old.figures, known);
      each.merge(known);
      more = old.next();
    }
    append(out, before, each, room);
  }
  for (; more; more = old.next())
    append(out, before, old.start, old.type, old.figures);
  first_ = first;
  packed_ = std::string{merged};
}

void unit_windows::pack(const std::vector<unit_pane>& panes) {
  std::string bytes, room;
  bytes.reserve(packed_.size());
  binary_writer out{bytes};
  first_ = panes.empty() ? never : panes.front().start;
  event_time before = first_;
  for (const auto& each : panes)
    append(out, before, each, room);
  packed_ = std::string{bytes};
}

std::vector<unit_pane> unit_windows::panes() const {
  std::vector<unit_pane> out;
  for (packed_pane each{packed_, first_}; each.next();) {
    unpack(each.figures, out.emplace_back());
    out.back().start = each.start;
    out.back().type = each.type;
  }
  return out;
}

std::vector<unit_window> unit_windows::close(event_time watermark, milliseconds length, milliseconds width) {
  std::vector<unit_window> out;
  // The first end that a pane lies before and that has not been reached yet.
  const auto next_end = [&](event_time start) { return std::max(start + width, align_down(closed_, width) + width); };
  const event_time closed = std::max(closed_, watermark);
  if (empty() || next_end(first_) > watermark) {
    closed_ = closed;
    return out;
  }
  auto all = panes();
  for (event_time end = next_end(first_); end <= watermark;) {
    const auto from = std::find_if(all.begin(), all.end(), [&](const auto& x) { return x.start >= end - length; });
    if (from == all.end())
      break;
    const auto to = std::find_if(from, all.end(), [&](const auto& x) { return x.start >= end; });
    if (from == to) {
      end = from->start + width;
      continue;
    }
    const size_t first = out.size();
    for (auto each = from; each != to; ++each) {
      const auto same = std::find_if(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
                                     [&](const auto& x) { return x.type == each->type; });
      auto& window = same == out.end() ? out.emplace_back(unit_window{end, each->type, {}, {}}) : *same;
      window.value.merge(each->value);
      window.quality.merge(each->quality);
    }
    end += width;
  }
  closed_ = closed;
  std::erase_if(all, [&](const auto& x) { return x.start + length <= closed; });
  pack(all);
  return out;
}

unit_window window_of(const std::vector<unit_pane>& panes, uint16_t type, event_time from, event_time to) {
  unit_window out{to, type, {}, {}};
  for (const auto& each : panes)
    if (each.type == type && each.start >= from && each.start < to) {
      out.value.merge(each.value);
      out.quality.merge(each.quality);
    }
  return out;
}

size_t unit_windows::heap_bytes() const {
  return packed_.capacity() > std::string{}.capacity() ? packed_.capacity() + 1 : 0;
}

void unit_windows::encode(binary_writer& out) const {
  out.time(closed_);
  out.time(first_);
  out.text(packed_);
}

bool unit_windows::decode(binary_reader& in, size_t types) {
  *this = {};
  closed_ = in.time();
  first_ = in.time();
  packed_ = std::string{in.text()};
  if (!in.ok() || empty() != (first_ == never) || first_ == forever)
    return false;
  packed_pane each{packed_, first_};
  unit_pane checked, before;
  bool first = true;
  while (each.next()) {
    checked.start = each.start;
    checked.type = each.type;
    if (each.type >= types || each.start > from_epoch_ms(253'500'000'000'000) || !unpack(each.figures, checked) ||
        (!first && !by_start_and_type(before, checked)))
      return false;
    before = checked;
    first = false;
  }
  return each.ok();
}

} // namespace millwright

#include "runtime/flow/received_stream.hpp"

#include <algorithm>

namespace millwright {

// Of what names the targets it makes no difference whether the rest of the frame is taken.
bool received_stream::learn(const flow_frame_view& view, flow_targets& targets, numbers& known) const {
  for (const auto& each : view.names) {
    if (each.number >= known.size())
      known.resize(each.number + 1, no_target);
    const uint32_t number = targets.number_of(each.type, each.facility, each.id);
    auto& place = known[each.number];
    // A number is never given twice.
    if (place != no_target && place != number)
      return false;
    place = number;
  }
  return std::all_of(view.parts.begin(), view.parts.end(),
                     [&](const auto& x) { return x.target < known.size() && known[x.target] != no_target; });
}

bool received_stream::take(const flow_frame_view& view, std::string_view bytes, flow_targets& targets) {
  const auto& frame = view.frame;
  if (frame.epoch < epoch_)
    return false;
  if (frame.epoch > epoch_) {
    // The new owner begins at its last commit: what the one before showed beyond it has not happened, and what came in
    // pieces may be cut into others.
    epoch_ = frame.epoch;
    pieces_.clear();
    open_.clear();
    known_.clear();
  }
  numbers of_frame;
  auto& known = view.numbered ? known_ : of_frame;
  if (!learn(view, targets, known))
    return false;
  switch (frame.what) {
  case flow_frame::kind::settled:
    return take_settled(view, bytes, known);
  case flow_frame::kind::open:
    take_open(view, known);
    return true;
  case flow_frame::kind::question:
    return true;
  }
  return false;
}

bool received_stream::take_settled(const flow_frame_view& view, std::string_view bytes, const numbers& known) {
  const auto& frame = view.frame;
  if (frame.barrier <= complete_)
    return true;
  // No sender parts what it has once put together.
  if (frame.after < complete_)
    return false;
  auto found = pieces_.find(frame.barrier);
  if (found == pieces_.end()) {
    // The one that the others wait for has room in any case.
    if (held() >= bundles_ && frame.after != complete_)
      return false;
    found = pieces_.emplace(frame.barrier, assembly{}).first;
    found->second.after = frame.after;
    found->second.missing = frame.pieces;
    found->second.frames.resize(frame.pieces);
  }
  auto& of = found->second;
  if (of.after != frame.after || of.frames.size() != frame.pieces)
    return false;
  auto& place = of.frames[frame.piece];
  if (place.came)
    return true;
  place.came = true;
  place.bytes = bytes;
  place.parts.reserve(view.parts.size());
  for (const auto& each : view.parts)
    place.parts.push_back(
        {each.revision, static_cast<size_t>(each.bytes.data() - bytes.data()), each.bytes.size(), known[each.target]});
  --of.missing;
  if (frame.time)
    of.time = *frame.time;
  complete_some();
  return true;
}

void received_stream::complete_some() {
  while (!pieces_.empty()) {
    const auto next =
        std::find_if(pieces_.begin(), pieces_.end(), [&](const auto& each) { return each.second.after == complete_; });
    if (next == pieces_.end() || next->second.missing > 0)
      return;
    complete_ = next->first;
    whole_.emplace_back(next->first, std::move(next->second));
    pieces_.erase(next);
    // What was open before that barrier is in the bundle.
    open_.erase(open_.begin(), open_.lower_bound({complete_, {}}));
  }
}

void received_stream::take_open(const flow_frame_view& view, const numbers& known) {
  if (view.frame.barrier < complete_)
    return;
  for (const auto& part : view.parts) {
    auto& open = open_[{view.frame.barrier, known[part.target]}];
    if (open.came && part.revision <= open.revision)
      continue;
    open.came = true;
    open.revision = part.revision;
    open.bytes = part.bytes;
  }
}

void received_stream::visit_parts(const assembly& whole, const part_visitor& visit) const {
  for (const auto& frame : whole.frames)
    for (const auto& each : frame.parts)
      visit(source_, {each.target, each.revision, std::string_view{frame.bytes}.substr(each.at, each.size)});
}

void received_stream::cut(const part_visitor& visit) {
  for (; !whole_.empty(); whole_.pop_front()) {
    auto& [barrier, of] = whole_.front();
    visit_parts(of, visit);
    taken_ = barrier;
    time_ = std::move(of.time);
  }
}

void received_stream::visit_open(const part_visitor& visit) const {
  for (const auto& [barrier, of] : whole_)
    visit_parts(of, visit);
  for (const auto& [key, open] : open_)
    visit(source_, {key.second, open.revision, open.bytes});
}

void received_stream::encode(binary_writer& out) const {
  out.varint(taken_);
  time_.encode(out);
}

bool received_stream::decode(binary_reader& in) {
  taken_ = complete_ = in.varint();
  return time_.decode(in) && in.ok();
}

} // namespace millwright

#include "runtime/flow/part_sender.hpp"

#include <algorithm>
#include <stdexcept>

namespace millwright {

namespace {

// About what it takes of a frame: its names and lengths as well.
size_t room_of(std::string_view part) {
  return part.size() + 64;
}

} // namespace

part_sender::part_sender(uint16_t source, uint16_t receiver, uint64_t epoch, part_merge merge, flow_limits limits)
    : source_{source}, receiver_{receiver}, epoch_{epoch}, limits_{limits}, kept_{std::move(merge), limits.bundles},
      patience_{limits.resend} {
  if (epoch == 0)
    throw std::logic_error{"epochs of shards begin with 1"};
}

bool part_sender::decode(std::string_view stored) {
  binary_reader reader{stored};
  if (!kept_.decode(reader) || !reader.at_end())
    return false;
  begin_sending();
  return true;
}

void part_sender::encode(std::string& out) const {
  kept_.encode(out);
}

uint32_t part_sender::number_of(const entity_key& target) {
  const uint32_t number = kept_.targets().number_of(target);
  if (number > most_flow_target)
    throw std::length_error{"a shard gathers for more targets than a stream has numbers for"};
  return number;
}

void part_sender::cut(uint64_t barrier, const std::vector<flow_part>& parts, const source_time& time) {
  flow_parts all;
  for (const auto& each : parts)
    all.add({number_of(each.target), each.revision, each.bytes});
  cut(barrier, std::move(all), time);
}

void part_sender::cut(uint64_t barrier, flow_parts parts, const source_time& time) {
  // Until the commit what people see must not stand still.
  for (size_t i = 0; i < parts.size() && !shown_.empty(); ++i) {
    const auto each = parts[i];
    if (const auto found = shown_.find({kept_.newest_cut(), each.target});
        found != shown_.end() && each.revision > found->second.revision) {
      found->second.revision = each.revision;
      found->second.bytes = each.bytes;
    }
  }
  kept_.cut(barrier, std::move(parts), time);
  cuts_.push_back(barrier);
  // The one that was just cut, and what is gathered from now on, at least.
  if (cuts_.size() > limits_.bundles + 1) {
    cuts_.pop_front();
    shown_.erase(shown_.begin(), shown_.lower_bound({cuts_.front(), {}}));
  }
}

void part_sender::committed(uint64_t barrier) {
  kept_.committed(barrier);
  begin_sending();
  // The bundle says all of that.
  shown_.erase(shown_.begin(), shown_.lower_bound({kept_.newest_sendable(), {}}));
}

void part_sender::begin_sending() {
  const uint64_t known = sending_.empty() ? 0 : sending_.back().barrier;
  for (size_t i = 0; i < kept_.sendable(); ++i) {
    const auto& bundle = kept_.frozen()[i];
    if (bundle.barrier <= known)
      continue;
    auto& added = sending_.emplace_back();
    added.barrier = bundle.barrier;
    size_t bytes = 0, from = 0;
    for (size_t at = 0; at < bundle.parts.size(); ++at) {
      bytes += room_of(bundle.parts[at].bytes);
      if (bytes >= limits_.frame_bytes) {
        added.pieces.push_back({from, at + 1});
        from = at + 1;
        bytes = 0;
      }
    }
    if (added.pieces.empty() || from < bundle.parts.size())
      added.pieces.push_back({from, bundle.parts.size()});
  }
}

void part_sender::show(flow_part part) {
  auto& shown = shown_[{kept_.newest_cut(), number_of(part.target)}];
  if (part.revision < shown.revision)
    return;
  shown.revision = part.revision;
  shown.bytes = std::move(part.bytes);
}

void part_sender::ended(const frame_under_way& frame, bool received) {
  if (received)
    for (const uint32_t each : frame.named) {
      if (each >= known_.size())
        known_.resize(kept_.targets().size());
      known_[each] = true;
    }
  if (frame.what == flow_frame::kind::settled) {
    const auto bundle = std::find_if(sending_.begin(), sending_.end(),
                                     [&](const sending& each) { return each.barrier == frame.barrier; });
    if (bundle == sending_.end())
      return;
    bundle->pieces[frame.piece].number = 0;
    bundle->pieces[frame.piece].received = received;
    if (!received)
      bundle->next = std::min(bundle->next, frame.piece);
  }
  for (const auto& [key, newest] : frame.shown)
    if (const auto found = shown_.find(key); found != shown_.end()) {
      if (received)
        found->second.received = std::max(found->second.received, newest);
      if (found->second.sent == newest)
        found->second.under_way = false;
    }
}

// Whoever had the receiving shard before took what it had in memory with it.
void part_sender::start_over() {
  under_way_.clear();
  known_.clear();
  for (auto& bundle : sending_) {
    bundle.next = 0;
    for (auto& each : bundle.pieces) {
      each.number = 0;
      each.received = false;
    }
  }
  for (auto& [key, each] : shown_) {
    each.sent = each.received = 0;
    each.under_way = each.ever_sent = false;
  }
}

void part_sender::take(const flow_answer& answer, milliseconds now) {
  if (answer.source != source_ || answer.receiver != receiver_ || answer.receiver_epoch < receiver_epoch_)
    return;
  heard_ = now;
  if (receiver_epoch_ != 0 && answer.receiver_epoch > receiver_epoch_)
    start_over();
  receiver_epoch_ = answer.receiver_epoch;
  if (answer.source_epoch == epoch_)
    for (const uint64_t number : answer.received)
      if (const auto found = under_way_.find(number); found != under_way_.end()) {
        ended(found->second, true);
        under_way_.erase(found);
        patience_ = limits_.resend;
      }
  kept_.acknowledged(answer.committed);
  const uint64_t oldest = kept_.frozen().empty() ? ~uint64_t{0} : kept_.frozen().front().barrier;
  while (!sending_.empty() && sending_.front().barrier < oldest)
    sending_.pop_front();
  std::erase_if(under_way_, [&](const auto& each) {
    return each.second.what == flow_frame::kind::settled && each.second.barrier < oldest;
  });
}

void part_sender::expire(milliseconds now) {
  bool lost = false;
  for (auto each = under_way_.begin(); each != under_way_.end();) {
    if (now - each->second.since < patience_) {
      ++each;
      continue;
    }
    lost = true;
    ended(each->second, false);
    each = under_way_.erase(each);
  }
  if (lost)
    patience_ = std::min(2 * patience_, limits_.resend_longest);
}

bool part_sender::next(milliseconds now, std::string& frame) {
  frame.clear();
  expire(now);
  if (under_way_.size() >= limits_.frames)
    return false;
  return next_settled(now, frame) || next_shown(now, frame) || next_question(now, frame);
}

flow_frame part_sender::begin(flow_frame::kind what) {
  flow_frame out;
  out.what = what;
  out.source = source_;
  out.receiver = receiver_;
  out.epoch = epoch_;
  out.number = ++number_;
  return out;
}

// Until a frame that names it has come, in each: they may come in any order.
void part_sender::name(uint32_t target, frame_under_way& in) const {
  if (target >= known_.size() || !known_[target])
    in.named.push_back(target);
}

void part_sender::write(std::string& out, const flow_frame& head, const frame_under_way& of, size_t parts) const {
  std::vector<flow_name> names;
  names.reserve(of.named.size());
  for (const uint32_t each : of.named) {
    const auto& target = kept_.targets()[each];
    names.push_back({each, target.type, target.facility.text, target.id});
  }
  millwright::encode(out, head, names, parts);
}

bool part_sender::next_settled(milliseconds now, std::string& frame) {
  for (size_t i = 0; i < sending_.size(); ++i) {
    auto& of = sending_[i];
    while (of.next < of.pieces.size() && (of.pieces[of.next].received || of.pieces[of.next].number != 0))
      ++of.next;
    if (of.next == of.pieces.size())
      continue;
    const auto& bundle = kept_.frozen()[i];
    auto& piece = of.pieces[of.next];
    auto head = begin(flow_frame::kind::settled);
    head.barrier = bundle.barrier;
    head.after = bundle.after;
    head.piece = static_cast<uint32_t>(of.next);
    head.pieces = static_cast<uint32_t>(of.pieces.size());
    if (of.next + 1 == of.pieces.size())
      head.time = bundle.time;
    frame_under_way sent{now, flow_frame::kind::settled, bundle.barrier, of.next, {}, {}};
    for (size_t at = piece.from; at < piece.to; ++at)
      name(bundle.parts.target(at), sent);
    write(frame, head, sent, piece.to - piece.from);
    frame += bundle.parts.encoded(piece.from, piece.to);
    piece.number = head.number;
    under_way_[head.number] = std::move(sent);
    return true;
  }
  return false;
}

bool part_sender::next_shown(milliseconds now, std::string& frame) {
  frame_under_way sent{now, flow_frame::kind::open, 0, 0, {}, {}};
  std::vector<flow_part_view> parts;
  size_t bytes = 0;
  for (auto& [key, each] : shown_) {
    // One frame speaks of one barrier.
    if (!parts.empty() && key.first != sent.barrier)
      break;
    const uint64_t newest = each.newest();
    const bool news = newest > each.received && (newest > each.sent || !each.under_way);
    if (!news || (each.ever_sent && now - each.sent_at < limits_.open_pace))
      continue;
    sent.barrier = key.first;
    sent.shown.emplace_back(key, newest);
    name(key.second, sent);
    parts.push_back({key.second, each.revision, each.bytes});
    each.sent = newest;
    each.sent_at = now;
    each.under_way = each.ever_sent = true;
    bytes += room_of(each.bytes);
    if (bytes >= limits_.frame_bytes)
      break;
  }
  if (parts.empty())
    return false;
  auto head = begin(flow_frame::kind::open);
  head.barrier = sent.barrier;
  write(frame, head, sent, parts.size());
  for (const auto& each : parts)
    millwright::encode(frame, each);
  under_way_[head.number] = std::move(sent);
  return true;
}

// Everything has come, and yet is not acknowledged: the receiver may have been replaced since, and know nothing of it.
bool part_sender::next_question(milliseconds now, std::string& frame) {
  if (sending_.empty() || !under_way_.empty() || now - heard_ < limits_.resend)
    return false;
  const auto head = begin(flow_frame::kind::question);
  millwright::encode(frame, head, {}, 0);
  under_way_[head.number] = {now, flow_frame::kind::question, 0, 0, {}, {}};
  return true;
}

bool part_sender::quiet() const {
  return kept_.frozen().empty() && !kept_.gathers() && under_way_.empty() &&
         std::all_of(shown_.begin(), shown_.end(),
                     [](const auto& each) { return each.second.received == each.second.newest(); });
}

} // namespace millwright

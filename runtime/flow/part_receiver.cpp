#include "runtime/flow/part_receiver.hpp"

#include <stdexcept>
#include <utility>

namespace millwright {

namespace {

constexpr uint8_t format_version = 1;

} // namespace

part_receiver::part_receiver(uint16_t shard, uint64_t epoch, std::span<const uint16_t> sources, flow_limits limits)
    : shard_{shard}, epoch_{epoch} {
  if (epoch == 0)
    throw std::logic_error{"epochs of shards begin with 1"};
  for (const uint16_t each : sources)
    sources_.emplace(each, source_end{received_stream{each, limits.bundles}, 0, {}, true});
}

void part_receiver::encode(std::string& out) const {
  binary_writer writer{out};
  writer.u8(format_version);
  writer.varint(sources_.size());
  for (const auto& [source, of] : sources_) {
    writer.u16(source);
    of.stream.encode(writer);
  }
}

bool part_receiver::decode(std::string_view stored) {
  binary_reader reader{stored};
  if (reader.u8() != format_version)
    return false;
  for (auto n = reader.count(14); n > 0; --n) {
    const uint16_t source = reader.u16();
    const auto found = sources_.find(source);
    // One that sends no more has nothing that could come twice.
    received_stream gone{source, 0};
    auto& stream = found == sources_.end() ? gone : found->second.stream;
    if (!stream.decode(reader))
      return false;
    if (found != sources_.end())
      found->second.committed = stream.taken();
  }
  return reader.ok() && reader.at_end();
}

bool part_receiver::take(std::string_view bytes) {
  const auto view = decode_flow_frame(bytes);
  if (!view || view->frame.receiver != shard_)
    return false;
  const auto found = sources_.find(view->frame.source);
  if (found == sources_.end())
    return false;
  auto& of = found->second;
  const uint64_t before = of.stream.epoch();
  const bool taken = of.stream.take(*view, bytes, targets_);
  // Numbers begin anew with each epoch, whether or not its first frame could be taken.
  if (of.stream.epoch() != before)
    of.received.clear();
  if (!taken) {
    // Who sends it may not know yet that this shard has a new owner, who knows none of its targets, and would never
    // hear of it otherwise: that one's first answer may be lost.
    of.due = of.due || of.stream.epoch() == view->frame.epoch;
    return false;
  }
  of.received.push_back(view->frame.number);
  of.due = true;
  return true;
}

time_passed part_receiver::cut(uint64_t barrier, const received_stream::part_visitor& visit) {
  if (!cuts_.empty() && barrier <= cuts_.back().barrier)
    throw std::logic_error{"barriers are cut in the order of their numbers"};
  auto& added = cuts_.emplace_back();
  added.barrier = barrier;
  time_sum time;
  for (auto& [source, of] : sources_) {
    of.stream.cut(visit);
    added.taken.push_back(of.stream.taken());
    time.add(of.stream.time().at, of.stream.time().silent);
  }
  return time.done();
}

void part_receiver::committed(uint64_t barrier) {
  for (; !cuts_.empty() && cuts_.front().barrier <= barrier; cuts_.pop_front()) {
    size_t i = 0;
    for (auto& [source, of] : sources_) {
      const uint64_t taken = cuts_.front().taken[i++];
      of.due = of.due || taken > of.committed;
      of.committed = taken;
    }
  }
}

void part_receiver::visit_open(const received_stream::part_visitor& visit) const {
  for (const auto& [source, of] : sources_)
    of.stream.visit_open(visit);
}

bool part_receiver::next(std::string& answer) {
  for (auto& [source, of] : sources_)
    if (std::exchange(of.due, false)) {
      answer.clear();
      millwright::encode(
          answer, flow_answer{source, shard_, of.stream.epoch(), epoch_, of.committed, std::exchange(of.received, {})});
      return true;
    }
  return false;
}

const received_stream* part_receiver::stream(uint16_t source) const {
  const auto found = sources_.find(source);
  return found == sources_.end() ? nullptr : &found->second.stream;
}

} // namespace millwright

#include "runtime/flow/kept_parts.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace millwright {

namespace {

constexpr uint8_t format_version = 1;

void encode_parts(binary_writer& out, const std::vector<flow_part>& parts) {
  out.varint(parts.size());
  for (const auto& each : parts)
    encode(out, each);
}

bool decode_parts(binary_reader& in, std::vector<flow_part>& parts) {
  const uint64_t count = in.count(smallest_flow_part);
  parts.clear();
  parts.reserve(count);
  for (uint64_t i = 0; i < count && in.ok(); ++i) {
    const auto each = decode_flow_part(in);
    parts.push_back({each.target(), each.revision, std::string{each.bytes}});
  }
  return in.ok();
}

} // namespace

void kept_parts::cut(uint64_t barrier, std::vector<flow_part> parts, const source_time& time) {
  if (barrier <= cut_)
    throw std::logic_error{"barriers are cut in the order of their numbers"};
  cut_ = barrier;
  // That nothing has happened is not worth telling.
  if (!gathering_ && parts.empty() && time == told_)
    return;
  if (!gathering_)
    gathering_.emplace();
  gathering_->time = time;
  told_ = time;
  add(std::move(parts));
  if (frozen_.size() >= most_frozen_)
    return;
  frozen_.push_back({barrier, newest_frozen_, gathering_->time, std::move(gathering_->parts)});
  newest_frozen_ = barrier;
  gathering_.reset();
}

void kept_parts::add(std::vector<flow_part> parts) {
  auto& all = gathering_->parts;
  if (all.empty()) {
    all = std::move(parts);
    return;
  }
  std::map<entity_key, size_t> places;
  for (size_t i = 0; i < all.size(); ++i)
    places.emplace(all[i].target, i);
  for (auto& each : parts) {
    const auto [at, added] = places.emplace(each.target, all.size());
    if (added) {
      all.push_back(std::move(each));
      continue;
    }
    auto& whole = all[at->second];
    whole.bytes = merge_(whole.target, whole.bytes, each.bytes);
    whole.revision = std::max(whole.revision, each.revision);
  }
}

size_t kept_parts::sendable() const {
  return static_cast<size_t>(std::count_if(frozen_.begin(), frozen_.end(),
                                           [&](const part_bundle& each) { return each.barrier <= committed_; }));
}

void kept_parts::committed(uint64_t barrier) {
  committed_ = std::max(committed_, std::min(barrier, cut_));
  for (const auto& each : frozen_)
    if (each.barrier <= committed_)
      newest_sendable_ = std::max(newest_sendable_, each.barrier);
}

void kept_parts::acknowledged(uint64_t barrier) {
  if (barrier > newest_sendable_)
    return;
  while (!frozen_.empty() && frozen_.front().barrier <= barrier)
    frozen_.pop_front();
}

void kept_parts::encode(binary_writer& out) const {
  out.u8(format_version);
  out.varint(cut_);
  out.varint(newest_frozen_);
  told_.encode(out);
  out.varint(frozen_.size());
  for (const auto& each : frozen_) {
    out.varint(each.barrier);
    out.varint(each.after);
    each.time.encode(out);
    encode_parts(out, each.parts);
  }
  out.u8(gathering_ ? 1 : 0);
  if (gathering_) {
    gathering_->time.encode(out);
    encode_parts(out, gathering_->parts);
  }
}

bool kept_parts::decode(binary_reader& in) {
  frozen_.clear();
  gathering_.reset();
  if (in.u8() != format_version)
    return false;
  cut_ = in.varint();
  newest_frozen_ = in.varint();
  if (!told_.decode(in) || newest_frozen_ > cut_)
    return false;
  for (auto n = in.count(15); n > 0; --n) {
    const uint64_t before = frozen_.empty() ? 0 : frozen_.back().barrier;
    const bool first = frozen_.empty();
    auto& each = frozen_.emplace_back();
    each.barrier = in.varint();
    each.after = in.varint();
    if (!each.time.decode(in) || !decode_parts(in, each.parts))
      return false;
    if (each.barrier <= each.after || (!first && each.after != before))
      return false;
  }
  if (!frozen_.empty() && frozen_.back().barrier != newest_frozen_)
    return false;
  const uint8_t gathers = in.u8();
  if (gathers > 1)
    return false;
  if (gathers == 1 && (!gathering_.emplace().time.decode(in) || !decode_parts(in, gathering_->parts)))
    return false;
  // Whoever had the shard may have sent all of it.
  committed_ = cut_;
  newest_sendable_ = newest_frozen_;
  return in.ok();
}

} // namespace millwright

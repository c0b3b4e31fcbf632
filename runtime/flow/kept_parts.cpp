#include "runtime/flow/kept_parts.hpp"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace millwright {

namespace {

// 1 named the target of each part.
constexpr uint8_t format_version = 2;
/// Bytes at least: of a name, three lengths of which the type's is not 0; of a part of version 1.
constexpr uint64_t smallest_stored_name = 4, smallest_old_part = 6;

/// Numbers of targets as they are stored: from 0 on, in the order in which the parts speak of them.
class stored_numbers {
public:
  explicit stored_numbers(size_t targets) : numbers_(targets, none) {}

  void add(const flow_parts& parts) {
    for (size_t i = 0; i < parts.size(); ++i)
      if (auto& number = numbers_[parts.target(i)]; number == none) {
        number = static_cast<uint32_t>(in_order_.size());
        in_order_.push_back(parts.target(i));
      }
  }
  const std::vector<uint32_t>& in_order() const { return in_order_; }
  uint32_t operator[](uint32_t target) const { return numbers_[target]; }

private:
  static constexpr uint32_t none = 0xffffffff;

  std::vector<uint32_t> numbers_, in_order_;
};

void encode_parts(std::string& out, const flow_parts& parts, const stored_numbers& numbers) {
  binary_writer{out}.varint(parts.size());
  for (size_t i = 0; i < parts.size(); ++i) {
    auto each = parts[i];
    each.target = numbers[each.target];
    encode(out, each);
  }
}

std::optional<uint32_t> decode_name(binary_reader& in, flow_targets& targets) {
  const auto type = in.text(), facility = in.text(), id = in.text();
  if (!in.ok() || type.empty())
    return std::nullopt;
  return targets.number_of(type, facility, id);
}

bool decode_parts(binary_reader& in, const std::vector<uint32_t>& names, flow_parts& parts) {
  for (uint64_t n = in.count(smallest_flow_part); n > 0; --n) {
    auto each = decode_flow_part(in);
    if (!in.ok() || each.target >= names.size())
      return false;
    each.target = names[each.target];
    parts.add(each);
  }
  return in.ok();
}

bool decode_named_parts(binary_reader& in, flow_targets& targets, flow_parts& parts) {
  for (uint64_t n = in.count(smallest_old_part); n > 0; --n) {
    const auto target = decode_name(in, targets);
    if (!target)
      return false;
    const uint64_t revision = in.varint();
    parts.add({*target, revision, in.text()});
  }
  return in.ok();
}

} // namespace

void kept_parts::cut(uint64_t barrier, flow_parts parts, const source_time& time) {
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

void kept_parts::add(flow_parts parts) {
  auto& all = gathering_->parts;
  if (all.empty()) {
    all = std::move(parts);
    return;
  }
  std::unordered_map<uint32_t, size_t> added;
  for (size_t i = 0; i < parts.size(); ++i)
    added.emplace(parts.target(i), i);
  flow_parts sum;
  for (size_t i = 0; i < all.size(); ++i) {
    const auto old = all[i];
    const auto found = added.find(old.target);
    if (found == added.end()) {
      sum.add(old);
      continue;
    }
    const auto more = parts[found->second];
    sum.add({old.target, std::max(old.revision, more.revision), merge_(targets_[old.target], old.bytes, more.bytes)});
    added.erase(found);
  }
  for (size_t i = 0; i < parts.size(); ++i)
    if (added.contains(parts.target(i)))
      sum.add(parts[i]);
  all = std::move(sum);
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

void kept_parts::encode(std::string& bytes) const {
  stored_numbers numbers{targets_.size()};
  for (const auto& each : frozen_)
    numbers.add(each.parts);
  if (gathering_)
    numbers.add(gathering_->parts);
  binary_writer out{bytes};
  out.u8(format_version);
  out.varint(cut_);
  out.varint(newest_frozen_);
  told_.encode(out);
  out.varint(numbers.in_order().size());
  for (const uint32_t each : numbers.in_order()) {
    const auto& target = targets_[each];
    out.text(target.type);
    out.text(target.facility.text);
    out.text(target.id);
  }
  out.varint(frozen_.size());
  for (const auto& each : frozen_) {
    out.varint(each.barrier);
    out.varint(each.after);
    each.time.encode(out);
    encode_parts(bytes, each.parts, numbers);
  }
  out.u8(gathering_ ? 1 : 0);
  if (gathering_) {
    gathering_->time.encode(out);
    encode_parts(bytes, gathering_->parts, numbers);
  }
}

bool kept_parts::decode(binary_reader& in) {
  frozen_.clear();
  gathering_.reset();
  const uint8_t version = in.u8();
  if (version == 0 || version > format_version)
    return false;
  cut_ = in.varint();
  newest_frozen_ = in.varint();
  if (!told_.decode(in) || newest_frozen_ > cut_)
    return false;
  std::vector<uint32_t> names;
  for (auto n = version == 1 ? 0 : in.count(smallest_stored_name); n > 0; --n) {
    const auto target = decode_name(in, targets_);
    if (!target)
      return false;
    names.push_back(*target);
  }
  const auto parts_of = [&](flow_parts& parts) {
    return version == 1 ? decode_named_parts(in, targets_, parts) : decode_parts(in, names, parts);
  };
  for (auto n = in.count(15); n > 0; --n) {
    const uint64_t before = frozen_.empty() ? 0 : frozen_.back().barrier;
    const bool first = frozen_.empty();
    auto& each = frozen_.emplace_back();
    each.barrier = in.varint();
    each.after = in.varint();
    if (!each.time.decode(in) || !parts_of(each.parts))
      return false;
    if (each.barrier <= each.after || (!first && each.after != before))
      return false;
  }
  if (!frozen_.empty() && frozen_.back().barrier != newest_frozen_)
    return false;
  const uint8_t gathers = in.u8();
  if (gathers > 1)
    return false;
  if (gathers == 1 && (!gathering_.emplace().time.decode(in) || !parts_of(gathering_->parts)))
    return false;
  // Whoever had the shard may have sent all of it.
  committed_ = cut_;
  newest_sendable_ = newest_frozen_;
  return in.ok();
}

} // namespace millwright

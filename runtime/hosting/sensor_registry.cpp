#include "runtime/hosting/sensor_registry.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <new>

namespace millwright {

namespace {

constexpr size_t first_cells = 1024;
constexpr size_t name_chunk_bytes = 64 << 10;

} // namespace

uint64_t sensor_registry::hash(std::string_view facility, std::string_view sensor) {
  const uint64_t a = std::hash<std::string_view>{}(facility), b = std::hash<std::string_view>{}(sensor);
  const uint64_t h = (a ^ (b + 0x9e3779b97f4a7c15ull)) * 0xff51afd7ed558ccdull;
  return h ^ h >> 32;
}

uint32_t sensor_registry::find(uint64_t h, std::string_view facility, std::string_view sensor) const {
  if (cells_.empty())
    return none;
  const auto tag = static_cast<uint32_t>(h >> 32);
  for (size_t at = h & (cells_.size() - 1);; at = (at + 1) & (cells_.size() - 1)) {
    const auto& cell = cells_[at];
    if (cell.slot == none)
      return none;
    if (cell.tag != tag)
      continue;
    if (cell.of->sensor_text() == sensor && cell.of->facility_text() == facility)
      return cell.slot;
  }
}

void sensor_registry::prefetch_sensor(uint64_t h) const {
  if (cells_.empty())
    return;
  const auto tag = static_cast<uint32_t>(h >> 32);
  for (size_t at = h & (cells_.size() - 1); cells_[at].slot != none; at = (at + 1) & (cells_.size() - 1)) {
    const auto& cell = cells_[at];
    if (cell.tag != tag)
      continue;
    __builtin_prefetch(cell.of);
    const auto* entry = reinterpret_cast<const char*>(&entries_[cell.slot]);
    for (size_t line = 0; line < sizeof(sensor_entry); line += 64)
      __builtin_prefetch(entry + line, 1);
    return;
  }
}

const sensor_registry::names* sensor_registry::keep(std::string_view facility, std::string_view sensor) {
  const size_t wanted = room_of(facility.size(), sensor.size());
  name_bytes_ += wanted;
  if (name_room_ < wanted) {
    name_room_ = std::max(name_chunk_bytes, wanted);
    name_chunks_.push_back(std::make_unique_for_overwrite<char[]>(name_room_));
    name_at_ = name_chunks_.back().get();
  }
  auto* const kept = new (name_at_) names{static_cast<uint32_t>(facility.size()), static_cast<uint32_t>(sensor.size())};
  std::memcpy(name_at_ + sizeof(names), facility.data(), facility.size());
  std::memcpy(name_at_ + sizeof(names) + facility.size(), sensor.data(), sensor.size());
  name_at_ += wanted;
  name_room_ -= wanted;
  return kept;
}

void sensor_registry::place(const names* of, uint32_t slot) {
  const uint64_t h = hash(of->facility_text(), of->sensor_text());
  size_t at = h & (cells_.size() - 1);
  while (cells_[at].slot != none)
    at = (at + 1) & (cells_.size() - 1);
  cells_[at] = {slot, static_cast<uint32_t>(h >> 32), of};
}

uint32_t sensor_registry::add(sensor_context context) {
  if (cells_.empty() || entries_.size() * 2 >= cells_.size())
    grow();
  auto slot = static_cast<uint32_t>(entries_.size());
  if (free_.empty()) {
    entries_.emplace_back();
    contexts_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  context.slot = slot;
  ++facilities_[context.key.facility.text];
  place(keep(context.key.facility.text, context.key.sensor.text), slot);
  give(slot, std::move(context));
  return slot;
}

void sensor_registry::give(uint32_t slot, sensor_context context) {
  contexts_[slot] = std::make_unique<const sensor_context>(std::move(context));
  auto& entry = entries_[slot];
  entry.context = contexts_[slot].get();
  const bool gated = !entry.context->when.empty();
  gated_changes_ += gated || entry.gated;
  entry.gated = gated;
  entry.decides = entry.context->decides;
  entry.mode_told = entry.not_judged = false;
}

void sensor_registry::remove(uint32_t slot, uint32_t barrier) {
  const auto& key = contexts_[slot]->key;
  size_t at = hash(key.facility.text, key.sensor.text) & (cells_.size() - 1);
  while (cells_[at].slot != slot)
    at = (at + 1) & (cells_.size() - 1);
  vacate(at);
  if (const auto it = facilities_.find(key.facility.text); it != facilities_.end() && --it->second == 0)
    facilities_.erase(it);
  unused_name_bytes_ += room_of(key.facility.text.size(), key.sensor.text.size());
  retired_.emplace_back(barrier, std::move(contexts_[slot]));
  gated_changes_ += entries_[slot].gated;
  sensor_entry empty;
  empty.incarnation = entries_[slot].incarnation;
  entries_[slot] = std::move(empty);
  free_.push_back(slot);
  if (unused_name_bytes_ > name_chunk_bytes && unused_name_bytes_ * 2 > name_bytes_)
    keep_anew();
}

// Who stands behind the gap only since his own cell was taken moves up: otherwise nobody would find him.
void sensor_registry::vacate(size_t at) {
  const size_t mask = cells_.size() - 1;
  for (size_t next = (at + 1) & mask; cells_[next].slot != none; next = (next + 1) & mask) {
    const size_t own = hash(cells_[next].of->facility_text(), cells_[next].of->sensor_text()) & mask;
    if (((next - own) & mask) >= ((next - at) & mask)) {
      cells_[at] = cells_[next];
      at = next;
    }
  }
  cells_[at] = {};
}

void sensor_registry::keep_anew() {
  auto old = std::move(name_chunks_);
  name_chunks_.clear();
  name_room_ = 0;
  name_bytes_ = unused_name_bytes_ = 0;
  for (auto& each : cells_)
    if (each.slot != none)
      each.of = keep(each.of->facility_text(), each.of->sensor_text());
}

void sensor_registry::replace_context(uint32_t slot, sensor_context context, uint32_t barrier) {
  context.slot = slot;
  retired_.emplace_back(barrier, std::move(contexts_[slot]));
  give(slot, std::move(context));
}

void sensor_registry::release(uint32_t barrier) {
  std::erase_if(retired_, [&](const auto& each) { return each.first <= barrier; });
}

void sensor_registry::grow() {
  std::vector<cell> old(cells_.empty() ? first_cells : cells_.size() * 2);
  old.swap(cells_);
  for (const auto& each : old)
    if (each.slot != none)
      place(each.of, each.slot);
}

} // namespace millwright

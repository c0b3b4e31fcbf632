#include "runtime/node/sensor_registry.hpp"

#include <functional>

namespace millwright {

namespace {

constexpr size_t first_cells = 1024;

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
    if (cell.key->sensor.text == sensor && cell.key->facility.text == facility)
      return cell.slot;
  }
}

uint32_t sensor_registry::add(sensor_context context) {
  if (cells_.empty() || entries_.size() * 2 >= cells_.size())
    grow();
  const auto slot = static_cast<uint32_t>(entries_.size());
  context.slot = slot;
  const uint64_t h = hash(context.key.facility.text, context.key.sensor.text);
  size_t at = h & (cells_.size() - 1);
  while (cells_[at].slot != none)
    at = (at + 1) & (cells_.size() - 1);
  keys_.push_back(context.key);
  cells_[at] = {slot, static_cast<uint32_t>(h >> 32), &keys_.back()};
  contexts_.push_back(std::make_unique<const sensor_context>(std::move(context)));
  entries_.emplace_back().context = contexts_.back().get();
  return slot;
}

void sensor_registry::replace_context(uint32_t slot, sensor_context context, uint32_t barrier) {
  context.slot = slot;
  retired_.emplace_back(barrier, std::move(contexts_[slot]));
  contexts_[slot] = std::make_unique<const sensor_context>(std::move(context));
  entries_[slot].context = contexts_[slot].get();
}

void sensor_registry::release(uint32_t barrier) {
  std::erase_if(retired_, [&](const auto& each) { return each.first <= barrier; });
}

void sensor_registry::grow() {
  std::vector<cell> old(cells_.empty() ? first_cells : cells_.size() * 2);
  old.swap(cells_);
  for (uint32_t slot = 0; slot < entries_.size(); ++slot) {
    const auto& key = keys_[slot];
    const uint64_t h = hash(key.facility.text, key.sensor.text);
    size_t at = h & (cells_.size() - 1);
    while (cells_[at].slot != none)
      at = (at + 1) & (cells_.size() - 1);
    cells_[at] = {slot, static_cast<uint32_t>(h >> 32), &key};
  }
}

} // namespace millwright

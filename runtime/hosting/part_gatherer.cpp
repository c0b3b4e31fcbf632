#include "runtime/hosting/part_gatherer.hpp"

#include <stdexcept>

namespace millwright {

gathered_parts::~gathered_parts() {
  for (const uint32_t each : used_)
    types_.type(cells_[each].type).delete_part(cells_[each].part);
}

void gathered_parts::take(const reading& r, const std::vector<sensor_type>& types) {
  const contribution taken{r, types[r.type]};
  for (const auto& [index, type] : r.context->targets) {
    if (index >= cells_.size())
      cells_.resize(index + index / 4 + 64);
    auto& cell = cells_[index];
    const auto& kind = types_.type(type);
    if (!cell.part) {
      hosted_birth birth;
      if (kind.parts_are_born)
        birth = {registry_.key(index), &types_.settings(type)};
      cell.part = kind.new_part(birth);
      cell.type = type;
      used_.push_back(index);
      if (kind.seen_at_once)
        seen_.push_back(index);
    }
    cell.changed = true;
    kind.take(cell.part, taken);
  }
}

void gathered_parts::visit(const std::function<void(gathering_target, std::string)>& visit) const {
  for (const uint32_t each : used_) {
    const auto& cell = cells_[each];
    std::string bytes;
    types_.type(cell.type).encode_part(cell.part, bytes);
    visit({each, cell.type}, std::move(bytes));
  }
}

void gathered_parts::visit_seen_at_once(const std::function<void(gathering_target, std::string)>& visit) {
  for (const uint32_t each : seen_)
    if (auto& cell = cells_[each]; std::exchange(cell.changed, false)) {
      std::string bytes;
      types_.type(cell.type).encode_part(cell.part, bytes);
      visit({each, cell.type}, std::move(bytes));
    }
}

void part_gatherer::take(const reading& r) {
  if (r.context->targets.empty())
    return;
  if (!current_ || current_barrier_ != r.barrier) {
    std::lock_guard guard{mutex_};
    auto& place = by_barrier_[r.barrier % rings];
    if (place && place->barrier() != r.barrier)
      throw std::logic_error{"barriers that are open at once are fewer"};
    if (!place)
      place = std::make_unique<gathered_parts>(types_, registry_, r.barrier);
    current_ = place.get();
    current_barrier_ = r.barrier;
  }
  current_->take(r, sensor_types_);
}

void part_gatherer::publish() {
  if (!asked_.load(std::memory_order_relaxed))
    return;
  std::lock_guard guard{mutex_};
  for (const auto& each : by_barrier_)
    if (each)
      each->visit_seen_at_once([&](gathering_target target, std::string part) {
        published_.push_back({each->barrier(), target, std::move(part)});
      });
  asked_ = false;
}

std::unique_ptr<gathered_parts> part_gatherer::collect(uint32_t barrier) {
  std::lock_guard guard{mutex_};
  auto& place = by_barrier_[barrier % rings];
  return place && place->barrier() == barrier ? std::move(place) : nullptr;
}

std::vector<part_gatherer::seen> part_gatherer::look() {
  std::lock_guard guard{mutex_};
  asked_ = true;
  return std::exchange(published_, {});
}

} // namespace millwright

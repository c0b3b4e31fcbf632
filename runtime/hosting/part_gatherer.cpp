#include "runtime/hosting/part_gatherer.hpp"

#include <stdexcept>
#include <utility>

namespace millwright {

gathered_parts::~gathered_parts() {
  for (const uint32_t each : used_)
    if (const auto& cell = cells_[each]; cell.part)
      types_.type(cell.type).delete_part(cell.part);
  stock_.give_back(std::move(blocks_));
}

void gathered_parts::take(const reading& r, const sensor_type& type, open_tallies::place& at) {
  contribution taken{r, type};
  if (at.open && at.barrier == barrier_ && at.open->of.add(taken)) [[likely]]
    taken.fresh = false;
  else
    at = {&begin_tally(taken), barrier_};
  const auto& open = *at.open;
  if (open.direct_type == open_tally::several)
    for (const auto& each : r.context->targets)
      if (!types_.type(each.type).gather)
        give(each, taken);
  if (open.direct_type < open_tally::several)
    give(open.direct(), taken);
}

open_tally& gathered_parts::begin_tally(const contribution& reading) {
  if (in_last_block_ == tally_stock::tallies_a_block) {
    blocks_.push_back(stock_.take());
    in_last_block_ = 0;
  }
  auto* const room = blocks_.back()->room + in_last_block_++ * sizeof(open_tally);
  auto& out = *new (room) open_tally{reading, types_.bounds()};
  for (const auto& each : reading.context().targets)
    if (types_.type(each.type).gather)
      tallied_.push_back({each, &out.of});
    else
      out.add_direct(each);
  return out;
}

void gathered_parts::give(gathering_target target, const contribution& reading) {
  if (target.index >= cells_.size())
    cells_.resize(target.index + target.index / 4 + 64);
  auto& cell = cells_[target.index];
  const auto& kind = types_.type(target.type);
  if (!cell.part) {
    hosted_birth birth;
    if (kind.parts_are_born)
      birth = {registry_.key(target.index), &types_.settings(target.type)};
    cell.part = kind.new_part(birth);
    cell.type = target.type;
    if (!std::exchange(cell.used, true)) {
      used_.push_back(target.index);
      if (kind.seen_at_once)
        seen_.push_back(target.index);
    }
  }
  kind.take(cell.part, reading);
}

void gathered_parts::visit(const std::function<void(gathering_target, std::string)>& visit) const {
  for (const auto& [target, bytes] : slices_)
    visit(target, bytes);
  for (const uint32_t each : used_)
    if (const auto& cell = cells_[each]; cell.part) {
      std::string bytes;
      types_.type(cell.type).encode_part(cell.part, bytes);
      visit({each, cell.type}, std::move(bytes));
    }
}

void gathered_parts::visit_slices(const std::function<void(gathering_target, const std::string&)>& visit) {
  for (const uint32_t each : seen_) {
    auto& cell = cells_[each];
    if (!cell.part)
      continue;
    const auto& kind = types_.type(cell.type);
    auto& [target, bytes] = slices_.emplace_back(gathering_target{each, cell.type}, std::string{});
    kind.encode_part(cell.part, bytes);
    kind.delete_part(std::exchange(cell.part, nullptr));
    visit(target, bytes);
  }
}

void part_gatherer::take(const reading& r) {
  auto& at = given_.places.at(r.context->slot);
  // A sensor with a tally counts in something.
  if (!(at.open && at.barrier == r.barrier) && r.context->targets.empty())
    return;
  if (!current_ || current_barrier_ != r.barrier) {
    std::lock_guard guard{mutex_};
    auto& place = by_barrier_[r.barrier % rings];
    if (place && place->barrier() != r.barrier)
      throw std::logic_error{"barriers that are open at once are fewer"};
    if (!place)
      place = std::make_unique<gathered_parts>(given_.types, given_.registry, given_.stock, r.barrier);
    current_ = place.get();
    current_barrier_ = r.barrier;
  }
  current_->take(r, given_.sensor_types[r.type], at);
}

void part_gatherer::publish() {
  if (!asked_.load(std::memory_order_relaxed))
    return;
  std::lock_guard guard{mutex_};
  for (const auto& each : by_barrier_)
    if (each)
      each->visit_slices([&](gathering_target target, const std::string& part) {
        published_.push_back({number_, each->barrier(), target, part});
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

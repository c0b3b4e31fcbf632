#include "runtime/barrier/answer_book.hpp"

#include <algorithm>
#include <stdexcept>

namespace millwright {

void answer_book::start(barrier_number first) {
  first_ = first;
  open_.assign(1, 0);
  complete_ = 0;
}

answer_book::slot_entry& answer_book::entry_of(slot_number slot) {
  if (slot >= slots_.size())
    slots_.resize(std::max<size_t>(slot + 1, slots_.size() + slots_.size() / 2));
  return slots_[slot];
}

void answer_book::sent(slot_number slot) {
  auto& entry = entry_of(slot);
  const auto bit = bit_of(current());
  open_.back() += (entry.owed & bit) == 0;
  entry.owed |= bit;
}

void answer_book::cut() {
  if (!has_room())
    throw std::logic_error{"more barriers are open than can be told apart"};
  open_.push_back(0);
  complete_some();
}

answer_book::verdict answer_book::answered(slot_number slot, uint32_t incarnation, barrier_number barrier) {
  if (slot >= slots_.size())
    return verdict::late;
  auto& entry = slots_[slot];
  if (incarnation <= entry.dead)
    return verdict::unknown;
  if (!owes(slot, barrier))
    return verdict::late;
  entry.owed &= ~bit_of(barrier);
  entry.newest = std::max(entry.newest, barrier);
  --owing(barrier);
  complete_some();
  return verdict::take;
}

void answer_book::died(slot_number slot, uint32_t incarnation, std::span<const barrier_number> replayed) {
  auto& entry = entry_of(slot);
  entry.dead = std::max(entry.dead, incarnation);
  uint64_t owed = 0;
  for (const auto barrier : replayed)
    if (is_open(barrier) && !is_complete(barrier))
      owed |= bit_of(barrier);
  for (auto barrier = first_; barrier <= current(); ++barrier) {
    const auto bit = bit_of(barrier);
    owing(barrier) += (owed & bit) != 0;
    owing(barrier) -= (entry.owed & bit) != 0;
  }
  entry.owed = owed;
  complete_some();
}

std::optional<answer_book::barrier_number> answer_book::complete() const {
  return complete_ == 0 ? std::nullopt : std::optional{first_ + complete_ - 1};
}

void answer_book::forget_oldest() {
  if (complete_ == 0)
    throw std::logic_error{"a barrier that is not complete cannot be forgotten"};
  open_.pop_front();
  ++first_;
  --complete_;
}

bool answer_book::owes(slot_number slot, barrier_number barrier) const {
  return slot < slots_.size() && is_open(barrier) && (slots_[slot].owed & bit_of(barrier)) != 0;
}

void answer_book::complete_some() {
  while (complete_ + 1 < open_.size() && open_[complete_] == 0)
    ++complete_;
}

} // namespace millwright

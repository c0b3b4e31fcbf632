#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace millwright {

/// Who owes which barrier an answer: the one place where that is known. A sensor that was sent something behind a
/// barrier's number owes it one answer, whichever of its actors gives it; an actor that dies leaves to its successor
/// the barriers whose readings that is given again, and is excused from the others. Pure; not for several threads at
/// once.
class answer_book {
public:
  using slot_number = uint32_t;
  using barrier_number = uint32_t;

  /// Barriers that may be open at once, the one that is not cut yet included.
  static constexpr uint32_t open_most = 64;

  /// What is sent from now on is behind `first`, which is not 0.
  void start(barrier_number first);
  /// The barrier that is not cut yet.
  barrier_number current() const { return first_ + static_cast<barrier_number>(open_.size()) - 1; }
  /// Whether `cut` may be called.
  bool has_room() const { return open_.size() < open_most; }

  /// `slot` was sent something behind the current number; once is as good as twice.
  void sent(slot_number slot);
  /// The current number ends, and the next begins.
  void cut();

  enum class verdict : uint8_t {
    take,
    /// It owes that barrier nothing, or no longer.
    late,
    /// That incarnation is dead.
    unknown,
  };
  /// The answer of one of the slot's actors to `barrier`.
  verdict answered(slot_number slot, uint32_t incarnation, barrier_number barrier);

  /// The actor died, or was ended: nothing that it answers counts from here on. Its successor owes the barriers of
  /// `replayed`, whose readings it is given again, and is excused from all others, the current one included: what was
  /// sent behind these (a tick, the reading that killed twice) is gone with the actor, and changes no state.
  void died(slot_number slot, uint32_t incarnation, std::span<const barrier_number> replayed);

  /// The newest barrier up to which everything is answered and not forgotten yet.
  std::optional<barrier_number> complete() const;
  bool is_complete(barrier_number barrier) const { return barrier < first_ + complete_; }
  /// The oldest barrier, which is complete, is dealt with.
  void forget_oldest();

  bool owes(slot_number slot, barrier_number barrier) const;
  /// The newest barrier that the slot has answered; 0 for none.
  barrier_number newest_answer(slot_number slot) const { return slot < slots_.size() ? slots_[slot].newest : 0; }

private:
  struct slot_entry {
    /// A bit for each open barrier, by its number modulo 64.
    uint64_t owed = 0;
    barrier_number newest = 0;
    /// The newest incarnation that is dead.
    uint32_t dead = 0;
  };

  static uint64_t bit_of(barrier_number barrier) { return uint64_t{1} << (barrier % open_most); }
  bool is_open(barrier_number barrier) const { return barrier >= first_ && barrier - first_ < open_.size(); }
  uint32_t& owing(barrier_number barrier) { return open_[barrier - first_]; }
  slot_entry& entry_of(slot_number slot);
  void complete_some();

  barrier_number first_ = 1;
  /// How many slots owe an answer, by barrier; the last is the current one.
  std::deque<uint32_t> open_{0};
  /// How many of the oldest are complete.
  uint32_t complete_ = 0;
  std::vector<slot_entry> slots_;
};

} // namespace millwright

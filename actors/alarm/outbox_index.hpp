#pragma once

#include "actors/alarm/alarm_journal.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace millwright {

/// The waiting pages of one channel, as far as memory goes. A dead receiver may leave a million pages waiting; they
/// lie in the journal, and the index keeps only the first `most` of them. What stands behind its `horizon` is read
/// from the journal when the index runs dry.
class outbox_index {
public:
  explicit outbox_index(size_t most) : most_{most} {}

  /// A page that is now in the journal; it may be left there. Places come once.
  void add(outbox_entry entry);

  /// A page that the journal could not take: kept in memory whatever its place.
  void add_unjournaled(outbox_entry entry);

  /// A page in hand whose delivery must be tried again, with its new attempts and next try.
  void put_back(outbox_entry entry);

  /// The next pages to deliver, best first, of those whose next try is not after `now`. They are then in hand.
  std::vector<outbox_entry> take(size_t limit, event_time now);

  /// Ends a page in hand and gives it; none when it is not in hand.
  std::optional<outbox_entry> finish(const outbox_place& place);

  /// A copy of a page in hand, which stays there; none when it is not in hand.
  std::optional<outbox_entry> in_hand(const outbox_place& place) const;

  /// All in hand go back: their channel was started anew.
  void put_all_back();

  /// True when memory holds nothing more and the journal may.
  bool dry() const { return waiting_.empty() && horizon_.has_value(); }
  /// Where a refill goes on.
  const outbox_place* horizon() const { return horizon_ ? &*horizon_ : nullptr; }
  /// At start: everything is still in the journal.
  void expect_all_from_journal() { horizon_ = outbox_place{1 << 30, 0}; }

  /// What the journal holds behind the horizon, asked for with `asked` as the limit. Pages of `unanswered_from` or a
  /// later sequence are left out: they come by `add` when the journal has answered.
  void refill(std::vector<outbox_entry> entries, size_t asked, uint64_t unanswered_from);

  /// The wall clock, now at `now`, has gone back by `by`: what waits does not wait longer for it.
  void clock_set_back(event_time now, milliseconds by);

  /// The earliest next try; none when nothing waits.
  std::optional<event_time> earliest() const;

  size_t waiting() const { return waiting_.size(); }
  size_t in_hand_count() const { return in_hand_.size(); }

private:
  void shrink();

  struct held {
    outbox_entry entry;
    bool journaled = true;
  };
  using shelf = std::map<outbox_place, held>;

  size_t most_;
  shelf waiting_;
  shelf in_hand_;
  /// Unjournaled pages that were delivered: the journal may still show them as waiting.
  std::set<outbox_place> ended_;
  /// Every journaled page up to here is in memory; what is behind it is not. None: all are in memory.
  std::optional<outbox_place> horizon_;
};

} // namespace millwright

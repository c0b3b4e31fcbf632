#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// Beyond which event time a reading is ahead, at the positions [from, until) of a split (semantics 1).
struct bound_entry {
  uint64_t from = 0, until = 0;
  event_time bound = never;
  /// Taken from the readings: by them it is the node's clock that is behind.
  bool raised = false;

  /// What the log of decisions keeps beside `from`.
  std::string content() const;
  /// None when the content is damaged.
  static std::optional<bound_entry> of(uint64_t from, std::string_view content);
};

/// What stands in for arrival in a live split that has none: no clock of the plant runs ahead of the node's. A pure
/// model: it says which entry of the log is due, and learns what became of it; what it says of a reading follows from
/// those entries alone. While none can be logged it follows the clock, and says what must not be committed.
class split_bound {
public:
  static constexpr milliseconds allowance{90'000};
  /// An entry is followed by another after this time; while the node's clock is behind, sooner.
  static constexpr milliseconds renewed_after{60'000}, renewed_after_when_behind{20'000};
  /// Not read by any longer: but for a node that stood still, or a log that is slow, another was there before.
  static constexpr milliseconds stale_after{75'000};
  /// A raise needs so many readings.
  static constexpr uint64_t fewest_beyond = 64;

  /// An entry that a former run made. Nobody knows how far that one read: it holds for all of its range.
  void recovered(const bound_entry& entry);
  /// The former run read nothing behind `next`: what it said of the positions from there on is void.
  void forget_before(uint64_t next);

  /// How fast positions pass, by the steady clock. Called at every poll, as `tick`.
  /// @param waiting as source::waiting; @param at_end the split is being read at its end.
  void progress(int64_t steady_ms, uint64_t next, std::optional<uint64_t> waiting, bool at_end);
  /// The node's clock.
  void tick(event_time now);

  /// Whether the reading at `position` can be judged: the entry that covers it is in force then. False: one has to be
  /// logged first, or the one under way has to come.
  bool reach(uint64_t position) {
    if (position >= next_from_)
      advance(position);
    if (unlogged_)
      return true;
    if (waits_ && position >= waiting_from_)
      return false;
    return position < current_.until && !stale_;
  }
  /// Of the reading that `reach` allowed.
  event_time bound() const { return current_.bound; }
  /// The reading was accepted.
  void took(event_time time) {
    used_ = true;
    ++taken_;
    if (time <= clock_bound_)
      within_ = true;
    if (time < smallest_)
      smallest_ = time;
  }

  /// There is an entry, so that there have to be others.
  bool in_use() const { return known_; }
  /// From where an entry is to be logged ahead of its positions, if one is due; none while one is under way.
  std::optional<uint64_t> due(uint64_t next) const;
  /// The entry that begins at `from`. @param raise see `all_beyond`.
  bound_entry make(uint64_t from, bool raise) const;
  /// It is on its way to the log: no position from there on is read before it has come, unless `follow_clock` says so.
  void under_way(const bound_entry& entry);
  bool waits() const { return waits_; }
  /// @param next position of the first record not yet taken.
  void logged(const bound_entry& entry, uint64_t next);
  /// It could not be logged.
  void failed();
  /// None can be logged: the last entry's bound follows the clock, whatever its range.
  void follow_clock();
  /// False: what was read lies beyond every range that was logged.
  bool may_commit(uint64_t next) const { return !unlogged_ || next <= current_.until; }
  bool unlogged() const { return unlogged_; }

  /// Every reading since `stretch_ms` (steady clock) was beyond what the node's clock allows. If every sensor that
  /// spoke lately is among them, it is the node's clock that is behind.
  bool all_beyond() const { return fresh_ && !within_ && beyond_before_ + taken_ >= fewest_beyond && taken_ > 0; }
  int64_t stretch_ms() const { return stretch_ms_; }
  /// The bound was raised to the readings: by how much.
  milliseconds raised_by() const { return current_.raised ? current_.bound - clock_bound_ : milliseconds{0}; }

private:
  static constexpr uint64_t nowhere = std::numeric_limits<uint64_t>::max();

  struct held : bound_entry {
    /// The node's clock when it was made; none of a former run's.
    std::optional<event_time> made;
  };

  void advance(uint64_t position);
  void enter(const held& entry);
  void note_next();
  uint64_t span() const;

  held current_;
  std::deque<held> planned_;
  uint64_t next_from_ = nowhere;
  bool known_ = false, waits_ = false, stale_ = false, unlogged_ = false;
  uint64_t waiting_from_ = nowhere;
  event_time waiting_made_ = never;
  event_time now_ = never;

  // Of the range: what its readings say of the node's clock.
  event_time clock_bound_ = never, smallest_ = forever;
  bool within_ = false, fresh_ = false, used_ = false;
  uint64_t taken_ = 0, beyond_before_ = 0;
  int64_t stretch_ms_ = 0, steady_ms_ = 0;

  // How fast positions pass, in a second; at the split's end, and altogether.
  std::optional<int64_t> sampled_ms_;
  uint64_t sampled_next_ = 0;
  bool sampled_at_end_ = false;
  double live_rate_ = 0, rate_ = 0;
  bool live_known_ = false;
  std::optional<uint64_t> backlog_;
};

} // namespace millwright

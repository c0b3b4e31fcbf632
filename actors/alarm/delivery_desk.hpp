#pragma once

#include "actors/alarm/outbox_index.hpp"
#include "protocol/actors.hpp"

#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace millwright {

/// Hands pages to channels: one lane a channel, with as many pages as the channel asked for, most urgent first. What a
/// lane does not hold in memory it reads from the journal. No actor and no clock: `now`, the wall clock, is an
/// argument.
class delivery_desk {
public:
  /// @param journal outlives the desk; of it the desk only reads.
  /// @param pages_in_memory waiting pages of one channel that are kept in memory.
  delivery_desk(alarm_journal& journal, const std::vector<channel_name>& channels, size_t pages_in_memory);

  /// A page that is on disk now.
  void add_journaled(outbox_entry page);
  /// Pages that the journal could not take, in the order of their sequences: channels may have them all the same, as
  /// ones that may repeat. Those that were released before are passed over.
  void release(const std::map<uint64_t, outbox_entry>& pages);
  /// The page has been released; its sequence is forgotten, as it is on disk now.
  bool was_released(uint64_t sequence) { return released_.erase(sequence) > 0; }

  /// The channel takes so many pages more.
  /// @param anew it is another actor than before: what it had in hand goes back.
  void pull(const channel_pull& x, bool anew);
  /// What to note in the journal; none for a page that is not in the channel's hand.
  std::optional<outbox_change> delivered(const delivery_report& x, event_time now);

  struct hand {
    channel_name channel;
    page_orders orders;
  };
  /// What each channel gets now.
  /// @param unanswered_from pages of this sequence or a later one are still with the journal.
  std::vector<hand> serve(event_time now, uint64_t unanswered_from);
  /// When to serve again although nothing has happened; `forever`: not.
  event_time wake() const { return wake_; }

  /// Pages that are out without being on disk.
  size_t released() const { return released_.size(); }
  uint64_t sent() const { return sent_; }
  uint64_t failed() const { return failed_; }
  uint64_t retries() const { return retries_; }

private:
  struct lane {
    outbox_index index;
    bool taken = false;
    uint32_t credit = 0;
  };

  void look(event_time now);
  lane& lane_of(const channel_name& channel);
  void refill(const channel_name& name, lane& of, event_time now, uint64_t unanswered_from);

  alarm_journal& journal_;
  size_t pages_in_memory_;
  std::map<channel_name, lane> lanes_;
  /// Sequences of pages that channels may have although the journal does not.
  std::unordered_set<uint64_t> released_;
  event_time looked_ = never;
  event_time wake_ = forever;
  uint64_t sent_ = 0, failed_ = 0, retries_ = 0;
};

} // namespace millwright

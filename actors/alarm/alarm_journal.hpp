#pragma once

#include "actors/alarm/shelf_book.hpp"
#include "protocol/alarm_record.hpp"

#include <compare>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

/// Where a waiting page stands: highest priority first, then in the order in which they were decided.
struct outbox_place {
  int priority = 0;
  uint64_t sequence = 0;

  friend bool operator==(const outbox_place&, const outbox_place&) = default;
  friend std::strong_ordering operator<=>(const outbox_place& a, const outbox_place& b) {
    if (a.priority != b.priority)
      return b.priority <=> a.priority;
    return a.sequence <=> b.sequence;
  }
};

/// A page that waits for its channel.
struct outbox_entry {
  page what;
  uint64_t sequence = 0;
  uint32_t attempts = 0;
  /// Wall clock; `never`: at once.
  event_time next_try = never;
  /// Wall clock: when it was first to go out; `never` where an older version did not note it.
  event_time due = never;
  /// Its channel fails, and it goes over these as well: when one of them has told it, nobody waits for this one.
  std::vector<channel_name> over = {};
  /// It, or a page that it took in, was tried, and the receiver may have it: it has not said that it takes nothing.
  bool perhaps_taken = false;

  outbox_place place() const { return {what.about.priority, sequence}; }
};

/// The receiver may have it. Of one that was not tried the node may have died at the first answer.
inline bool may_be_there(const outbox_entry& x) {
  return x.perhaps_taken || x.attempts == 0;
}

/// What became of a try to deliver.
struct outbox_change {
  outbox_place place;
  /// How it ended; planned while it goes on waiting.
  notification told;
  uint32_t attempts = 0;
  event_time next_try = never;
  /// It goes on waiting with this priority and wording; none: as it stands.
  std::optional<outbox_entry> instead = std::nullopt;
  /// Where it stands if not at `place`: a commit that was answered as failed may be on disk, and have moved it.
  std::vector<outbox_place> or_at = {};
  /// Of one that goes on waiting: see `outbox_entry`.
  bool perhaps_taken = false;

  bool waits() const { return told.outcome == notification_outcome::planned; }
};

/// Stored: append only. The last two of a receiver that keeps a state of each alarm: the second knows that somebody
/// has acknowledged it.
enum class told_way : uint8_t { singly, by_digest, as_state, as_acknowledged };

/// What an ordinary channel has been told of an alarm, while there is a receiver of states of its name.
struct page_mark {
  told_way how = told_way::singly;
  /// See `told_mark`.
  uint32_t number = 0;
  std::optional<severity> behind = std::nullopt;

  friend bool operator==(const page_mark&, const page_mark&) = default;
};

/// What a channel has been told of an alarm that it takes to stand.
struct told_mark {
  using way = told_way;
  static constexpr way last_way = way::as_acknowledged;
  way how = way::singly;
  /// Number of the newest transition that was told. 0: perhaps none was, for the page or digest that told of it was
  /// given up, or told by others, and its answer may have been lost; or nobody knows yet whether a receiver of states
  /// has it.
  uint32_t number = 0;
  /// It was away when people were alerted anew: it takes the alarm for one of this severity; for a group normal, as it
  /// takes it for a smaller one. None: it has missed nothing.
  std::optional<severity> behind = std::nullopt;
  /// The channel is none that keeps states, but was: that receiver has the alarm open, and hears the end if it comes
  /// back.
  bool open_state = false;
  /// The other way round: the channel keeps states, but was an ordinary one. As that it takes the alarm to stand, and
  /// hears the end if it is one again.
  std::optional<page_mark> as_pages = std::nullopt;

  bool of_states() const { return how >= way::as_state; }

  /// What the ordinary channel of this name was told; none: nothing.
  std::optional<page_mark> of_pages() const {
    return of_states() ? as_pages : std::optional{page_mark{how, number, behind}};
  }

  friend bool operator==(const told_mark&, const told_mark&) = default;
};

struct told_change {
  channel_name channel;
  uuid alarm;
  /// None: it knows the end, or that there was nothing.
  std::optional<told_mark> mark;
};

/// When a channel got its last digest; `never`: none yet.
struct digest_time {
  channel_name channel;
  event_time at = never;
};

/// What is made durable together, in this order: alarms, pages, changes, what channels know, shelves.
struct journal_batch {
  /// Encoded alarm_record by id.
  std::vector<std::pair<uuid, std::string>> alarms;
  std::vector<uuid> forgotten;
  /// A page whose key the outbox already knows is left as it stands there.
  std::vector<outbox_entry> pages;
  std::vector<outbox_change> changes;
  std::vector<told_change> told;
  std::vector<digest_time> digests;
  std::vector<shelf_change> shelves;

  bool empty() const {
    return alarms.empty() && forgotten.empty() && pages.empty() && changes.empty() && told.empty() && digests.empty() &&
           shelves.empty();
  }
};

struct journal_result {
  /// Empty: on disk.
  std::string error;
  /// Keys in the batch's pages that had been delivered, or given up, before.
  std::vector<std::string> delivered_before;
};

/// What was kept beside the alarms.
struct journal_content {
  /// Larger than any sequence in the outbox.
  uint64_t next_sequence = 1;
  std::vector<told_change> told;
  /// Of every channel whose marks have been kept so far.
  std::vector<digest_time> digests;
  std::vector<alarm_shelf> shelves = {};
};

/// What the router needs of its journal; runtime/journal has the real one.
class alarm_journal {
public:
  virtual ~alarm_journal() = default;

  /// Returns at once; `done` is called on the journal's thread when the batch is synced or has failed as a whole.
  virtual void write(std::shared_ptr<const journal_batch> batch, std::function<void(journal_result)> done) = 0;

  // What follows reads, and throws `failure` when it cannot.

  /// The first `limit` waiting pages of a channel behind `after` (from the first one without). From any thread.
  virtual std::vector<outbox_entry> waiting(const channel_name& channel, const outbox_place* after, size_t limit) = 0;

  /// What waits for any other channel. From any thread.
  virtual std::vector<outbox_entry> waiting_elsewhere(const std::vector<channel_name>& here) = 0;

  /// How many pages of the channel wait. From any thread.
  virtual uint64_t waiting_count(const channel_name& channel) = 0;

  /// Gives every alarm, one by one, and returns the rest.
  virtual journal_content load(const std::function<void(alarm_record)>& each) = 0;
};

} // namespace millwright

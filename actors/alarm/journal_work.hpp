#pragma once

#include "actors/alarm/alarm_journal.hpp"
#include "protocol/alarm_messages.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace millwright {

struct journal_work_limits {
  /// Pause before a journal that failed is tried again, doubled up to the most.
  milliseconds backoff{100};
  milliseconds backoff_most{5000};
  /// While the journal fails or hangs: pages that are over, whose outcome waits to be noted. Beyond, the oldest are not
  /// noted.
  size_t outcomes = 20'000;
  /// Likewise: answers to owners. Beyond, each alarm has its newest alone, which is of what was told before, too: an
  /// owner that went without would tell it again after a start, maybe when its alarm is long forgotten.
  size_t answers = 100'000;
};

/// One batch of what must be made durable, and of who waits for it.
struct journal_items {
  std::set<uuid> changed, forgotten;
  /// By sequence.
  std::map<uint64_t, outbox_entry> pages;
  /// By sequence of their page: of several the newest counts.
  std::map<uint64_t, outbox_change> changes;
  std::map<std::pair<channel_name, uuid>, std::optional<told_mark>> told;
  std::map<channel_name, event_time> digests;
  std::map<shelf_book::key, std::optional<alarm_shelf>> shelves;
  std::vector<transition_journaled> answers;
  /// Of people who wait to hear that what they said is on disk.
  std::vector<uint64_t> tickets;

  bool need_disk() const {
    return !(changed.empty() && forgotten.empty() && pages.empty() && changes.empty() && told.empty() &&
             digests.empty() && shelves.empty());
  }
  bool empty() const { return !need_disk() && answers.empty() && tickets.empty(); }
};

/// What waits for the journal. One batch of it is with the journal at a time, so that what comes during one sync goes
/// together into the next; what was refused is joined with what has come since, and is bounded: an alarm waits once
/// however often it changes, and so does each page. Pure.
class journal_work {
public:
  explicit journal_work(journal_work_limits limits = {}) : limits_{limits} {}

  void changed(const uuid& alarm);
  void forgotten(const uuid& alarm);
  void add(outbox_entry page);
  void add(outbox_change change);
  void add(const told_change& change) { next_.told.insert_or_assign({change.channel, change.alarm}, change.mark); }
  void add(const digest_time& x) { next_.digests.insert_or_assign(x.channel, x.at); }
  void add(const shelf_change& x) { next_.shelves.insert_or_assign({x.what, x.of}, x.shelf); }
  void add(transition_journaled answer);
  void add_ticket(uint64_t ticket) { next_.tickets.push_back(ticket); }

  /// A batch is with the journal.
  bool writing() const { return writing_.has_value(); }
  /// It has refused, and is not to be tried before the pause is over.
  bool pausing() const { return pausing_; }
  bool failing() const { return failing_; }
  /// The batch that is with it has not been answered for too long.
  bool late() const { return late_; }
  /// It fails, or is late: nobody waits for it, and what waits to be written is bounded.
  bool stuck() const { return failing_ || late_; }
  const std::string& error() const { return error_; }
  /// Outcomes that were left out since the start.
  uint64_t not_noted() const { return not_noted_; }

  /// What has come since the last batch.
  const journal_items& next() const { return next_; }
  bool empty() const { return !writing_ && next_.empty(); }

  /// The next batch, under its number, until `written` or `refused`.
  const journal_items& begin();
  uint64_t number() const { return number_; }
  /// When nothing that waits needs the disk: ends it at once.
  journal_items settle();

  /// The batch is on disk: who waits for it can be told.
  journal_items written();
  /// It is not: joined with what has come since. The tickets in it (they wait no longer), and the pause.
  struct refusal {
    std::vector<uint64_t> tickets;
    milliseconds pause;
  };
  refusal refused(std::string error);
  void pause_is_over() { pausing_ = false; }

  /// The batch is not answered. The tickets in it, and of what has come since: they wait no longer.
  std::vector<uint64_t> is_late();

private:
  void bound();
  void join_answers();

  journal_work_limits limits_;
  journal_items next_;
  std::optional<journal_items> writing_;
  uint64_t number_ = 0;
  bool failing_ = false, pausing_ = false, late_ = false;
  std::string error_;
  milliseconds pause_{0};
  uint64_t not_noted_ = 0;
  /// Outcomes are counted again when there are more than this.
  size_t looked_at_ = 0;
  /// So many answers the last look left.
  size_t answers_left_ = 0;
};

} // namespace millwright

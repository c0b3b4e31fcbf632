#pragma once

#include "actors/alarm/alarm_book.hpp"
#include "actors/alarm/outbox_index.hpp"
#include "protocol/actors.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace millwright {

struct alarm_router_settings {
  routes ways{{}};
  alarm_book_limits limits;
  /// Outlives the router.
  alarm_journal* journal = nullptr;
  /// Told what is on disk; may be empty.
  alarm_owner_actor owner;
  std::function<event_time()> wall_clock;
  /// Hears of the transitions that the router itself decides: acknowledged, and cleared after a restart. Called on the
  /// router's thread; may be empty.
  std::function<void(const alarm_transition&)> decided;
  /// Waiting pages of one channel that are kept in memory.
  size_t pages_in_memory = 1024;
  /// Pause before the journal is tried again, doubled up to the most.
  milliseconds journal_backoff{100};
  milliseconds journal_backoff_most{5000};
  milliseconds tidy_every{600'000};
  /// What the node itself raised before a restart (a silent source, say) is judged anew after it.
  bool clear_node_conditions = true;
};

using acknowledge_promise = caf::typed_response_promise<acknowledge_answer>;

/// Everything that waits to be written: one batch of it is with the journal at a time, so that what came during one
/// sync goes together into the next.
struct router_work {
  std::set<uuid> dirty;
  std::vector<uuid> forgotten;
  std::vector<outbox_entry> pages;
  std::vector<outbox_change> changes;
  std::vector<transition_journaled> answers;
  std::vector<std::pair<acknowledge_promise, acknowledge_answer>> promises;

  bool needs_disk() const { return !(dirty.empty() && forgotten.empty() && pages.empty() && changes.empty()); }
  bool empty() const { return !needs_disk() && answers.empty() && promises.empty(); }
};

struct alarm_router_state {
  struct lane {
    outbox_index index;
    channel_actor channel;
    uint32_t credit = 0;
  };

  alarm_router_settings settings;
  std::unique_ptr<alarm_book> book;
  std::map<channel_name, lane> lanes;
  router_work next;
  /// With the journal; none when it has answered.
  std::unique_ptr<router_work> outstanding;
  uint64_t batch = 0;
  uint64_t next_sequence = 1;
  /// Pages that channels may have although the journal does not.
  std::unordered_set<uint64_t> released;
  bool failing = false;
  bool retry_planned = false;
  std::string journal_error;
  milliseconds backoff{0};
  event_time next_serve = forever;
  /// What the wall clock showed last.
  event_time looked = never;
  uint64_t sent = 0, failed = 0, retries = 0;
  bool stopping = false;
  caf::typed_response_promise<bool> stopped;
  static inline const char* name = "alarm_router";
};

/// Takes transitions, journals them, and only then lets channels page and tells the owner. When the journal cannot be
/// written, pages go out from memory, marked as ones that may repeat, and the journal is tried again until it takes
/// them. Spawn it detached: a page must not wait behind sensors.
alarm_router_actor::behavior_type route_alarms(alarm_router_actor::stateful_pointer<alarm_router_state> self,
                                               alarm_router_settings settings);

} // namespace millwright

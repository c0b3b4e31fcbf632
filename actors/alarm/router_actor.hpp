#pragma once

#include "actors/alarm/alarm_board.hpp"
#include "actors/alarm/alarm_book.hpp"
#include "actors/alarm/delivery_desk.hpp"
#include "actors/alarm/journal_work.hpp"
#include "actors/alarm/transition_order.hpp"
#include "protocol/actors.hpp"
#include "protocol/running_wait.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
  /// Runs evenly, from whenever.
  std::function<milliseconds()> steady_clock = [] {
    return std::chrono::floor<milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
  };
  /// Hears of the transitions that the router itself decides: acknowledged, and cleared after a restart. Called on the
  /// router's thread; may be empty.
  std::function<void(const alarm_transition&)> decided;
  delivery_limits delivery;
  /// Channels whose receivers keep a state of each alarm.
  stateful_receivers stateful;
  /// Of channels that have some.
  std::map<channel_name, channel_terms> terms;
  /// Hears of channels that are down or back, and of pages that are given up. Called on the router's thread; may be
  /// empty.
  std::function<void(const channel_news&)> heard;
  /// What the plant knows of an alarm, for a page that is made now. Called on the router's thread: it waits for nobody.
  /// May be empty.
  channel_outbox::guidance_lookup guide;
  /// Told of the beginning of a flood of alarms and, with `begins` false, of its end. Called on the router's thread;
  /// may be empty.
  std::function<void(const flood_period&, bool begins)> flooded;
  /// Waiting pages of one channel that are kept in memory whole.
  size_t pages_in_memory = 1024;
  journal_work_limits work;
  milliseconds tidy_every{600'000};
  /// What owners had sent before this start and nobody had answered: taken before anything that they send now.
  std::vector<alarm_transition> kept;
  transition_order::limits order;
  /// What people's questions are answered from; may be null.
  std::shared_ptr<alarm_board> board;
  /// Told when the journal cannot be read or written and, with an empty text, when it can; once in any case. Called on
  /// the router's thread; may be empty.
  std::function<void(const std::string&)> journal_fails;
  /// A journal whose alarms cannot be read is tried again this often, with `work.backoff` in between; then the router
  /// ends, and whoever monitors it hears why.
  int load_tries = 20;
  /// A journal that has not answered for so long counts as failing, whatever it answers in the end.
  milliseconds journal_patience{10'000};
};

struct alarm_router_state {
  alarm_router_settings settings;
  /// None until the journal's alarms have been read.
  std::unique_ptr<alarm_book> book;
  /// What came before that.
  std::vector<std::function<void()>> early;
  int load_tries = 0;
  transition_order order;
  bool order_planned = false;
  std::string read_error;
  /// Since the batch that is with the journal was handed to it.
  std::optional<running_wait> write_wait;
  bool late_planned = false;
  /// Whether `journal_fails` heard of trouble last; none: it has heard nothing.
  std::optional<bool> told_trouble;
  journal_work work;
  std::unique_ptr<delivery_desk> desk;
  std::map<channel_name, channel_actor> channels;
  /// Who waits until what they did is on disk, by their tickets in `work`: told with a remark, once.
  std::map<uint64_t, std::function<void(std::string_view)>> tickets;
  uint64_t next_ticket = 1;
  /// When the desk will be looked after next.
  event_time next_serve = forever;
  /// When held alerts will be.
  event_time next_pass = forever;
  /// What is shelved, as people see it.
  std::shared_ptr<const std::vector<alarm_shelf>> shelves;
  /// That goes on.
  std::optional<flood_period> flood;
  bool stopping = false;
  caf::typed_response_promise<bool> stopped;
  static inline const char* name = "alarm_router";
};

/// Takes transitions, in the order of their numbers, journals them, and only then lets channels page and tells the
/// owner. When the journal cannot be written, pages go out from memory, marked as ones that may repeat, and the journal
/// is tried again until it takes them. Spawn it detached: a page must not wait behind sensors.
alarm_router_actor::behavior_type route_alarms(alarm_router_actor::stateful_pointer<alarm_router_state> self,
                                               alarm_router_settings settings);

} // namespace millwright

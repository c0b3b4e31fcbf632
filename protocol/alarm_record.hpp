#pragma once

#include "protocol/alarm_shelf.hpp"
#include "protocol/page.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// ISA-18.2 / OPC UA Part 9, beside acknowledged or not. Stored: append only.
enum class alarm_state : uint8_t {
  active,
  cleared,
  /// The learned band gave way before the value came back: stays until acknowledged.
  adapted,
};

std::string_view name_of(alarm_state state);

/// What a transition decided, so far as to tell it from another one of its number; and what was before it.
struct decided_transition {
  transition_kind kind{};
  severity level{};
  event_time at;
  bool pages = false;
  /// The alarm stood.
  bool stood = false;
};

/// A transition that was taken, but is not yet behind its split's committed position.
struct uncommitted_transition {
  uint32_t number = 0;
  uint16_t split = 0;
  uint64_t position = 0;
  /// A sweep decided it: a replay repeats it as well, but not at the same position.
  bool swept = false;
  /// Of which of the split's logs the position is: how often it had been made anew. 0 in what older versions stored.
  uint32_t log = 0;
  /// None: an older version took it, or it came behind its successors.
  std::optional<decided_transition> decided = std::nullopt;
  /// Of a sweep's, the commit that is to hold it: its position tells the commits before and behind it from each other
  /// only where a reading has come in between. 0: unknown, as in what older versions stored.
  uint64_t commit = 0;
  /// Read back from the journal, and not (yet) repeated by the replay. Not stored.
  bool awaited = false;
  /// Commits that have passed it while it was awaited, and the split's activity clock at the first of them. Not stored.
  uint32_t passed = 0;
  milliseconds passed_since{0};
};

/// All that the router knows of one alarm.
struct alarm_record {
  alarm_transition raise;
  alarm_transition latest;
  alarm_state state = alarm_state::active;
  bool acknowledged = false;
  /// Number of the newest transition taken from the owner, and whether that was an end; none: nobody knows.
  uint32_t last_number = 0;
  std::optional<bool> owner_ended = std::nullopt;
  /// Where its alerts went, and the highest severity that they told; empty and normal for an alarm that woke nobody.
  std::vector<channel_name> paged_to;
  severity paged_level = severity::normal;
  /// Some transition of it pages by its rule; otherwise it is an observation, shown apart.
  bool pages = false;
  /// Numbers before `last_number` that have not come, smallest first.
  std::vector<uint32_t> missing;
  /// Why the newest transition paged, or why it did not.
  std::string explanation;
  std::string acknowledged_by;
  event_time acknowledged_at = never;
  /// Wall clock of the newest change; retention counts from here.
  event_time changed_at = never;
  std::vector<uncommitted_transition> uncommitted;

  /// The transition that alerts, while it is held: with others it may become one page. Null: nothing is held.
  std::shared_ptr<const alarm_transition> held;
  /// Wall clock: since when, and when that is decided.
  event_time held_since = never, held_until = never;
  /// What is held is held back: of its sensor people got a page not long ago.
  bool held_back = false;
  /// The group that tells of it in its place; zero where none does.
  uuid group;
  /// The group tells of it with its next update.
  bool group_waits = false;
  /// When it last alerted, by itself or within a group: the event's time, and the wall clock.
  event_time told_at = never, told_wall = never;
  /// Wall clock: since when somebody should have acknowledged it; reminders do not move that. `never`: nobody is
  /// reminded, as of one that an older version told of.
  event_time waits_since = never;
  /// Of a group: every alarm that it has told of, in that order. Null for any other.
  std::shared_ptr<const std::vector<uuid>> members;

  /// Of one that stands: the shelf that covers it. Null: none does.
  std::shared_ptr<const alarm_shelf> shelved;
  /// Whoever was paged has been told that it is over; it came back while it was shelved, and nobody was told of that.
  bool back_unheard = false;
  /// Event time of the first reading outside, of the newest raise or reopening. `never`: as an older version stored it.
  event_time onset = never;
  /// The first-out alarm behind which it stands; zero where it stands behind none. While it is `held`, too, no message
  /// has named it. Of a group: that behind which all of its members stand.
  uuid child_of;
  /// Wall clock: when it last became one that pages, by itself, held or as a child. `never`: it has not, or an older
  /// version stored it.
  event_time sounded_at = never;

  /// What people said of it and did to it, oldest first; the newest few.
  std::vector<alarm_remark> remarks;
  static constexpr size_t most_remarks = 20;
  void remark(alarm_remark x);

  bool in_group() const { return group != uuid{}; }
  bool is_child() const { return child_of != uuid{}; }
  /// No message has named it yet.
  bool unnamed_child() const { return held && is_child(); }
  const uuid& id() const { return raise.alarm; }
  /// Shown apart: nobody is to be paged by its rule, and nobody was.
  bool observation() const { return !pages && paged_to.empty(); }
  /// Nobody has anything left to do. An alarm that woke nobody needs no acknowledgement, but for an adapted one.
  bool finished() const {
    return (state == alarm_state::cleared && (acknowledged || paged_to.empty())) ||
           (state == alarm_state::adapted && acknowledged);
  }
};

/// The stored form, behind a version byte.
void encode(binary_writer& out, const alarm_record& x);
std::optional<alarm_record> decode_alarm_record(binary_reader& in);

/// What `millwright alarms` shows: one JSON object.
void append_json(std::string& out, const alarm_record& x);

} // namespace millwright

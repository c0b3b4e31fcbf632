#pragma once

#include "protocol/entity.hpp"
#include "protocol/ids.hpp"
#include "protocol/results.hpp"
#include "protocol/time.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace millwright {

/// Sensors write their whole state in turn, so many at a commit and close together in the ledger: 0 .. ledger_turns
/// - 1.
inline constexpr uint32_t ledger_turns = 6;
uint32_t ledger_turn(const sensor_key& key);

/// A sensor as the ledger names it: its turn, facility, '\0', sensor. Of any length.
std::string ledger_key(const sensor_key& key);
void append_ledger_key(std::string& to, const sensor_key& key);
sensor_key sensor_of_ledger_key(std::string_view key);

/// Any other actor that has its state here: its type, '\0', facility, '\0', id. Of any length.
std::string actor_ledger_key(const entity_key& key);
entity_key actor_of_ledger_key(std::string_view key);

struct state_record {
  /// As `ledger_key` gives it for a sensor, `actor_ledger_key` for another actor.
  std::string_view key;
  /// The actor's encoded state, opaque here.
  std::string_view state;
  /// 0: it is whole. Else it is what has changed since the whole state of that commit, in place of older changes; both
  /// are read as one behind the other.
  uint64_t whole_at = 0;
};

using sensor_record = state_record;
using actor_record = state_record;

/// What the ledger holds of a sensor or another actor: its whole state, and behind it what has changed since.
struct ledger_state {
  std::string state;
  /// The commit of the whole state; 0 for one that an older format kept.
  uint64_t whole_at = 0;
};
using stored_sensor = ledger_state;

/// Results of one kind in the order in which they were emitted; best at about 256 KB.
struct result_block {
  result_kind kind{};
  /// Smallest and largest event time in it.
  event_time first, last;
  uint32_t rows = 0;
  /// NDJSON, each line ends in a line feed.
  std::string_view lines;
};

using block_visitor = std::function<void(const result_block&)>;
/// Calls the visitor with one block after the other, the same ones whenever it is asked; lines are valid during the
/// call. So the results of a minute mark, some hundred MB of text, never are in memory together.
using result_source = std::function<void(const block_visitor&)>;

/// Of blocks that are there already; what their lines point to must stay.
result_source results_of(std::vector<result_block> blocks);

/// Everything that becomes durable at a barrier, together or not at all.
struct ledger_commit {
  /// One more than that of the commit before; the first is 1.
  uint64_t number = 0;
  /// Split name -> encoded state of the split; only those that changed.
  std::vector<std::pair<std::string, std::string>> splits;
  /// Split name -> position of the first record not yet taken.
  std::vector<std::pair<std::string, uint64_t>> positions;
  /// Those that changed, each once. Fastest when sorted by key.
  std::vector<sensor_record> sensors;
  /// Keys of sensors that are forgotten, before `sensors` is written.
  std::vector<std::string> forgotten;
  /// Of the actors beside the sensors those that changed, each once. Fastest when sorted by key.
  std::vector<actor_record> actors;
  /// Keys of actors that are forgotten, before `actors` is written.
  std::vector<std::string> forgotten_actors;
  /// Empty: none.
  result_source results;
  /// Encoded alarm_transition (protocol/alarm.hpp), in order, not yet acknowledged as journaled.
  std::vector<std::string> transitions;
  /// (alarm, number) that the router has journaled: no longer kept. May name one of `transitions`.
  std::vector<std::pair<uuid, uint32_t>> journaled;
  /// (counter, label, what to add)
  std::vector<std::tuple<std::string, std::string, uint64_t>> counters;
  /// Further small named state of the node, opaque here; an empty value removes the name.
  std::vector<std::pair<std::string, std::string>> node;
};

/// What a restarted node goes on from, the sensors' states apart.
struct recovered_state {
  std::string identity;
  /// Of the last commit; 0 when there was none.
  uint64_t number = 0;
  std::map<std::string, std::string> splits;
  std::map<std::string, uint64_t> positions;
  /// Not yet acknowledged as journaled, in the order in which they were committed.
  std::vector<std::string> transitions;
  /// (counter, label) -> sum
  std::map<std::pair<std::string, std::string>, uint64_t> counters;
  std::map<std::string, std::string> node;
};

/// A place in the stored results of a kind: behind the block that it names. The default is before the oldest.
struct result_cursor {
  uint64_t commit = 0;
  uint32_t block = 0;

  friend auto operator<=>(const result_cursor&, const result_cursor&) = default;
};

/// Makes the node's state durable. One thread commits; everything else may be called from any thread meanwhile and sees
/// whole commits only. Damage is never silent: every function that reads throws failure(ledger_damaged) with the
/// record's name.
class ledger {
public:
  using state_visitor = std::function<void(std::string_view key, std::string_view state, uint64_t whole_at)>;
  using result_visitor = std::function<void(result_cursor at, const result_block& block)>;

  ledger() = default;
  ledger(const ledger&) = delete;
  ledger& operator=(const ledger&) = delete;
  virtual ~ledger();

  /// Atomic, durable on return. Throws failure(ledger_unwritable) when the disk or the reserved space is full or fails:
  /// then everything is as before, and the caller keeps the batch and tries again with the same number and content.
  virtual void commit(const ledger_commit& batch) = 0;

  /// The state last committed for a sensor.
  virtual std::optional<stored_sensor> sensor(std::string_view key) = 0;

  /// Every sensor's state in one snapshot, in no promised order. For the start: a slow visitor keeps old pages alive.
  virtual void for_each_sensor(const state_visitor& visit) = 0;

  /// The same for the actors beside the sensors.
  virtual std::optional<ledger_state> actor(std::string_view key) = 0;
  virtual void for_each_actor(const state_visitor& visit) = 0;

  virtual recovered_state load() = 0;

  /// Empty until it has been set.
  virtual std::string identity() = 0;

  /// Remembers whose states these are. Throws failure(ledger_foreign_source), naming both, if it is another's.
  virtual void set_identity(const std::string& identity) = 0;

  /// Visits blocks of `kind` behind `after`, oldest first, until about `most_bytes` of lines (at least one block) were
  /// visited. Returns the cursor of the last, or `after` when there is nothing newer. No snapshot is held while
  /// visiting.
  virtual result_cursor read_results(result_kind kind, result_cursor after, size_t most_bytes,
                                     const result_visitor& visit) = 0;

  /// The latest cursor with at least `rows` rows behind it (before the oldest block when there are fewer).
  virtual result_cursor before_newest(result_kind kind, uint64_t rows) = 0;
};

} // namespace millwright

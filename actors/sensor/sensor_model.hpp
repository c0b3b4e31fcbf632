#pragma once

#include "actors/kit/seldom.hpp"
#include "actors/sensor/rules.hpp"
#include "actors/sensor/sensor_output.hpp"
#include "actors/sensor/windows.hpp"
#include "protocol/binary.hpp"
#include "protocol/reading.hpp"
#include "protocol/results.hpp"

#include <optional>
#include <utility>

namespace millwright {

/// Position of what a sweep decided: no reading stands behind it.
inline constexpr uint64_t no_position = ~uint64_t{0};

/// Number of no split: of the readings that taught a sensor.
inline constexpr uint16_t no_split = 0xffff;

/// Everything that one sensor knows and decides: its windows and its rules, in one order of events.
///
/// Time reaches a sensor by its own readings and, while it is quiet, by ticks. What is due (a window to close, a delay
/// to end) is done in the order in which it became due, so that it makes no difference when ticks come, or whether.
class sensor_model {
public:
  explicit sensor_model(const rule_book& book) : windows_{*book.settings}, rules_{book} {}

  /// Takes a reading: what is due first, then the reading itself. A repeat is counted and changes nothing else:
  /// then false.
  bool take(const reading& r, sensor_output& out);

  /// Time moved on without a reading.
  void tick(const sensor_tick& tick, const sensor_context& context, uint16_t split, sensor_output& out);

  /// A person has it learn anew, at the tick's time: what is due first.
  void learn_anew(const sensor_tick& tick, const sensor_context& context, uint16_t split, sensor_output& out);

  /// The end of a replay: all windows close, no delay ends.
  void finish(const sensor_context& context, sensor_output& out);

  /// The sensor is forgotten, for `reason`: its alarms end, dated `at`. The model is of no use after it.
  void forget(event_time at, std::string_view reason, const sensor_context& context, uint16_t split,
              sensor_output& out) {
    rules_.forget(at, reason, context, split, no_position, out);
  }

  /// Tells of every alarm that stands once more: for a router that knows nothing of it. No reading will repeat it.
  void tell_again(std::string_view reason, const sensor_context& context, sensor_output& out) const {
    rules_.tell_again(reason, context, split_, no_position, out);
  }

  /// How each rule stands, for people. @param silent so long nothing has come from the sensor.
  sensor_account account(const sensor_context& context, milliseconds silent) const {
    return rules_.account(context, windows_.recent(windows_.newest()).figures(), silent);
  }

  /// The readings so far were recordings that taught it, and the next ones come from a live source. What it learned
  /// stays. All else is as before the first reading: no window is open, no alarm stands, no reading is known that one
  /// could repeat, or be older than. The time from its last lesson to that reading, whichever way, is not lived.
  /// @param end the recordings' time at their end: no lesson was later, whatever a wrong clock said.
  void end_lessons(event_time end);
  lessons learned() const { return rules_.learned(); }

  /// Nothing is open that a tick could close.
  bool idle() const;

  rule_set states() const { return rules_.states(); }

  /// Asks the memory for what the next reading will touch beside this object.
  void prefetch() const { windows_.prefetch(); }

  /// Counted since the last call.
  sensor_counters take_counters();

  /// Versioned; counters are not part of it: they are handed over at the same moment.
  void encode(std::string& out) const;
  /// Most of a state is panes that are closed and do not change any more. Once what encode() wrote is kept somewhere
  /// (say so: `kept`), encode_changes() writes what has changed since: a fraction. Appended to the former it reads as
  /// the state of now; so does the same with older changes in between.
  void kept();
  void encode_changes(std::string& out) const;
  /// Whether encode_changes() can: something is kept, and `split_of` holds for it.
  bool can_encode_changes() const { return kept_ && kept_split_ == split_; }
  /// What encode() wrote, and encode_changes() behind it. False when `in` is damaged or of a newer version; the model
  /// is then unusable. What encode() wrote counts as kept, so that encode_changes() can go on from there.
  bool decode(std::string_view in);
  /// The split of the newest reading behind an encoded state: so that a sensor that never sends again is watched by
  /// the right clock after a restart too; `no_split` where recordings taught it. None when `in` is damaged.
  static std::optional<uint16_t> split_of(std::string_view in);

private:
  void advance(event_time closing, milliseconds activity, const sensor_context& context, uint16_t split,
               uint64_t position, bool fresh, sensor_output& out);
  void judge_rows(size_t first_statistics, size_t first_patterns, event_time limit, milliseconds activity,
                  const sensor_context& context, uint16_t split, uint64_t position, bool fresh, sensor_output& out);

  void begin_living(event_time at);
  const rule_book& book() const { return rules_.book(); }
  event_time lessons_ended() const { return apart_ ? apart_->lessons_ended : never; }
  void count(const reading& r, const intake& what);

  /// What a sensor has while it is taught, and until the next barrier when something was wrong with a reading.
  struct exceptions {
    /// All but the accepted ones.
    sensor_counters counted;
    /// Of the last lesson, until the first reading behind it.
    event_time lessons_ended = never;
  };

  seldom<exceptions> apart_;
  uint32_t accepted_ : 31 = 0;
  bool kept_ : 1 = false;
  uint16_t split_ = 0, kept_split_ = 0;
  sensor_windows windows_;
  sensor_rules rules_;
};

// A hundred thousand actors hold one each; see sensor_watcher.
static_assert(sizeof(sensor_model) <= 1024);

} // namespace millwright

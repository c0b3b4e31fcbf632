#pragma once

#include "actors/kit/seldom.hpp"
#include "actors/sensor/rule_book.hpp"
#include "actors/sensor/sensor_output.hpp"

#include <array>
#include <span>
#include <vector>

namespace millwright {

/// Where and when something is decided: what a transition says beside the finding itself.
struct occasion {
  const rule_book& book;
  const sensor_context& context;
  const sensor_type* type;
  uint16_t split;
  uint64_t position;
  sensor_output& out;
  double value = absent, previous = absent;
  /// What decided it was read at its split's end: no old news.
  bool fresh = false;
};

/// What a rule found wrong.
struct finding {
  severity level = severity::normal;
  /// Before the bonuses of unit and facility.
  int score = 0;
  bool pages = false;
  double limit = absent, z = absent;
  baseline against;
  std::string_view reason;
  /// The first reading outside, before any delay; `never`: the one that raises.
  event_time onset = never;
};

/// What a condition's deadline does. `adapt`: stored by versions whose state rule had it end by time.
enum class timer_kind : uint8_t { none, raise, clear, adapt };

/// One rule's life at one sensor. Exists once the rule was raised, or is about to be.
struct condition {
  static constexpr size_t raises_kept = 6;

  rule which{};
  timer_kind timer = timer_kind::none;
  severity level = severity::normal;
  /// The highest that somebody was paged for in this alarm; normal if none.
  severity paged = severity::normal;
  bool active = false, chattering = false;
  /// Its raise waits for a reading, whatever time it is.
  bool by_reading = false;
  uint8_t recent = 0;
  int16_t score = 0;
  uint32_t raises = 0, number = 0;
  event_time raised_at = never, ended_at = never, deadline = never;
  /// The newest raises, reopenings included, the newest first.
  std::array<event_time, raises_kept> raised{};
};

/// The conditions of one sensor, as one state machine a rule (semantics 8): raised, updated to a worse severity,
/// cleared or adapted, reopened by a raise soon after, held while it chatters. Within a stretch a severity only rises,
/// and each rise pages. Deadlines are in the sensor's own time; the owner says when they have passed.
class condition_list {
public:
  bool live(rule which) const { return live_.has(which); }
  bool active(rule which) const { return active_.has(which); }
  bool any_live() const { return live_.bits != 0; }
  rule_set active() const { return active_; }
  /// Not active, and about to be raised.
  bool pending(rule which) const { return live(which) && !active(which); }

  /// The earliest deadline that passes with time; `forever` without one. Not among them: what only a reading ends (a
  /// limit that waits for one to be raised, silence), and what goes with the windows (rapid_change).
  event_time next_deadline() const { return next_; }
  /// The condition whose deadline that is.
  condition* due();
  condition* find(rule which);
  const condition* find(rule which) const;

  /// Wrong now: raises, reopens, or updates a lesser severity. True where it was not active before.
  bool raise(rule which, event_time at, const finding& why, const occasion& when);
  /// Wrong; raised at `deadline` if it still is then. No effect on a condition that is active or waits already.
  /// @param by_reading whether it still is, only a reading tells: time alone raises nothing.
  void raise_at(rule which, event_time deadline, severity level, bool by_reading = false);
  /// Whether what waits to be raised waits for a reading, or for its time alone.
  void by_reading(rule which, bool waits);
  /// Right, or as good as: ends at `from + delay` unless held or stopped. A running timer goes on.
  void end_after(rule which, event_time from, milliseconds delay, const occasion& when);
  /// The same, and a running timer starts anew.
  void end_after_last(rule which, event_time from, milliseconds delay, const occasion& when);
  /// Still wrong, and by now somebody has to know: an update that pages, unless somebody does. The condition must be
  /// active.
  void page(condition& c, event_time at, const finding& why, const occasion& when);
  /// Neither right nor wrong: what waits stops waiting.
  void stop(rule which);
  /// Ends it, dated `at`. The condition must be active.
  void end(condition& c, transition_kind kind, event_time at, std::string_view reason, const occasion& when);

  /// Tells each that is active once more, under the number that it was last told with: for who knows nothing of it.
  void tell_again(std::string_view reason, const occasion& when) const;

  /// The sensor's clock was set back: so is what was and what is to come. An alarm keeps the time by which it is named.
  void move_back(milliseconds by);

  size_t heap_bytes() const { return all_ ? sizeof *all_ + all_->capacity() * sizeof(condition) : 0; }

  void encode(binary_writer& out, event_time origin) const;
  /// A limit that is to be raised waits for a reading until `by_reading` says otherwise.
  /// @param first_version as stored before alarms paged more than once.
  void decode(binary_reader& in, event_time origin, bool first_version = false);

private:
  static bool ends_by_time(const condition& c) {
    return c.timer != timer_kind::none && c.which != rule::stale && c.which != rule::rapid_change &&
           !(c.by_reading && c.timer == timer_kind::raise);
  }

  std::span<condition> all() { return all_ ? std::span<condition>{*all_} : std::span<condition>{}; }
  std::span<const condition> all() const {
    return all_ ? std::span<const condition>{*all_} : std::span<const condition>{};
  }
  condition& entry(rule which);
  condition& add();
  void arm(condition& c, timer_kind kind, event_time deadline);
  void refresh();
  /// Notes a raise; true when it was one of too many.
  static bool chatters(condition& c, event_time at, const detection_settings& settings);
  void tell(condition& c, transition_kind kind, event_time at, const finding& why, bool worth_a_page,
            const occasion& when);
  void emit(const condition& c, transition_kind kind, event_time at, const finding& why, bool pages,
            const occasion& when) const;

  event_time next_ = forever;
  /// Most sensors have none.
  seldom<std::vector<condition>> all_;
  rule_set live_, active_;
};

} // namespace millwright

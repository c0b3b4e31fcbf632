#pragma once

#include "actors/sensor/rule_book.hpp"
#include "actors/sensor/sensor_output.hpp"

#include <array>
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
  /// Older than the split's time by so much that nobody is to be woken.
  bool historical = false;
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
};

/// What a condition's deadline does.
enum class timer_kind : uint8_t { none, raise, clear, adapt };

/// One rule's life at one sensor. Exists once the rule was raised, or is about to be.
struct condition {
  static constexpr size_t raises_kept = 6;

  rule which{};
  timer_kind timer = timer_kind::none;
  severity level = severity::normal;
  bool active = false, paged = false, chattering = false;
  uint8_t recent = 0;
  int16_t score = 0;
  uint32_t raises = 0, number = 0;
  event_time raised_at = never, ended_at = never, deadline = never;
  /// The newest raises, reopenings included, the newest first.
  std::array<event_time, raises_kept> raised{};
};

/// The conditions of one sensor, as one state machine a rule (semantics 8): raised, updated to a worse severity,
/// cleared or adapted, reopened by a raise soon after, held while it chatters. An alarm's severity only rises: it is
/// that of its worst moment. Deadlines are in event time; the owner says when they have passed.
class condition_list {
public:
  bool live(rule which) const { return live_.has(which); }
  bool active(rule which) const { return active_.has(which); }
  rule_set active() const { return active_; }
  /// Active, and nobody has been paged for it.
  bool unpaged(rule which) {
    const auto* c = active(which) ? find(which) : nullptr;
    return c && !c->paged;
  }

  /// The earliest deadline; `forever` without one. That of `stale` does not count: only the sensor's own readings end
  /// it.
  event_time next_deadline() const { return next_; }
  /// The condition whose deadline that is.
  condition* due();
  condition* find(rule which);

  /// Wrong now: raises, reopens, or updates a lesser severity, or one that should have paged and did not. True where it
  /// was not active before.
  bool raise(rule which, event_time at, const finding& why, const occasion& when);
  /// Wrong; raised at `deadline` if it still is then. No effect on a condition that is active or waits already.
  void raise_at(rule which, event_time deadline, severity level);
  /// Right, or as good as: ends at `from + delay` unless held or stopped. A running timer of this kind goes on.
  void end_after(rule which, timer_kind kind, event_time from, milliseconds delay, const occasion& when);
  /// The same, and a running timer starts anew.
  void end_after_last(rule which, event_time from, milliseconds delay, const occasion& when);
  /// Neither right nor wrong: what waits stops waiting.
  void stop(rule which);
  /// Ends it, dated `at`. The condition must be active.
  void end(condition& c, transition_kind kind, event_time at, std::string_view reason, const occasion& when);

  size_t heap_bytes() const { return all_.capacity() * sizeof(condition); }

  void encode(binary_writer& out, event_time origin) const;
  void decode(binary_reader& in, event_time origin);

private:
  condition& entry(rule which);
  void arm(condition& c, timer_kind kind, event_time deadline);
  void refresh();
  void emit(const condition& c, transition_kind kind, event_time at, const finding& why, bool pages,
            const occasion& when) const;

  std::vector<condition> all_;
  event_time next_ = forever;
  rule_set live_, active_;
};

} // namespace millwright

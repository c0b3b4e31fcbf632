#pragma once

#include "protocol/alarm.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace millwright {

/// What an owner sends at once overtakes what is sent again after a restart; a clear that comes before its raise would
/// page the wrong way round, or nobody. Here the transitions of each alarm are put in the order of their numbers: one
/// whose predecessor has not come waits for it, and goes on without it after a while. Pure; `now` is the wall clock.
class transition_order {
public:
  struct limits {
    /// What is missing then will not come.
    milliseconds patience{2000};
    /// So many may wait; beyond, those of an alarm go on at once.
    size_t most = 10'000;
  };

  /// Hands on the next transition of an alarm.
  using next_function = std::function<void(const alarm_transition&)>;

  transition_order() : transition_order{limits{}} {}
  explicit transition_order(limits of) : limits_{of} {}

  /// Of what waits under one number the newest counts.
  /// @param taken the number of the newest transition of this alarm that was handed on; 0: none.
  void arrive(const alarm_transition& x, uint32_t taken, event_time now, const next_function& next);

  /// What waits of this alarm from number `first` on will not be handed on.
  void drop(const uuid& alarm, uint32_t first);

  /// Hands on what has waited too long.
  void pass(event_time now, const next_function& next);
  /// Hands on everything.
  void end(const next_function& next);

  /// When `pass` is to be called; `forever`: nothing waits.
  event_time due() const;
  size_t waiting() const { return waiting_; }

private:
  struct held {
    event_time since;
    std::map<uint32_t, alarm_transition> by_number;
  };
  using place = std::map<uuid, held>::iterator;

  place hand_on(place at, const next_function& next);

  limits limits_;
  std::map<uuid, held> held_;
  size_t waiting_ = 0;
};

} // namespace millwright

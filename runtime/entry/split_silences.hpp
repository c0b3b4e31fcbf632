#pragma once

#include "runtime/entry/own_conditions.hpp"
#include "runtime/entry/split_decisions.hpp"
#include "runtime/entry/split_table.hpp"
#include "runtime/hosting/sensor_registry.hpp"
#include "runtime/source/source.hpp"
#include "runtime/watch/node_status.hpp"

#include <chrono>
#include <optional>

namespace millwright {

/// Which splits are silent, and who is told. The driver's thread.
class split_silences {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// @param fixed after how long a split is silent; 0: by its pauses.
  split_silences(source& readings, milliseconds fixed, split_table& splits, split_decisions& decisions,
                 const sensor_registry& sensors, own_conditions& own, node_status& status)
      : readings_{readings}, fixed_{fixed.count() > 0 ? std::optional{fixed} : std::nullopt}, splits_{splits},
        decisions_{decisions}, sensors_{sensors}, own_{own}, status_{status} {}

  /// Behind each poll, when its records are taken: which splits gave something.
  void hear(time_point now);
  /// A reading was accepted in a split that is silent: it counts again from `position` on.
  void wake(split_state& split, uint64_t position);
  /// The node itself stood still (stopped, a suspended machine): that is nobody's silence.
  void stood_still(std::chrono::steady_clock::duration gap);
  /// Some ten times a second. @param away the source as a whole cannot be reached; that is told elsewhere.
  void look(time_point now, bool away);

private:
  bool has_nothing_yet(const split_state& split, time_point now) const;
  bool is_silent(const split_state& split, time_point now) const;
  bool is_missed(const split_state& split, time_point now) const;
  void tell(time_point now, size_t silent, milliseconds longest, bool away);

  source& readings_;
  const std::optional<milliseconds> fixed_;
  split_table& splits_;
  split_decisions& decisions_;
  const sensor_registry& sensors_;
  own_conditions& own_;
  node_status& status_;
  /// Until when the source was away, and until when nothing of it was heard at all.
  time_point away_until_{}, all_silent_until_{};
};

} // namespace millwright

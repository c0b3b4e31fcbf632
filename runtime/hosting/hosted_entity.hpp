#pragma once

#include "actors/kit/hosted_model.hpp"
#include "protocol/actors.hpp"
#include "protocol/shared_text.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millwright {

/// A headline of thousands: most say the same.
struct kept_headline {
  int rank = 0;
  shared_text state, reason;
  event_time since = never;

  void keep(const headline& x) {
    rank = x.rank;
    since = x.since;
    // A text that is the same costs no lock.
    if (state != x.state)
      state = x.state;
    if (reason != x.reason)
      reason = x.reason;
  }
  headline whole() const { return {rank, std::string{state.view()}, std::string{reason.view()}, since}; }
};

/// What its host knows of a hosted actor.
struct hosted_entity {
  hosted_actor actor;
  uint32_t incarnation = 0;
  /// In the ledger and in the registry, which keeps it.
  std::string_view key;
  /// When it gives its whole state: neighbours in the ledger do so at the same barrier.
  uint32_t turn = 0;
  /// There is a state: in the ledger, or here.
  bool known = false;
  /// `since` is what it was given since its whole state; else that is in the ledger.
  bool loaded = false;
  /// The barrier of its whole state; 0: the next one asked for must be whole.
  uint32_t whole_at = 0;
  /// The whole state behind its length, while it is not committed; in a replay always.
  std::string whole;
  /// Inputs since it, each behind its length.
  std::string since;
  bool idle = false;
  bool quarantined = false;
  kept_headline line;
  event_time newest = never;
};
static_assert(sizeof(hosted_entity) <= 168, "there is one for some sensors");

} // namespace millwright

#pragma once

#include "actors/kit/hosted_model.hpp"
#include "protocol/actors.hpp"

#include <cstdint>
#include <string>

namespace millwright {

/// What its host knows of a hosted actor.
struct hosted_entity {
  hosted_actor actor;
  uint32_t incarnation = 0;
  /// In the ledger and in the registry.
  std::string key;
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
  headline line;
  event_time newest = never;
};

} // namespace millwright

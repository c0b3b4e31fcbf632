#pragma once

#include "protocol/page.hpp"

#include <cstddef>
#include <map>

namespace millwright {

/// How a receiver is told that keeps a state of its own for each alarm (an incident, an alert): under one key for the
/// alarm's whole life.
struct stateful_receiver {
  /// States that one message takes at most.
  size_t most = 1;
  /// It takes what it does not hear of to be over: what stands is told again this often. Zero: once is enough.
  milliseconds resend{0};
  /// That somebody acknowledged an alarm is a message of its own; otherwise it is part of its state.
  bool acknowledges = false;

  /// What stands is said to stand for so long from the telling: some tries may fail.
  milliseconds stands_for() const { return 4 * resend; }
};

using stateful_receivers = std::map<channel_name, stateful_receiver>;

} // namespace millwright

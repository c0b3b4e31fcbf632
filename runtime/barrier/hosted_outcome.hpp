#pragma once

#include "protocol/alarm.hpp"
#include "runtime/barrier/hosted_rows.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What the actors above the sensors have made of a complete barrier.
struct hosted_outcome {
  struct state {
    /// The actor's, in the ledger.
    std::string_view key;
    /// Stays until the next barrier is settled.
    std::string_view bytes;
    /// 0: a whole state; else these are the inputs since the whole one of that barrier.
    uint32_t whole_at;
  };

  hosted_rows rows;
  std::vector<alarm_transition> transitions;
  std::vector<state> states;
  /// Keys of those that are forgotten with it.
  std::vector<std::string> forgotten;
};

} // namespace millwright

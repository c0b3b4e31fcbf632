#pragma once

#include "protocol/time.hpp"

#include <cstdint>

namespace millwright {

// What the router hears of a split's place, in one order with the transitions that are told (send these, too, at high
// priority). Positions are those of one log of the split: `log` counts how often it was made anew. `commit` is the
// number of the ledger's commit, or 0 where nobody counts them.

/// At start, before any reading of the split: `position` is the first one that the ledger's commit does not cover.
struct split_started {
  uint16_t split = 0;
  uint64_t position = 0;
  uint32_t log = 0;
  uint64_t commit = 0;
};

/// A commit covers every reading of the split before `position`.
struct split_committed {
  uint16_t split = 0;
  uint64_t position = 0;
  uint32_t log = 0;
  uint64_t commit = 0;
  /// The split's activity clock there: how far sweeps have come.
  milliseconds activity{0};
};

/// The log of the split was made anew: what was decided beyond the commit belongs to one that is gone.
struct split_begun_anew {
  uint16_t split = 0;
  uint32_t log = 0;
};

} // namespace millwright

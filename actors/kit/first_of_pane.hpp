#pragma once

#include "actors/kit/contribution.hpp"
#include "actors/kit/mark_set.hpp"

namespace millwright {

/// Whether a sensor's context was seen in a pane: what concerns the sensor, and not its reading, needs to be looked at
/// once. Of one part alone: contexts live until the barrier behind it, and others may lie at their places later.
class first_of_pane {
public:
  bool first(const contribution& x, event_time pane) {
    const uint64_t place = reinterpret_cast<uintptr_t>(x.of.context);
    return seen_.add((place * 0x9e3779b97f4a7c15u + static_cast<uint64_t>(epoch_ms(pane))) * 0xbf58476d1ce4e5b9u);
  }

private:
  mark_set seen_;
};

} // namespace millwright

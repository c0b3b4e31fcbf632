#pragma once

#include "actors/kit/hosted_model.hpp"

#include <map>
#include <utility>

namespace millwright {

/// Gives a part readings as tallies, as the shards do: each goes on for as long as its sensor's readings belong to it.
/// Parts of kinds that take each reading get each, and hear which are fresh.
template <gathered_part Part>
class tallied {
public:
  /// @param bounds stay as long as it.
  explicit tallied(const tally_bounds& bounds) : bounds_{bounds} {}

  void take(Part& part, contribution x) {
    const auto open = open_.find(x.of.context);
    x.fresh = open == open_.end() || !open->second.add(x);
    if (x.fresh) {
      if (open != open_.end())
        end(part, open->second);
      open_.insert_or_assign(x.of.context, sensor_tally{x, bounds_});
    }
    if constexpr (!tallied_part<Part>)
      part.take(x);
  }
  /// A barrier.
  void end(Part& part) {
    for (const auto& [sensor, each] : open_)
      end(part, each);
    open_.clear();
  }

private:
  static void end(Part& part, const sensor_tally& all) {
    if constexpr (tallied_part<Part>)
      part.take(all);
  }

  const tally_bounds& bounds_;
  std::map<const sensor_context*, sensor_tally> open_;
};

} // namespace millwright

#pragma once

#include "runtime/decisions/mode_entry.hpp"
#include "runtime/entry/barrier_share.hpp"
#include "runtime/entry/sensor_feeds.hpp"
#include "runtime/entry/split_decisions.hpp"
#include "runtime/entry/split_table.hpp"
#include "runtime/hosting/sensor_keeper.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace millwright {

/// Whose rules hold now: what readings decide of machines' modes, in their split's order, told to the sensors that
/// depend on it; those of other splits hear of it through their log. The driver's thread.
class mode_desk {
public:
  /// @param bad_quality_below of such a reading nothing follows.
  mode_desk(sensor_keeper& keeper, split_table& splits, split_decisions& decisions, const sensor_feeds& feeds,
            barrier_share& share, double bad_quality_below)
      : keeper_{keeper}, splits_{splits}, decisions_{decisions}, feeds_{feeds}, share_{share}, bad_quality_below_{
                                                                                                   bad_quality_below} {}

  /// Before the next reading of the split is stamped: what begins to hold by time alone.
  void pass(split_state& split) {
    if (split.modes.due(split.clock.activity())) [[unlikely]]
      pass_due(split);
  }
  /// Of a gated sensor's reading in this split: whether it is judged.
  bool judges(uint32_t slot, split_state& split) {
    const auto& entry = keeper_.sensors()[slot];
    if (!entry.mode_told || entry.shared) [[unlikely]]
      look_up(slot, split);
    return !entry.not_judged;
  }
  /// A reading of a sensor that decides has been sent; what follows holds for the readings behind it.
  void decided(uint32_t slot, split_state& split, const reading& r);
  /// What another split's readings decided is in force in this one.
  void tell(split_state& split, const decision& entry);
  /// Behind a change of the split's metadata.
  void changed_metadata(split_state& split);
  /// Some ten times a second: other splits' logs hear of what was decided since.
  void look();

private:
  void pass_due(split_state& split);
  void look_up(uint32_t slot, split_state& split);
  void spread(split_state& split, const mode_key& of);
  void renew(uint32_t slot, const split_state& split);
  void tick(uint32_t slot, const split_state& split);
  const std::vector<uint32_t>* concerned(const mode_key& of);
  bool wants(const split_state& split, const mode_key& of, const mode_state& decided) const;
  mode_entry entry_for(const split_state& split, std::set<mode_key>& later);

  sensor_keeper& keeper_;
  split_table& splits_;
  split_decisions& decisions_;
  const sensor_feeds& feeds_;
  barrier_share& share_;
  const double bad_quality_below_;
  /// The sensors in memory that depend on each, as of `index_of_` changes of gated sensors.
  std::map<mode_key, std::vector<uint32_t>> index_;
  uint64_t index_of_ = 0;
  /// Of which another split's log may have to hear.
  std::set<mode_key> untold_;
};

} // namespace millwright

#pragma once

#include "runtime/entry/barrier_share.hpp"
#include "runtime/entry/own_conditions.hpp"
#include "runtime/entry/plant_join.hpp"
#include "runtime/entry/sensor_feeds.hpp"
#include "runtime/entry/split_decisions.hpp"
#include "runtime/entry/split_table.hpp"
#include "runtime/hosting/sensor_keeper.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millwright {

/// How a change of the plant's metadata takes its place in each split, and reaches the sensors. The driver's thread.
class plant_changes {
public:
  plant_changes(plant_join& plant, sensor_keeper& keeper, split_table& splits, split_decisions& decisions,
                const sensor_feeds& feeds, barrier_share& share, own_conditions& own)
      : plant_{plant}, keeper_{keeper}, splits_{splits},
        decisions_{decisions}, feeds_{feeds}, share_{share}, own_{own} {}

  /// A split's decisions as its log has them; what it begins with, where there is none.
  void recover(split_state& split);
  /// The split's sensors follow one by one, each before what it is sent next; until all have, nothing is committed. So
  /// what is committed never holds a sensor that is behind the metadata of its split.
  void change(split_state& split, std::shared_ptr<const plant_metadata> next);
  /// Every split changes to what is current.
  void want_current() { wanted_ = plant_.current_version(); }

  /// Brings the sensor in step with its split's metadata, before it is sent anything; whether its context changed.
  bool join(uint32_t slot, const split_state& split) {
    return keeper_.sensors()[slot].joined != split.change && follow(slot, split);
  }
  /// Does so for the next sensors; true when all are.
  bool join_some();
  /// From the first sensor on.
  void join_again() { join_at_ = 0; }

  /// Which models hold for what the split gives from here on.
  void note_models(const split_state& split);

  /// What a look at the files has found is decided for each split.
  void look();
  /// Begins a look at the files. @param oldest the oldest version that a recovery may need; 0: every one.
  void reread(uint64_t oldest);

private:
  bool follow(uint32_t slot, const split_state& split);
  bool take_look();

  plant_join& plant_;
  sensor_keeper& keeper_;
  split_table& splits_;
  split_decisions& decisions_;
  const sensor_feeds& feeds_;
  barrier_share& share_;
  own_conditions& own_;
  /// Version of the metadata that some split has not changed to yet; empty: none.
  std::string wanted_;
  uint32_t join_at_ = 0;
};

} // namespace millwright

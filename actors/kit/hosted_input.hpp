#pragma once

#include "actors/kit/hosted_notice.hpp"
#include "actors/kit/sensor_score.hpp"
#include "actors/kit/split_times.hpp"
#include "protocol/alarm.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What a hosted actor is given at one complete barrier. Its encoded form is what crosses to the actor, and what the
/// ledger keeps behind a whole state: the state of now is the whole one, and every input since.
struct hosted_input {
  /// What the shards have gathered for it, each part as its own `encode` wrote it.
  std::vector<std::string> parts;
  /// Transitions of its members, in the order of (time, alarm, number).
  std::vector<alarm_transition> heard;
  /// What models said of its sensors' readings, in no order; where its kind wants to hear it.
  std::vector<sensor_score> scores;
  /// In the order of the log.
  std::vector<hosted_notice> notices;
  time_passed time;
  /// The end of a replay.
  bool last = false;

  void encode(std::string& out) const;
  /// With another time, as its own `encode` wrote it: what many are given in common.
  void encode(std::string& out, std::string_view encoded_time) const;
  /// False when `in` is damaged or of a newer version.
  bool decode(std::string_view in);
};

} // namespace millwright

#pragma once

#include "runtime/figures/judged_alarms.hpp"
#include "runtime/replay/replay.hpp"

#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// What is judged: for its figures, or beside another way.
struct judged_request {
  /// `history` does not count.
  replay_request run;
  /// "plant.yaml"
  std::string name;
};

/// A replay and its figures. Throws `failure`: also where no reading was accepted.
judged_alarms judge_replay(const judged_request& request, const judging_options& options);

struct replay_comparison {
  judged_alarms before, after;
  page_difference changes;
};

/// The same readings judged in two ways, one replay behind the other; figures of both are over the time of all
/// readings. None where it was stopped. Throws `failure`: also where an input can be read only once (a pipe), or where
/// the two would not take the same readings from it (`check_same_readings`).
std::optional<replay_comparison> compare_replays(const judged_request& before, const judged_request& after,
                                                 const judging_options& options);

/// Throws failure(bad_configuration) naming the key by which the two read the input differently. Where `after` says
/// nothing of CSV it takes the mapping of `before`.
void check_same_readings(const judged_request& before, judged_request& after);

} // namespace millwright

#include "runtime/entry/barrier_share.hpp"

namespace millwright {

void barrier_share::hand_over(barrier_output& to) {
  to.dead_letters = std::move(output_.dead_letters);
  to.counters = std::move(output_.counters);
  to.node_entries = std::move(output_.node_entries);
  to.forgotten = std::move(output_.forgotten);
  to.to_score.changes = std::move(output_.to_score.changes);
  for (const auto& each : output_.transitions)
    to.transitions.push_back(each);
}

} // namespace millwright

#include "runtime/entry/barrier_cuts.hpp"

#include "runtime/entry/stored_place.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

namespace {

constexpr size_t ask_slice = 1024;
constexpr size_t leaps_most = 10'000;

} // namespace

bool barrier_cuts::due(time_point now) const {
  // A commit that is under way frees what presses: the other half of the room is for the time that it takes.
  if (presses() && outputs_.pending() == 0)
    return true;
  // Of a log with long pauses each reading is a leap, which everybody is told of at the next barrier.
  const bool leapt = std::any_of(splits_.begin(), splits_.end(),
                                 [](const auto& each) { return each.clock.leaps().size() > leaps_most; });
  return leapt || pace_.due(now - last_, outputs_.commit_took());
}

// Most sensors answer a barrier at their next reading, for nothing. The others are asked from a quarter of the interval
// on, over another quarter: asked all at once they would hold up every reading behind them.
size_t barrier_cuts::asks_due(time_point now) {
  const auto part = std::chrono::duration<double>(pace_.interval) / 4;
  const auto since = std::chrono::duration<double>(now - std::exchange(last_asked_, now));
  if (presses())
    return ask_slice;
  if (now - last_ < part) {
    asks_ = 0;
    return 0;
  }
  const double sensors = keeper_.sensors().living();
  asks_ = std::min(asks_ + sensors * (since / part) + 1e-3, std::max(64.0, sensors / 16));
  const auto due = static_cast<size_t>(asks_);
  asks_ -= static_cast<double>(due);
  return due;
}

void barrier_cuts::cut(bool ended) {
  last_ = std::chrono::steady_clock::now();
  const bool all_read = std::any_of(splits_.begin(), splits_.end(), [](const auto& each) { return each.all_read; });
  if (!keeper_.changed() && !all_read && share_.is_empty())
    return;
  keeper_.cut([&](barrier_output& output) { fill(output, ended); });
  share_.begin_anew();
  for (const auto& split : splits_)
    changes_.note_models(split);
}

void barrier_cuts::fill(barrier_output& output, bool ended) {
  output.time = splits_.time_now(ended);
  output.last = ended;
  share_.hand_over(output);
  if (!output.to_score.changes.empty())
    output.to_score.readings = keeper_.log().of(output.barrier);
  for (auto& split : splits_) {
    split.clock.forget_leaps();
    if (!std::exchange(split.changed, false))
      continue;
    output.split_states.emplace_back(split.name, encode_split(split));
    if (!split.place.mark.empty() || split.place.log > 0)
      output.split_states.emplace_back(place_entry(split.name), encode(split.place));
    if (split.is_placed())
      output.positions.emplace_back(split.name, split.next);
    output.committed_places.push_back(
        {splits_.number_of(split), split.next, split.place.log, output.commit, split.clock.activity()});
  }
}

} // namespace millwright

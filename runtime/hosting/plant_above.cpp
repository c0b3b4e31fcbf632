#include "runtime/hosting/plant_above.hpp"

#include "runtime/health/newest_scores.hpp"

#include <utility>

namespace millwright {

plant_above::plant_above(surroundings given)
    : types_{given.settings}, registry_{types_}, gathered_{types_, registry_, given.sensor_types},
      actors_{std::make_unique<hosted_actors>(
          hosted_actors::surroundings{given.system, types_, registry_, gathered_, std::move(given.committed),
                                      std::move(given.troubled), given.retention})} {
  types_.check(given.sensor_types);
}

void plant_above::keep_shown(milliseconds pause) {
  refreshing_ = std::thread{[this, pause] { keep_fresh(pause); }};
}

plant_above::~plant_above() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  ended_.notify_all();
  if (refreshing_.joinable())
    refreshing_.join();
}

void plant_above::keep_fresh(milliseconds pause) {
  actors_->recall([this] {
    std::lock_guard guard{mutex_};
    return stopping_;
  });
  std::unique_lock guard{mutex_};
  while (!ended_.wait_for(guard, pause, [&] { return stopping_; })) {
    guard.unlock();
    actors_->refresh();
    guard.lock();
  }
}

void plant_above::complete(barrier_output& output, const collector& from) {
  std::vector<hosted_actors::heard_transition> heard;
  for (const auto& each : output.transitions) {
    const auto* sensor = from.context_of(each.slot);
    const auto& about = each.row.condition;
    // A slot may have another sensor by now, and the node's own conditions have none.
    if (sensor && sensor->key.sensor == about.sensor && sensor->key.facility == about.facility)
      heard.push_back({sensor, &each.row});
  }
  std::vector<hosted_actors::heard_score> scores;
  for (const auto* each : newest_scores(output.to_score.scores)) {
    const auto& said = each->score;
    scores.push_back({each->of->context,
                      {each->of->context->key.sensor.text, each->of->time, said.score, said.risk,
                       said.maintenance_recommended, said.extrapolated}});
  }
  output.above = actors_->settle(output.barrier, output.time, output.last, heard, scores);
  output.hosted = std::move(output.above.rows);
  for (const auto& each : output.above.transitions)
    output.transitions.push_back({each, ~uint32_t{0}, 0});
}

} // namespace millwright

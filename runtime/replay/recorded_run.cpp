#include "runtime/replay/recorded_run.hpp"

#include "runtime/entry/driver.hpp"
#include "runtime/hosting/actor_world.hpp"
#include "runtime/hosting/plant_above.hpp"
#include "runtime/node/make_source.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <thread>

namespace millwright {

using namespace std::chrono_literals;

recorded_end run_recorded(const recorded_run& run) {
  auto settings = run.settings;
  settings.source.kind = source_kind::file;
  settings.source.file.paths = run.inputs;
  settings.source.file.follow = false;
  const auto source = make_source(settings.source, run.types, std::nullopt);
  plant_join plant{settings.plant.facilities, settings.plant.sensors, nullptr, {settings.models, &run.types}};
  reading_parser parser{run.types, std::chrono::minutes{5}, settings.source.quality};
  node_status status;
  std::atomic<bool> stop{false};
  std::exception_ptr failed;
  bool stopped = false;
  std::string problem;
  recorded_end end;
  {
    actor_world world;
    std::optional<plant_above> above;
    if (run.above)
      above.emplace(plant_above::surroundings{world.system(), run.types.types(), settings.actors});
    collector outputs{[](const alarm_transition&) {}, above ? &above->gathered() : nullptr};
    node_conditions conditions{settings.detection};
    driver* refusing = nullptr;
    sensor_keeper keeper{world.system(),
                         run.book,
                         outputs,
                         [&](const sensor_key& key) {
                           return sensor_keeper::committed_state{stored_state::of(run.states.of(key)), 0};
                         },
                         {[&](const reading& r, const std::string& reason, bool quarantined) {
                            refusing->refused(r, reason, quarantined);
                          },
                          [&](uint32_t slot, const std::string& reason) { refusing->quarantined(slot, reason); }},
                         {static_cast<uint32_t>(settings.shards), settings.quarantine_restarts, settings.threads,
                          above ? &above->registry() : nullptr, above ? &above->gathered() : nullptr}};
    keeper.start(1);
    driver leader{
        {settings, *source, parser, keeper, outputs, plant, nullptr, status, {}, {}, {}, {}, &stop}, conditions, false};
    refusing = &leader;
    health_judge judge{settings.health};
    {
      committer consuming{outputs,
                          run.consumer,
                          {[](const barrier_output&, milliseconds) {},
                           [&](const std::string& error) {
                             // Nobody waits for it: what cannot be written ends it.
                             if (!error.empty() && !stop.exchange(true))
                               problem = error;
                           },
                           [&](const std::string& what) {
                             if (!stop.exchange(true))
                               problem = what;
                           },
                           [&](barrier_output& output) {
                             if (run.scored)
                               judge.judge(output.to_score);
                             if (above)
                               above->complete(output, outputs);
                           }}};
      std::thread driving{[&] {
        try {
          leader.run();
        } catch (...) {
          failed = std::current_exception();
        }
        status.finished = true;
      }};
      while (!status.finished) {
        std::this_thread::sleep_for(100ms);
        if (run.progress)
          run.progress(status.taken, status.taken_bytes, from_epoch_ms(status.watermark_ms));
        if (run.stop && run.stop() && !stop.exchange(true))
          stopped = true;
      }
      driving.join();
      consuming.stop();
    }
    keeper.stop();
    end.time = leader.split_time(0);
  }
  if (failed)
    std::rethrow_exception(failed);
  if (!problem.empty())
    throw failure{run.unwritable, {}, problem};
  end.whole = !stopped;
  end.taken = status.taken;
  end.accepted = status.accepted;
  end.rejected = status.rejected;
  end.quarantined = status.quarantined;
  end.refused = status.sensors_refused;
  return end;
}

} // namespace millwright

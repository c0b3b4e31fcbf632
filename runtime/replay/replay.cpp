#include "runtime/replay/replay.hpp"

#include "protocol/failure.hpp"
#include "runtime/node/actor_world.hpp"
#include "runtime/node/driver.hpp"
#include "runtime/node/make_source.hpp"
#include "runtime/replay/replay_recorder.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <thread>

namespace millwright {

using namespace std::chrono_literals;

namespace {

std::vector<channel_name> names_of(const std::vector<channel_settings>& channels) {
  std::vector<channel_name> names;
  for (const auto& channel : channels)
    names.push_back({channel.name});
  return names;
}

} // namespace

replay_result replay(const replay_request& request) {
  auto settings = request.settings;
  settings.source.kind = source_kind::file;
  settings.source.file.paths = request.inputs;
  const auto types = load_sensor_types(settings.sensor_types);
  const auto source = make_source(settings.source, types, std::nullopt);
  replay_recorder recorder{request.out, request.kinds, types.types(), names_of(settings.channels)};
  plant_join plant{settings.plant.facilities, settings.plant.sensors, nullptr};
  const rule_book book{&settings.detection, &types.types(), request.kinds.contains(result_kind::scores)};
  reading_parser parser{types, std::chrono::minutes{5}, settings.source.quality};
  node_status status;
  std::atomic<bool> stop{false};
  std::exception_ptr failed;
  const auto begin = std::chrono::steady_clock::now();
  {
    actor_world world;
    collector outputs{[](const alarm_transition&) {}};
    node_conditions conditions{settings.detection};
    driver* refusing = nullptr;
    sensor_keeper keeper{world.system(),
                         book,
                         outputs,
                         [&](const sensor_key& key) {
                           return sensor_keeper::committed_state{stored_state::of(recorder.state(key)), 0};
                         },
                         {[&](const reading& r, const std::string& reason, bool quarantined) {
                            refusing->refused(r, reason, quarantined);
                          },
                          [&](uint32_t slot, const std::string& reason) { refusing->quarantined(slot, reason); }},
                         {static_cast<uint32_t>(settings.shards), settings.quarantine_restarts, settings.threads}};
    keeper.start(1);
    driver leader{
        {settings, *source, parser, keeper, outputs, plant, nullptr, status, {}, {}, {}, {}, &stop}, conditions, false};
    refusing = &leader;
    std::string problem;
    {
      committer consuming{outputs,
                          recorder,
                          {[](const barrier_output&, milliseconds) {},
                           [&](const std::string& error) {
                             // A replay has nobody to wait for: what cannot be written ends it.
                             if (!error.empty() && !stop.exchange(true))
                               problem = error;
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
        if (request.progress)
          request.progress(status.taken, status.taken_bytes, from_epoch_ms(status.watermark_ms));
        if (request.stop && request.stop())
          stop = true;
      }
      driving.join();
      consuming.stop();
    }
    keeper.stop();
    if (failed)
      std::rethrow_exception(failed);
    if (!problem.empty())
      throw failure{failure_code::output_unwritable, {}, problem};
  }
  replay_result result;
  result.summary = recorder.finish();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

} // namespace millwright

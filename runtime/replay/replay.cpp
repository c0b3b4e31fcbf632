#include "runtime/replay/replay.hpp"

#include "runtime/replay/replay_recorder.hpp"
#include "runtime/transport/start_channels.hpp"

#include <chrono>

namespace millwright {

namespace {

std::vector<channel_name> names_of(const std::vector<channel_settings>& channels) {
  std::vector<channel_name> names;
  for (const auto& channel : channels)
    names.push_back({channel.name});
  return names;
}

} // namespace

replay_result replay(const replay_request& request) {
  const auto begin = std::chrono::steady_clock::now();
  const auto& settings = request.settings;
  const auto types = load_sensor_types(settings.sensor_types);
  replay_recorder recorder{
      request.out,    request.kinds, types.types(), names_of(settings.channels), book_limits_of(settings.alarms),
      settings.health};
  const rule_book book{&settings.detection, &types.types(), request.kinds.contains(result_kind::scores)};
  run_recorded({settings, types, book, request.inputs, recorder, recorder.states(), request.progress, request.stop,
                failure_code::output_unwritable});
  replay_result result;
  result.summary = recorder.finish();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

} // namespace millwright

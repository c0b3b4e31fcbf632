#include "runtime/replay/replay.hpp"

#include "actors/kit/actor_declaration.hpp"
#include "protocol/result_catalogue.hpp"
#include "runtime/replay/replay_recorder.hpp"
#include "runtime/transport/start_channels.hpp"

#include <algorithm>
#include <chrono>

namespace millwright {

namespace {

// Of what stands above the sensors nothing is run that nobody looks at.
bool wants_above(const std::set<result_kind>& kinds) {
  const auto declared = declared_actors();
  return std::any_of(declared.begin(), declared.end(), [&](const actor_declaration* each) {
    return !each->own_shell &&
           (each->tells_alarms || std::any_of(each->rows.begin(), each->rows.end(),
                                              [&](const row_schema* rows) { return kinds.contains(kind_of(*rows)); }));
  });
}

} // namespace

replay_result replay(const replay_request& request) {
  const auto begin = std::chrono::steady_clock::now();
  const auto& settings = request.settings;
  const auto types = load_sensor_types(settings.sensor_types);
  replay_recorder recorder{request.out, request.kinds, types.types(), routes_of(settings).without_reminders(),
                           book_limits_of(settings.alarms)};
  recorder.keep_history(request.history);
  const rule_book book{&settings.detection, &types.types(), request.kinds.contains(result_kind::scores)};
  run_recorded({settings, types, book, request.inputs, recorder, recorder.states(), request.progress, request.stop,
                failure_code::output_unwritable, wants_above(request.kinds),
                request.kinds.contains(kind_of(health_schema()))});
  replay_result result;
  result.summary = recorder.finish();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

} // namespace millwright

#include "actors/monitor/monitor_actor.hpp"

#include "protocol/exception_text.hpp"
#include "protocol/json.hpp"

#include <exception>
#include <string>
#include <utility>

namespace millwright {

namespace {

// Whoever begins it anew says what it died of.
caf::error explain(std::exception_ptr& thrown) {
  return caf::make_error(caf::sec::runtime_error, exception_text(thrown));
}

actor_description describe(const monitor_actor_state& state) {
  std::string wrong;
  for (const auto& each : state.model->standing())
    append_json_string(wrong.append(wrong.empty() ? "" : ","), each);
  actor_description out;
  json_object{out.json}
      .integer("samples", static_cast<int64_t>(state.samples))
      .raw("in_alarm", '[' + wrong + ']')
      .close();
  return out;
}

} // namespace

load_monitor_actor::behavior_type run_monitor(load_monitor_actor::stateful_pointer<monitor_actor_state> self,
                                              monitor_actor_settings settings) {
  self->set_exception_handler(explain);
  self->state.model.emplace(settings.own, settings.standing);
  self->state.tell = std::move(settings.tell);
  return {
      [=](const load_sample& x) {
        auto& state = self->state;
        ++state.samples;
        for (const auto& each : state.model->take(x))
          state.tell(each);
      },
      [=](const load_report_wanted& x) { return self->state.model->report(x.span, x.now); },
      [=](const load_history_wanted& x) { return load_history_answer{self->state.model->newest(x.most)}; },
      [=](const describe_wanted&) { return describe(self->state); },
  };
}

} // namespace millwright

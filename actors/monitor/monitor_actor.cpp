#include "actors/monitor/monitor_actor.hpp"

#include <exception>
#include <string>
#include <utility>

namespace millwright {

namespace {

// Whoever begins it anew says what it died of.
caf::error explain(std::exception_ptr& thrown) {
  std::string what = "an exception of unknown type";
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    what = e.what();
  } catch (...) {
  }
  return caf::make_error(caf::sec::runtime_error, std::move(what));
}

} // namespace

load_monitor_actor::behavior_type run_monitor(load_monitor_actor::stateful_pointer<monitor_actor_state> self,
                                              monitor_actor_settings settings) {
  self->set_exception_handler(explain);
  self->state.model.emplace(settings.own, settings.standing);
  self->state.tell = std::move(settings.tell);
  return {
      [=](const load_sample& x) {
        for (const auto& each : self->state.model->take(x))
          self->state.tell(each);
      },
      [=](const load_report_wanted& x) { return self->state.model->report(x.span, x.now); },
      [=](const load_history_wanted& x) { return load_history_answer{self->state.model->newest(x.most)}; },
  };
}

} // namespace millwright

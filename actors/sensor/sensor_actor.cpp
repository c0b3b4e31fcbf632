#include "actors/sensor/sensor_actor.hpp"

#include <caf/all.hpp>

#include <stdexcept>

namespace millwright {

namespace {

using pointer = sensor_actor::stateful_pointer<sensor_state>;

// The reading at work on this thread, for the exception handler. A thread runs one actor at a time.
thread_local const reading* at_work = nullptr;

// Outputs are rare beside readings: one buffer a thread serves all actors that run on it.
thread_local sensor_output output;
thread_local std::string encoded;

void answer(sensor_state& state, uint32_t barrier) {
  encoded.clear();
  state.model->encode(encoded);
  state.host->snapshot(state.slot, state.incarnation, barrier, encoded, state.model->take_counters(),
                       state.model->idle());
  state.changed = false;
}

// The first reading or tick behind a new barrier: what came before it is answered for.
void pass_to(sensor_state& state, uint32_t barrier) {
  if (barrier != state.barrier && state.changed)
    answer(state, state.barrier);
  state.barrier = barrier;
  state.changed = true;
}

void deliver(sensor_state& state, int64_t taken_ns) {
  if (!output.empty())
    state.host->emit(state.slot, state.incarnation, state.barrier, taken_ns, output);
}

caf::error explain(const sensor_state& state, std::exception_ptr& thrown) {
  sensor_death death;
  death.slot = state.slot;
  death.incarnation = state.incarnation;
  if (at_work) {
    death.split = at_work->split;
    death.position = at_work->position;
    death.at_reading = true;
  }
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    death.what = e.what();
  } catch (...) {
    death.what = "an exception of unknown type";
  }
  at_work = nullptr;
  output.clear();
  return caf::make_error(caf::sec::runtime_error, std::move(death));
}

} // namespace

sensor_actor::behavior_type watch_sensor(pointer self, sensor_birth birth) {
  auto& state = self->state;
  state.host = birth.host;
  state.slot = birth.slot;
  state.incarnation = birth.incarnation;
  state.barrier = birth.barrier;
  state.model.emplace(*birth.book);
  self->set_exception_handler([self](std::exception_ptr& thrown) { return explain(self->state, thrown); });
  if (!birth.stored.empty() && !state.model->decode(birth.stored))
    throw std::runtime_error{"the stored state cannot be read"};
  return {
      [self](const reading_run& run) {
        auto& state = self->state;
        uint32_t judged = 0;
        const reading* next = run.first;
        for (uint32_t i = 0; i < run.count; ++i) {
          at_work = next;
          next = next->next;
          pass_to(state, at_work->barrier);
          state.model->take(*at_work, output);
          judged += !std::exchange(at_work->judged, true);
          at_work = nullptr;
          deliver(state, run.taken_ns);
        }
        if (judged > 0)
          state.host->judged(judged);
      },
      [self](const sensor_tick& tick) {
        auto& state = self->state;
        pass_to(state, tick.barrier);
        if (tick.last)
          state.model->finish(*tick.context, output);
        else
          state.model->tick(tick, *tick.context, tick.split, output);
        deliver(state, 0);
      },
      [self](const barrier_passed& passed) {
        auto& state = self->state;
        if (passed.barrier < state.barrier)
          return;
        // Nothing changed: a new actor is asked for what its predecessor was sent.
        answer(state, state.changed ? state.barrier : passed.barrier);
        state.barrier = passed.barrier + 1;
      },
  };
}

} // namespace millwright

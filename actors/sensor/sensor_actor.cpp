#include "actors/sensor/sensor_actor.hpp"

#include <caf/all.hpp>

#include <stdexcept>

namespace millwright {

namespace {

// The reading at work on this thread, for the exception handler. A thread runs one actor at a time.
thread_local const reading* at_work = nullptr;

// Outputs are rare beside readings: one buffer a thread serves all actors that run on it.
thread_local sensor_output output;
thread_local std::string encoded;

// Tells how many readings of a run were judged, also when one of them ends the actor: its successor does not count them
// again.
struct judged_count {
  judged_count(sensor_host& to, int64_t taken) : host{to}, taken_ns{taken} {}
  judged_count(const judged_count&) = delete;
  ~judged_count() {
    if (readings > 0)
      host.judged(readings, taken_ns);
  }

  sensor_host& host;
  int64_t taken_ns;
  uint32_t readings = 0;
};

// The whole state in turn, so that each barrier has its share of them; the changes else.
void answer(sensor_state& state, uint32_t barrier) {
  const auto turn = [&](uint32_t at) { return (at + state.phase) / whole_every; };
  const bool whole = state.whole_at == 0 || turn(barrier) != turn(state.whole_at) || !state.model->can_encode_changes();
  encoded.clear();
  whole ? state.model->encode(encoded) : state.model->encode_changes(encoded);
  const bool taken = state.host->snapshot(state.slot, state.incarnation, barrier, whole ? 0 : state.whole_at, encoded,
                                          state.model->take_counters(), state.model->idle());
  if (taken && whole) {
    state.whole_at = barrier;
    state.model->kept();
  }
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

sensor_watcher::sensor_watcher(caf::actor_config& config, sensor_birth birth)
    : super{config}, book_{birth.book}, stored_{std::move(birth.stored)} {
  state.host = birth.host;
  state.slot = birth.slot;
  state.incarnation = birth.incarnation;
  state.barrier = birth.barrier;
  state.phase = birth.phase;
  state.whole_at = birth.whole_at;
}

void sensor_watcher::prefetch() const {
  const auto* at = reinterpret_cast<const char*>(this);
  for (size_t line = 0; line < sizeof *this; line += 64)
    __builtin_prefetch(at + line, 1);
}

void sensor_watcher::prefetch_mailbox() {
  __builtin_prefetch(ctrl(), 1);
  __builtin_prefetch(this);
  __builtin_prefetch(&mailbox(), 1);
}

void sensor_watcher::prefetch_model() const {
  if (state.model)
    state.model->prefetch();
}

sensor_watcher::behavior_type sensor_watcher::make_behavior() {
  set_exception_handler([this](std::exception_ptr& thrown) { return explain(state, thrown); });
  state.model.emplace(*book_);
  if (!stored_.bytes.empty() && !state.model->decode(stored_.bytes))
    throw std::runtime_error{"the stored state cannot be read"};
  stored_ = {};
  return {
      [this](const reading_run& run) {
        judged_count judged{*state.host, run.taken_ns};
        const reading* next = run.first;
        for (uint32_t i = 0; i < run.count; ++i) {
          at_work = next;
          next = next->next;
          pass_to(state, at_work->barrier);
          const bool accepted = state.model->take(*at_work, output);
          // A predecessor may have taken it before, and died of a later one.
          const bool first = !std::exchange(at_work->judged, true);
          judged.readings += first;
          if (first && accepted)
            state.host->accepted(*at_work);
          at_work = nullptr;
          deliver(state, run.taken_ns);
        }
      },
      [this](const sensor_tick& tick) {
        pass_to(state, tick.barrier);
        if (tick.last)
          state.model->finish(*tick.context, output);
        else
          state.model->tick(tick, *tick.context, tick.split, output);
        deliver(state, 0);
      },
      [this](const barrier_passed& passed) {
        if (passed.barrier < state.barrier)
          return;
        // Nothing changed: a new actor is asked for what its predecessor was sent.
        answer(state, state.changed ? state.barrier : passed.barrier);
        state.barrier = passed.barrier + 1;
      },
  };
}

} // namespace millwright

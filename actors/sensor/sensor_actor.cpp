#include "actors/sensor/sensor_actor.hpp"

#include "protocol/exception_text.hpp"
#include "protocol/logged_reading.hpp"

#include <caf/all.hpp>

#include <stdexcept>

namespace millwright {

namespace {

// The reading at work on this thread, for the exception handler. A thread runs one actor at a time.
thread_local const logged_reading* at_work = nullptr;

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

} // namespace

sensor_watcher::sensor_watcher(caf::actor_config& config, sensor_birth birth)
    : light_actor{config}, host_{birth.host}, slot_{birth.slot}, incarnation_{birth.incarnation},
      barrier_{birth.barrier}, whole_at_{birth.whole_at}, phase_{birth.phase}, life_{unborn{birth.book,
                                                                                            std::move(birth.stored)}} {}

void sensor_watcher::prefetch() const {
  // What only its birth and its end touch is left out.
  const auto* at = reinterpret_cast<const char*>(this);
  __builtin_prefetch(at);
  for (size_t line = sizeof(caf::monitorable_actor); line < sizeof *this; line += 64)
    __builtin_prefetch(at + line, 1);
}

void sensor_watcher::prefetch_mailbox() {
  __builtin_prefetch(ctrl(), 1);
  __builtin_prefetch(this);
  __builtin_prefetch(reinterpret_cast<const char*>(this) + sizeof(caf::monitorable_actor), 1);
}

void sensor_watcher::prefetch_model() const {
  if (const auto* living = std::get_if<sensor_model>(&life_))
    living->prefetch();
}

void sensor_watcher::begin() {
  const auto before = std::move(*std::get_if<unborn>(&life_));
  life_.emplace<sensor_model>(*before.book);
  if (!before.stored.bytes.empty() && !model().decode(before.stored.bytes))
    throw std::runtime_error{"the stored state cannot be read"};
}

void sensor_watcher::end() {
  life_.emplace<unborn>();
}

bool sensor_watcher::take(const caf::type_erased_tuple& message) {
  if (const auto* run = only<reading_run>(message))
    take_run(*run);
  else if (const auto* tick = only<sensor_tick>(message))
    take_tick(*tick);
  else if (const auto* passed = only<barrier_passed>(message))
    take_passed(*passed);
  else
    return false;
  return true;
}

void sensor_watcher::take_run(const reading_run& run) {
  judged_count judged{*host_, run.taken_ns};
  reading_place next{run.chunk, run.index};
  for (uint32_t i = 0; i < run.count; ++i) {
    at_work = &*next;
    next = next.following();
    const reading r = at_work->whole();
    pass_to(r.barrier);
    const bool accepted = model().take(r, output);
    // A predecessor may have taken it before, and died of a later one.
    const bool first = !std::exchange(at_work->judged, true);
    at_work->dropped = r.dropped;
    judged.readings += first;
    if (first && accepted)
      host_->accepted(r);
    at_work = nullptr;
    deliver(run.taken_ns);
  }
}

void sensor_watcher::take_tick(const sensor_tick& tick) {
  pass_to(tick.barrier);
  if (tick.last)
    model().finish(*tick.context, output);
  else if (tick.learns_anew)
    model().learn_anew(tick, *tick.context, tick.split, output);
  else
    model().tick(tick, *tick.context, tick.split, output);
  deliver(0);
}

void sensor_watcher::take_passed(const barrier_passed& passed) {
  if (passed.barrier < barrier_)
    return;
  // Nothing changed: a new actor is asked for what its predecessor was sent.
  answer(changed_ ? barrier_ : passed.barrier);
  barrier_ = passed.barrier + 1;
}

// The whole state in turn, so that each barrier has its share of them; the changes else.
void sensor_watcher::answer(uint32_t barrier) {
  const auto turn = [&](uint32_t at) { return (at + phase_) / whole_every; };
  const bool whole = whole_at_ == 0 || turn(barrier) != turn(whole_at_) || !model().can_encode_changes();
  encoded.clear();
  whole ? model().encode(encoded) : model().encode_changes(encoded);
  const bool taken = host_->snapshot(slot_, incarnation_, barrier, whole ? 0 : whole_at_, encoded,
                                     model().take_counters(), model().idle());
  if (taken && whole) {
    whole_at_ = barrier;
    model().kept();
  }
  changed_ = false;
}

// The first reading or tick behind a new barrier: what came before it is answered for.
void sensor_watcher::pass_to(uint32_t barrier) {
  if (barrier != barrier_ && changed_)
    answer(barrier_);
  barrier_ = barrier;
  changed_ = true;
}

void sensor_watcher::deliver(int64_t taken_ns) {
  if (!output.empty())
    host_->emit(slot_, incarnation_, barrier_, taken_ns, output);
}

caf::error sensor_watcher::explain(std::exception_ptr thrown) {
  sensor_death death;
  death.slot = slot_;
  death.incarnation = incarnation_;
  if (at_work) {
    death.split = at_work->split();
    death.position = at_work->position;
    death.at_reading = true;
  }
  death.what = exception_text(thrown);
  at_work = nullptr;
  output.clear();
  return caf::make_error(caf::sec::runtime_error, std::move(death));
}

} // namespace millwright

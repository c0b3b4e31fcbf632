#include "runtime/hosting/sensor_workers.hpp"

#include "runtime/barrier/broken_work.hpp"
#include "runtime/hosting/run_messages.hpp"

#include <caf/all.hpp>

#include <pthread.h>

#include <utility>

namespace millwright {

namespace {

constexpr size_t most_messages_at_a_turn = 300;
constexpr size_t actors_ahead = 4, models_ahead = 2, tallies_ahead = 1;

} // namespace

// What an actor meets as its surroundings while it runs here: whoever else gets a message from it is CAF's business.
class sensor_workers::worker : public caf::execution_unit {
public:
  explicit worker(caf::actor_system& system) : caf::execution_unit{&system} {}
  void exec_later(caf::resumable* job) override { system().scheduler().enqueue(job); }
};

sensor_workers::sensor_workers(caf::actor_system& system, unsigned threads,
                               std::function<void(const std::string&)> broke, gathering* gathered)
    : caf::execution_unit{&system}, broke_{std::move(broke)}, above_{gathered} {
  gathered_ = fresh();
  for (unsigned i = 0; i < threads; ++i)
    threads_.emplace_back([this] { run(); });
}

sensor_workers::~sensor_workers() {
  flush();
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  ready_.notify_all();
  for (auto& each : threads_)
    each.join();
}

void sensor_workers::exec_later(caf::resumable* job) {
  gathered_->actors[gathered_->count++] = static_cast<sensor_watcher*>(job);
  if (gathered_->count == batch_most)
    flush();
}

void sensor_workers::flush() {
  if (gathered_->count == 0)
    return;
  add(std::exchange(gathered_, nullptr));
  gathered_ = fresh();
}

std::unique_ptr<sensor_workers::batch> sensor_workers::fresh() {
  std::lock_guard guard{mutex_};
  if (free_.empty())
    return std::make_unique<batch>();
  auto result = std::move(free_.back());
  free_.pop_back();
  return result;
}

void sensor_workers::add(std::unique_ptr<batch> full) {
  bool wake = false;
  {
    std::lock_guard guard{mutex_};
    waiting_.push_back(std::move(full));
    wake = sleeping_ > 0;
  }
  if (wake)
    ready_.notify_one();
}

void sensor_workers::run() {
  pthread_setname_np(pthread_self(), "sensors");
  if (const auto what = broken_by([this] { work(); }); what && broke_)
    broke_(*what);
}

void sensor_workers::work() {
  worker unit{system()};
  std::vector<sensor_watcher*> unfinished;
  std::unique_ptr<batch> jobs;
  for (;;) {
    {
      std::unique_lock guard{mutex_};
      if (jobs) {
        jobs->count = 0;
        free_.push_back(std::move(jobs));
      }
      while (waiting_.empty() && !stopping_) {
        ++sleeping_;
        ready_.wait(guard);
        --sleeping_;
      }
      if (waiting_.empty())
        return;
      jobs = std::move(waiting_.front());
      waiting_.pop_front();
    }
    resume_all(*jobs, unit, unfinished);
    if (above_)
      above_->pause();
    for (auto* each : std::exchange(unfinished, {})) {
      auto again = fresh();
      again->actors[again->count++] = each;
      add(std::move(again));
    }
  }
}

void sensor_workers::prefetch_model(const sensor_watcher& of) {
  of.prefetch_model();
  if (above_)
    above_->places().prefetch(of.slot());
}

void sensor_workers::resume_all(const batch& jobs, caf::execution_unit& unit,
                                std::vector<sensor_watcher*>& unfinished) {
  const run_messages::gathering gathering;
  for (size_t i = 0; i < std::min(actors_ahead, jobs.count); ++i)
    jobs.actors[i]->prefetch();
  for (size_t i = 0; i < std::min(models_ahead, jobs.count); ++i)
    prefetch_model(*jobs.actors[i]);
  for (size_t i = 0; i < jobs.count; ++i) {
    if (i + actors_ahead < jobs.count)
      jobs.actors[i + actors_ahead]->prefetch();
    if (i + models_ahead < jobs.count)
      prefetch_model(*jobs.actors[i + models_ahead]);
    if (above_ && i + tallies_ahead < jobs.count)
      above_->places().prefetch_tally(jobs.actors[i + tallies_ahead]->slot());
    auto* const each = jobs.actors[i];
    switch (each->resume(&unit, most_messages_at_a_turn)) {
    case caf::resumable::resume_later:
      unfinished.push_back(each);
      break;
    default:
      // It gives back the reference that it was scheduled with; the next message schedules it anew.
      caf::intrusive_ptr_release(each->ctrl());
    }
  }
}

} // namespace millwright

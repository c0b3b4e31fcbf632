#include "runtime/barrier/committer.hpp"

#include "protocol/failure.hpp"
#include "runtime/barrier/broken_work.hpp"

#include <algorithm>
#include <chrono>

#include <sys/resource.h>
#include <unistd.h>

namespace millwright {

using namespace std::chrono_literals;

committer::committer(collector& from, output_consumer& to, events tell)
    : from_{from}, to_{to}, tell_{std::move(tell)}, thread_{[this] { run(); }} {}

committer::~committer() {
  stop();
}

void committer::stop() {
  stopping_ = true;
  from_.stop();
  if (thread_.joinable())
    thread_.join();
}

void committer::run() {
  // Commits can wait a little where pages cannot: on few cores, sensors and their readings go first.
  const auto own = static_cast<id_t>(gettid());
  setpriority(PRIO_PROCESS, own, std::min(19, getpriority(PRIO_PROCESS, own) + 10));
  for (bool more = true; more;) {
    bool failed = true;
    guard([&] {
      more = commit_next();
      failed = false;
    });
    if (failed) {
      from_.put_down();
      pause(100ms);
    }
    more = more && !(failed && stopping_);
  }
}

bool committer::commit_next() {
  auto* output = from_.next();
  if (!output)
    return false;
  if (tell_.complete && completed_ != output->barrier) {
    tell_.complete(*output);
    completed_ = output->barrier;
  }
  const auto took = consume(*output);
  if (!took)
    return false;
  // It is committed, whatever becomes of the news: a second time it would be there twice.
  guard([&] { tell_.committed(*output, *took); });
  from_.committed(output->barrier, *took);
  return true;
}

void committer::guard(const std::function<void()>& work) {
  if (const auto what = broken_by(work); what && tell_.broke)
    tell_.broke(*what);
}

void committer::pause(milliseconds wait) {
  for (auto waited = 0ms; waited < wait && !stopping_; waited += 50ms)
    std::this_thread::sleep_for(50ms);
}

std::optional<milliseconds> committer::consume(const barrier_output& output) {
  bool failed = false;
  for (auto wait = 100ms;; wait = std::min<milliseconds>(wait * 2, 5s)) {
    const auto begin = std::chrono::steady_clock::now();
    output.require_sound();
    try {
      if (tell_.begun)
        tell_.begun();
      to_.consume(output);
      const auto took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
      if (failed)
        tell_.failing({});
      return took;
    } catch (const failure& problem) {
      failed = true;
      tell_.failing(problem.what());
    }
    from_.put_down();
    pause(wait);
    if (stopping_)
      return std::nullopt;
    from_.take_up(output.barrier);
  }
}

} // namespace millwright

#include "runtime/node/stop_limit.hpp"

#include "protocol/running_wait.hpp"

#include <utility>

namespace millwright {

namespace {

// A signal can only leave a mark.
constexpr milliseconds looked_every{100};

milliseconds steady_now() {
  return std::chrono::floor<milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

} // namespace

stop_limit::stop_limit(milliseconds patience, watched of)
    : patience_{patience}, of_{std::move(of)}, thread_{[this] { run(); }} {}

stop_limit::~stop_limit() {
  {
    const std::lock_guard guard{mutex_};
    ended_ = true;
  }
  ending_.notify_all();
  thread_.join();
}

bool stop_limit::ends_within(std::unique_lock<std::mutex>& guard, milliseconds time) {
  return ending_.wait_for(guard, time, [this] { return ended_; });
}

void stop_limit::run() {
  std::unique_lock guard{mutex_};
  while (!of_.begun())
    if (ends_within(guard, looked_every))
      return;
  running_wait wait{patience_};
  auto seen = of_.progress();
  for (wait.begin(steady_now()); !ends_within(guard, wait.next());)
    if (const auto now = of_.progress(); std::exchange(seen, now) != now) {
      wait.begin(steady_now());
    } else if (wait.over(steady_now())) {
      guard.unlock();
      return of_.over();
    }
}

} // namespace millwright

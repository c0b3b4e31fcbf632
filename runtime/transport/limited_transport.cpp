#include "runtime/transport/limited_transport.hpp"

#include "protocol/running_wait.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

namespace millwright {

namespace {

delivery_result tried(transport& way, const page& what) {
  try {
    return way.deliver(what);
  } catch (const std::exception& problem) {
    return {delivery_result::answer::try_again, problem.what(), {}};
  }
}

} // namespace

// Shared with the thread that delivers.
struct limited_transport::desk {
  explicit desk(std::shared_ptr<transport> to) : way{std::move(to)} {}

  const std::shared_ptr<transport> way;
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<page> given;
  /// It is under way, or waits for its thread.
  bool busy = false, ended = false, cancelled = false;
  delivery_result answer;
  /// The receiver key of the page under way, where nobody waits for its answer any more.
  std::string left;
  /// Those of pages that were taken then. Few: one can hang at a time.
  std::set<std::string> taken_late;

  void run() {
    std::unique_lock guard{mutex};
    for (;;) {
      changed.wait(guard, [this] { return ended || given; });
      if (ended)
        return;
      const page what = *std::exchange(given, std::nullopt);
      guard.unlock();
      auto result = tried(*way, what);
      guard.lock();
      busy = false;
      const auto late = std::exchange(left, {});
      if (late.empty())
        answer = std::move(result);
      else if (result.what == delivery_result::answer::taken)
        taken_late.insert(late);
      changed.notify_all();
    }
  }
};

limited_transport::limited_transport(std::shared_ptr<transport> way, milliseconds limit)
    : desk_{std::make_shared<desk>(std::move(way))}, limit_{limit}, thread_{[desk = desk_] { desk->run(); }} {}

limited_transport::~limited_transport() {
  bool hangs = false;
  {
    const std::lock_guard guard{desk_->mutex};
    desk_->ended = true;
    hangs = desk_->busy;
    desk_->changed.notify_all();
  }
  if (hangs)
    thread_.detach();
  else
    thread_.join();
}

delivery_result limited_transport::deliver(const page& x) {
  auto& at = *desk_;
  std::unique_lock guard{at.mutex};
  const auto come = [&] {
    return running_wait::until(limit_, [&](milliseconds time) {
      return at.changed.wait_for(guard, time, [&] { return !at.busy || at.cancelled; });
    });
  };
  const auto not_now = [&](std::string why) {
    return delivery_result{delivery_result::answer::try_again, at.cancelled ? "it is ended" : std::move(why), {}};
  };
  if (!come() || at.cancelled)
    return not_now("what was written before still hangs");
  const auto key = receiver_key_of(x);
  if (at.taken_late.erase(key) > 0)
    return {};
  at.given = x;
  at.busy = true;
  at.changed.notify_all();
  come();
  if (!at.busy)
    return std::move(at.answer);
  if (std::exchange(at.given, std::nullopt))
    at.busy = false;
  else
    at.left = key;
  return not_now(fmt::format("it has not been written for {} ms", limit_.count()));
}

void limited_transport::cancel() {
  {
    const std::lock_guard guard{desk_->mutex};
    desk_->cancelled = true;
    desk_->changed.notify_all();
  }
  desk_->way->cancel();
}

} // namespace millwright

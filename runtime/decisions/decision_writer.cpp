#include "runtime/decisions/decision_writer.hpp"

#include "protocol/failure.hpp"
#include "protocol/running_wait.hpp"

#include <utility>

namespace millwright {

decision_writer::decision_writer(decision_log& to) : to_{to}, thread_{[this] { run(); }} {}

decision_writer::~decision_writer() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void decision_writer::write(order next) {
  {
    std::lock_guard guard{mutex_};
    orders_.push_back(std::move(next));
    ++under_way_;
  }
  changed_.notify_all();
}

std::vector<decision_writer::outcome> decision_writer::collect() {
  if (!has_outcomes_.load(std::memory_order_acquire))
    return {};
  std::lock_guard guard{mutex_};
  has_outcomes_.store(false, std::memory_order_relaxed);
  if (broken_)
    std::rethrow_exception(broken_);
  return std::exchange(outcomes_, {});
}

bool decision_writer::wait(milliseconds patience, const std::atomic<bool>* hurry) {
  std::unique_lock guard{mutex_};
  const auto come_or_hurried = [&](milliseconds time) {
    return changed_.wait_for(guard, time, [&] { return idle(); }) || (hurry && *hurry);
  };
  running_wait::until(patience, come_or_hurried);
  return idle();
}

void decision_writer::carry_out(const order& x) {
  switch (x.what) {
  case order::kind::append:
    return to_.append(x.name, x.entry);
  case order::kind::take_back:
    return to_.take_back(x.name, x.entry);
  case order::kind::prune:
    return to_.prune(x.name, x.entry.position);
  }
}

void decision_writer::run() {
  std::unique_lock guard{mutex_};
  for (;;) {
    changed_.wait(guard, [&] { return stopping_ || !orders_.empty(); });
    if (orders_.empty())
      return;
    auto next = std::move(orders_.front());
    orders_.pop_front();
    guard.unlock();
    std::string error;
    std::exception_ptr broken;
    try {
      carry_out(next);
    } catch (const failure& problem) {
      error = problem.what();
      if (problem.code() != failure_code::journal_unwritable)
        broken = std::current_exception();
    } catch (...) {
      broken = std::current_exception();
    }
    guard.lock();
    outcomes_.push_back({std::move(next), std::move(error)});
    if (broken)
      broken_ = broken;
    --under_way_;
    has_outcomes_.store(true, std::memory_order_release);
    changed_.notify_all();
  }
}

} // namespace millwright

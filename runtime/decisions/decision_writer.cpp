#include "runtime/decisions/decision_writer.hpp"

#include "protocol/failure.hpp"

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

void decision_writer::write(uint16_t split, std::string name, decision entry) {
  {
    std::lock_guard guard{mutex_};
    orders_.push_back({split, std::move(name), std::move(entry)});
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

void decision_writer::wait() {
  std::unique_lock guard{mutex_};
  changed_.wait(guard, [&] { return orders_.empty() && !busy_; });
}

void decision_writer::run() {
  std::unique_lock guard{mutex_};
  for (;;) {
    changed_.wait(guard, [&] { return stopping_ || !orders_.empty(); });
    if (orders_.empty())
      return;
    auto next = std::move(orders_.front());
    orders_.pop_front();
    busy_ = true;
    guard.unlock();
    std::string error;
    std::exception_ptr broken;
    try {
      to_.append(next.name, next.entry);
    } catch (const failure& problem) {
      error = problem.what();
      if (problem.code() != failure_code::journal_unwritable)
        broken = std::current_exception();
    } catch (...) {
      broken = std::current_exception();
    }
    guard.lock();
    busy_ = false;
    outcomes_.push_back({next.split, std::move(next.entry), std::move(error)});
    if (broken)
      broken_ = broken;
    has_outcomes_.store(true, std::memory_order_release);
    changed_.notify_all();
  }
}

} // namespace millwright

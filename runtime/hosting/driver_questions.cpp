#include "runtime/hosting/driver_questions.hpp"

#include "protocol/failure.hpp"

#include <condition_variable>
#include <exception>
#include <utility>

namespace millwright {

namespace {

failure node_is_ending() {
  return {failure_code::not_found, "", "the node is ending"};
}

} // namespace

// Held while it is answered: who gives up waits for an answer that has begun, for it points to what is theirs.
struct driver_questions::question {
  std::mutex mutex;
  std::condition_variable answered;
  std::function<void()> answer;
  bool done = false, given_up = false;
  std::exception_ptr problem;
};

void driver_questions::ask(std::function<void()> answer, milliseconds patience) {
  auto next = std::make_shared<question>();
  next->answer = std::move(answer);
  {
    std::lock_guard guard{mutex_};
    if (ended_)
      throw node_is_ending();
    asked_.push_back(next);
    waiting_.store(asked_.size(), std::memory_order_relaxed);
  }
  std::unique_lock guard{next->mutex};
  if (!next->answered.wait_for(guard, patience, [&] { return next->done; })) {
    next->given_up = true;
    throw failure{failure_code::not_found, "",
                  "the node has not answered for " + std::to_string(patience.count() / 1000) +
                      " seconds; nothing was done"};
  }
  if (next->problem)
    std::rethrow_exception(next->problem);
}

void driver_questions::end() {
  std::deque<std::shared_ptr<question>> left;
  {
    std::lock_guard guard{mutex_};
    ended_ = true;
    left.swap(asked_);
    waiting_.store(0, std::memory_order_relaxed);
  }
  for (const auto& each : left) {
    std::lock_guard guard{each->mutex};
    each->problem = std::make_exception_ptr(node_is_ending());
    each->done = true;
    each->answered.notify_all();
  }
}

void driver_questions::answer_next() {
  std::shared_ptr<question> next;
  {
    std::lock_guard guard{mutex_};
    if (asked_.empty())
      return;
    next = std::move(asked_.front());
    asked_.pop_front();
    waiting_.store(asked_.size(), std::memory_order_relaxed);
  }
  std::lock_guard guard{next->mutex};
  if (next->given_up)
    return;
  try {
    next->answer();
  } catch (...) {
    next->problem = std::current_exception();
  }
  next->done = true;
  next->answered.notify_all();
}

} // namespace millwright

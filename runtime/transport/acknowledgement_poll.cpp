#include "runtime/transport/acknowledgement_poll.hpp"

#include "runtime/message/text_places.hpp"

#include <utility>

namespace millwright {

namespace {

constexpr size_t longest_reason = 300;

} // namespace

acknowledgement_poll::acknowledgement_poll(std::string channel, std::unique_ptr<acknowledgement_source> source,
                                           milliseconds every, ways own)
    : channel_{std::move(channel)}, source_{std::move(source)}, every_{every}, own_{std::move(own)}, thread_{[this] {
        run();
      }} {}

acknowledgement_poll::~acknowledgement_poll() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  source_->cancel();
  thread_.join();
}

// The pause is between two questions: a slow server is not asked without one.
void acknowledgement_poll::run() {
  std::unique_lock guard{mutex_};
  while (!wake_.wait_for(guard, every_, [&] { return stopping_; })) {
    guard.unlock();
    ask();
    guard.lock();
  }
}

void acknowledgement_poll::ask() {
  auto waiting = own_.waiting();
  if (waiting.empty())
    return;
  const auto trouble = source_->ask(std::move(waiting), own_.acknowledge);
  {
    std::lock_guard guard{mutex_};
    // What is cut short is no trouble.
    if (stopping_)
      return;
  }
  if (std::exchange(failing_, !trouble.empty()) == !trouble.empty())
    return;
  const auto who = "channel " + channel_ + ": " + source_->name();
  own_.report(failing_, failing_
                            ? who + " does not say who has acknowledged there: " + cut_line(trouble, longest_reason)
                            : who + " says again who has acknowledged there");
}

} // namespace millwright

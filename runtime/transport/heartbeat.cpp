#include "runtime/transport/heartbeat.hpp"

#include <utility>

namespace millwright {

heartbeat::heartbeat(std::string url, std::function<bool()> well, report_function report, milliseconds every,
                     milliseconds timeout)
    : url_{std::move(url)}, well_{std::move(well)}, report_{std::move(report)}, every_{every}, client_{timeout},
      thread_{[this] { run(); }} {}

heartbeat::~heartbeat() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  client_.cancel();
  thread_.join();
}

void heartbeat::run() {
  auto due = std::chrono::steady_clock::now() + every_;
  std::unique_lock guard{mutex_};
  while (!wake_.wait_until(guard, due, [&] { return stopping_; })) {
    due += every_;
    guard.unlock();
    if (well_()) {
      const auto answer = client_.get(url_);
      if (report_)
        report_(answer);
    }
    guard.lock();
  }
}

} // namespace millwright

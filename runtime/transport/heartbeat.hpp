#pragma once

#include "runtime/transport/http_client.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace millwright {

/// Calls a URL at an even pace while the node is well, so that a dead millwright pages through somebody else: the
/// service behind the URL misses the call.
class heartbeat {
public:
  /// What the last call brought; called on the heartbeat's thread.
  using report_function = std::function<void(const http_answer&)>;

  /// @param well asked before each call, on the heartbeat's thread; false: no call this time.
  /// @param report may be empty.
  heartbeat(std::string url, std::function<bool()> well, report_function report = {},
            milliseconds every = milliseconds{60'000}, milliseconds timeout = milliseconds{10'000});
  heartbeat(const heartbeat&) = delete;
  heartbeat& operator=(const heartbeat&) = delete;
  /// Ends at once, a call under way too.
  ~heartbeat();

private:
  void run();

  std::string url_;
  std::function<bool()> well_;
  report_function report_;
  milliseconds every_;
  http_client client_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace millwright

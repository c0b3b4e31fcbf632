#pragma once

#include "protocol/time.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
} // namespace spdlog

namespace millwright {

/// The structured log, spdlog's default logger while this lives: one JSON object a line (time, level, thread, text). A
/// text that repeats within a minute is summed up, not repeated.
///
/// Nobody who logs waits: lines go into a queue, and a thread of the log's own writes them. A line that cannot be
/// written is tried again until it is; of more than 8192 that wait the oldest are left out, which is told with their
/// number once there is room. A process that is forked has no such thread and must not log.
class node_log {
public:
  /// Gets a line without its line feed, on the log's thread; false: it was not written.
  using print_function = std::function<bool(const std::string& line)>;

  /// @param path a file; empty: `print` where given, else standard error.
  /// @param patience how long an end waits for what is queued. A `print` that still hangs then is left to its thread,
  /// and what it has captured lives on. Throws failure(output_unwritable).
  node_log(const std::string& level, const std::string& path, print_function print,
           milliseconds patience = milliseconds{2000});
  /// Writes what is queued; spdlog's default logger is again what it was. Nobody may log meanwhile.
  ~node_log();
  /// For pages: writes to the same place, past the queue and on the thread of whoever logs, who may wait for a few
  /// seconds. Every line, whatever the log's level, also one that repeats.
  const std::shared_ptr<spdlog::logger>& direct() const { return direct_; }

  node_log(const node_log&) = delete;
  node_log& operator=(const node_log&) = delete;

private:
  milliseconds patience_;
  std::shared_ptr<spdlog::logger> before_, direct_;
  std::shared_ptr<spdlog::details::thread_pool> queue_;
  std::shared_ptr<std::atomic<bool>> ending_ = std::make_shared<std::atomic<bool>>(false);
};

} // namespace millwright

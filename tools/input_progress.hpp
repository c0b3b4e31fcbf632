#pragma once

#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace millwright {

/// How far a command has come in its input, drawn on standard error where that is a terminal. By what was read: what
/// comes through a pipe has no length.
class input_progress {
public:
  explicit input_progress(const std::vector<std::string>& inputs);

  /// Draws; empty where nobody watches.
  std::function<void(uint64_t taken, uint64_t bytes, event_time watermark)> on_terminal() const;
  void clear() const;

private:
  bool terminal_;
  uint64_t bytes_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

} // namespace millwright

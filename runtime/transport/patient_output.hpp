#pragma once

#include "protocol/time.hpp"

#include <string>
#include <string_view>

namespace millwright {

/// A file, pipe, socket or terminal that is written for people, and not waited for longer than is said: a terminal may
/// be frozen (Ctrl-S, a connection that hangs), a pipe full. A disk that hangs still holds whoever writes. One thread
/// at a time.
class patient_output {
public:
  using clock = std::chrono::steady_clock;

  /// Standard output or standard error, which stays open, and blocking for whoever else has it.
  explicit patient_output(int standard);
  /// Appends to the file at `path`; makes it, and the directory it is in. Throws std::system_error.
  explicit patient_output(const std::string& path);
  ~patient_output();
  patient_output(const patient_output&) = delete;
  patient_output& operator=(const patient_output&) = delete;

  /// Something can be written without waiting.
  bool ready() const noexcept;

  /// Writes all of it: 0. Otherwise errno; ETIMEDOUT when it was not taken in time. When that was amid a text, the next
  /// one begins on a new line.
  int write(std::string_view text, milliseconds patience) noexcept;

private:
  int put(std::string_view text, clock::time_point until) noexcept;

  int file_ = -1;
  bool own_ = false;
  /// At most so much at once: what is ready takes it without waiting.
  size_t piece_;
  bool torn_ = false;
};

} // namespace millwright

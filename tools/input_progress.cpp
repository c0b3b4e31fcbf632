#include "tools/input_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <unistd.h>

namespace millwright {

namespace {

/// 0: nobody knows.
uint64_t bytes_of(const std::vector<std::string>& inputs) {
  uint64_t sum = 0;
  for (const auto& input : inputs) {
    std::error_code problem;
    const auto size = std::filesystem::file_size(input, problem);
    if (problem)
      return 0;
    sum += size;
  }
  return sum;
}

void draw(uint64_t taken, event_time watermark, double seconds, uint64_t bytes, uint64_t done) {
  constexpr int width = 30;
  std::string bar;
  if (bytes > 0) {
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(bytes));
    const int full = static_cast<int>(share * width);
    bar = fmt::format("[{}{}] {:3.0f} %  ", std::string(static_cast<size_t>(full), '#'),
                      std::string(static_cast<size_t>(width - full), '.'), share * 100);
  }
  fmt::print(stderr, "\r\x1b[K{}{} readings, {:.0f}/s, at {}", bar, taken,
             seconds > 0 ? static_cast<double>(taken) / seconds : 0.0, to_iso(watermark));
  std::fflush(stderr);
}

} // namespace

input_progress::input_progress(const std::vector<std::string>& inputs)
    : terminal_{isatty(STDERR_FILENO) != 0}, bytes_{bytes_of(inputs)} {}

std::function<void(uint64_t, uint64_t, event_time)> input_progress::on_terminal() const {
  if (!terminal_)
    return {};
  return [this](uint64_t taken, uint64_t bytes, event_time watermark) {
    draw(taken, watermark, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(), bytes_,
         bytes);
  };
}

void input_progress::clear() const {
  if (terminal_)
    fmt::print(stderr, "\r\x1b[K");
}

} // namespace millwright

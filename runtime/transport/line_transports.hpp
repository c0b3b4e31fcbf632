#pragma once

#include "actors/channel/transport.hpp"
#include "runtime/message/channel_words.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace spdlog {
class logger;
}

namespace millwright {

/// One page as one line for a person: severity, what happened, what to do, how to acknowledge. With `colour`, ANSI
/// colours. @param own title and body in the place of that.
std::string page_line(const page& x, bool colour, const channel_words& own = {});

/// The page as key=value pairs, for a log.
std::string log_line(const page& x);

/// Hands each page as a line, without line feed, to `print`, which is called on the channel's thread. One that was not
/// written is worth another try.
class terminal_transport final : public transport {
public:
  /// Whether it was written.
  using print_function = std::function<bool(const std::string& line)>;

  terminal_transport(print_function print, bool colour, channel_words own = {});

  delivery_result deliver(const page& x) override;

private:
  print_function print_;
  bool colour_;
  channel_words own_;
};

/// Writes each page as one line of key=value pairs to where a log goes. One that was not written is worth another try.
class log_transport final : public transport {
public:
  /// To the sinks of `log`, on the channel's thread, whatever its level.
  explicit log_transport(const std::shared_ptr<spdlog::logger>& log);
  log_transport(const log_transport&) = delete;
  log_transport& operator=(const log_transport&) = delete;

  delivery_result deliver(const page& x) override;

private:
  void write(const page& x);

  std::shared_ptr<spdlog::logger> log_;
  /// Why the last page was not written.
  std::optional<std::string> failure_;
};

} // namespace millwright

#pragma once

#include "actors/channel/transport.hpp"

#include <functional>
#include <memory>
#include <string>

namespace spdlog {
class logger;
}

namespace millwright {

/// One page as one line for a person: severity, what happened, how to acknowledge. With `colour`, ANSI colours.
std::string page_line(const page& x, bool colour);

/// Hands each page as a line, without line feed, to `print`, which is called on the channel's thread.
class terminal_transport final : public transport {
public:
  using print_function = std::function<void(const std::string& line)>;

  terminal_transport(print_function print, bool colour);

  delivery_result deliver(const page& x) override;

private:
  print_function print_;
  bool colour_;
};

/// Writes each page as one line of key=value pairs to the structured log.
class log_transport final : public transport {
public:
  explicit log_transport(std::shared_ptr<spdlog::logger> log);

  delivery_result deliver(const page& x) override;

private:
  std::shared_ptr<spdlog::logger> log_;
};

} // namespace millwright

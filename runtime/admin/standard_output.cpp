#include "runtime/admin/standard_output.hpp"

#include "protocol/failure.hpp"
#include "protocol/quantities.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace millwright {

namespace {

/// 0, or errno.
int write_all(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto n = ::write(STDOUT_FILENO, text.data(), text.size());
    if (n >= 0) {
      text.remove_prefix(static_cast<size_t>(n));
    } else if (errno == EAGAIN) {
      // Somebody else has made the terminal non-blocking.
      pollfd ready{STDOUT_FILENO, POLLOUT, 0};
      ::poll(&ready, 1, 1000);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

} // namespace

bool print_to_standard_output(std::string_view text) {
  const int error = write_all(text);
  if (error != 0 && error != EPIPE)
    throw failure{failure_code::output_unwritable, "standard output", std::strerror(error)};
  return error == 0;
}

output_size standard_output_size() {
  winsize told{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &told) == 0 && told.ws_col > 0 && told.ws_row > 0)
    return {told.ws_col, told.ws_row};
  output_size out;
  if (const char* text = std::getenv("COLUMNS"))
    if (const auto columns = parse_whole(text); columns && *columns > 0 && *columns < 10'000)
      out.columns = static_cast<int>(*columns);
  return out;
}

bool colours_wanted() {
  const char* none = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  return (!none || !*none) && !(kind && std::string_view{kind} == "dumb");
}

} // namespace millwright

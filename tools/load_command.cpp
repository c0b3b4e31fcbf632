#include "tools/load_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/admin_client.hpp"
#include "runtime/admin/load_table.hpp"
#include "runtime/admin/standard_output.hpp"
#include "tools/arguments.hpp"
#include "tools/node_socket.hpp"

#include <charconv>

namespace millwright {

namespace {

constexpr option options[] = {
    {"--samples", "-n", "N", "the newest so many samples themselves, one JSON object a line"},
    {"--json", "", "", "the figures as one JSON object"},
    socket_option,
    socket_config_option,
};
constexpr arguments::usage usage{"load [MINUTES] [OPTION]...",
                                 "Shows how much a running node had to do in the last minutes (5, or as monitor.span "
                                 "says): mean, 95th percentile and\n"
                                 "maximum of its samples, what is in alarm, and what the figures speak for.",
                                 options, 0, 1};

uint32_t minutes_of(const std::string& text) {
  uint32_t minutes = 0;
  const auto* const end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, minutes);
  if (problem != std::errc{} || at != end || minutes < 1 || minutes > most_minutes)
    throw failure{failure_code::bad_usage, "load",
                  "expected minutes, a whole number from 1 to " + std::to_string(most_minutes) + ", got \"" + text +
                      '"'};
  return minutes;
}

} // namespace

int load_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  admin_request request;
  request.question = admin_question::load;
  if (!given.positionals().empty())
    request.minutes = minutes_of(given.positionals().front());
  request.samples = static_cast<uint32_t>(given.integer("--samples", 0, 1, most_samples));
  if (request.samples > 0 && request.minutes > 0)
    throw failure{failure_code::bad_usage, "--samples", "expected no minutes beside it"};
  admin_client node{socket_of(given)};
  if (given.has("--json") || request.samples > 0) {
    node.ask(request, print_to_standard_output);
    return 0;
  }
  print_to_standard_output(render_load(node.list(request).rows));
  return 0;
}

} // namespace millwright

#include "tools/results_command.hpp"

#include "protocol/failure.hpp"
#include "protocol/result_catalogue.hpp"
#include "runtime/admin/admin_client.hpp"
#include "runtime/admin/open_windows.hpp"
#include "runtime/admin/standard_output.hpp"
#include "tools/arguments.hpp"
#include "tools/node_socket.hpp"

namespace millwright {

namespace {

constexpr option options[] = {
    {"--follow", "-f", "", "go on with what is found from now on, until Ctrl-C"},
    {"--updates", "", "",
     "also windows that are open, as they stand (\"final\":false); with --follow every second those "
     "that have changed"},
    {"--last", "-n", "N", "so many of the newest rows (20); counts gives all"},
    {"--sensor", "", "ID", "only of this sensor"},
    {"--facility", "", "ID", "only of this facility"},
    socket_option,
    socket_config_option,
};

result_kind kind_of(const std::string& name) {
  result_kind kind{};
  if (result_kind_named(name, kind))
    return kind;
  throw failure{failure_code::bad_usage, name, unknown_result_kind(name)};
}

} // namespace

int results_command(const std::vector<std::string>& line) {
  const auto purpose =
      "Prints what a running node has found, one JSON object a line. KIND is one of:\n" + result_kind_names();
  const arguments given{{"results KIND [OPTION]...", purpose, options, 1, 1}, line};
  if (given.help_printed())
    return 0;
  admin_request request;
  request.question = admin_question::results;
  auto& what = request.results;
  what.kind = kind_of(given.positionals().front());
  what.sensor = given.filled("--sensor", "an id");
  what.facility = given.filled("--facility", "an id");
  what.last = static_cast<uint64_t>(given.integer("--last", 20, 0, most_last));
  what.follow = given.has("--follow");
  what.updates = given.has("--updates");
  if (const auto why = cannot_filter(what); !why.empty())
    throw failure{failure_code::bad_usage, given.has("--sensor") ? "--sensor" : "--facility", why};
  if (const auto why = cannot_update(what); !why.empty())
    throw failure{failure_code::bad_usage, "--updates", why};
  admin_client{socket_of(given)}.ask(request, print_to_standard_output);
  return 0;
}

} // namespace millwright

#include "tools/describe_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/admin_client.hpp"
#include "runtime/admin/standard_output.hpp"
#include "runtime/admin/tree_table.hpp"
#include "tools/arguments.hpp"
#include "tools/node_socket.hpp"

namespace millwright {

namespace {

constexpr option options[] = {
    {"--json", "", "", "as one JSON object"},
    socket_option,
    socket_config_option,
};
constexpr arguments::usage usage{"describe NAME [OPTION]...",
                                 "Shows one actor of a running node: its kind, who begins it anew, and what there is "
                                 "to be seen of it. Names are those of\nmillwright tree.",
                                 options, 1, 1};

} // namespace

int describe_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  admin_request request;
  request.question = admin_question::describe;
  request.tree.name = given.positionals().front();
  if (request.tree.name.empty())
    throw failure{failure_code::bad_usage, "describe", "expected an actor's name, got nothing"};
  admin_client node{socket_of(given)};
  const auto row = node.list(request).rows;
  print_to_standard_output(given.has("--json") ? row : render_description(row));
  return 0;
}

} // namespace millwright

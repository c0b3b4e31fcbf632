#include "tools/plant_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/admin_client.hpp"
#include "runtime/admin/plant_table.hpp"
#include "runtime/admin/terminal_text.hpp"
#include "tools/arguments.hpp"
#include "tools/node_socket.hpp"
#include "tools/output_look.hpp"

namespace millwright {

namespace {

constexpr option options[] = {
    {"--facility", "", "ID", "exactly this facility; NAME is an id within it"},
    {"--kind", "", "NAME", "actors of this kind: facility, line, equipment, join, or one of your own"},
    {"--limit", "-n", "N", "at most so many rows of a list (20), the worst first"},
    {"--json", "", "", "one JSON object a line"},
    socket_option,
    socket_config_option,
};
constexpr arguments::usage usage{
    "plant [FACILITY|UNIT|FACILITY/UNIT] [OPTION]...",
    "Shows the plant of a running node from the top: its facilities, its units by health, and those that are worst; or "
    "one\nfacility with its lines and units, or one unit with its sensors. Figures of a facility are those of its last "
    "minute.",
    options, 0, 1};

} // namespace

int plant_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  admin_request request;
  request.question = admin_question::plant;
  if (!given.positionals().empty()) {
    request.plant.name = given.positionals().front();
    if (request.plant.name.empty())
      throw failure{failure_code::bad_usage, "plant", "expected a facility or a unit, got nothing"};
  }
  request.plant.facility = given.filled("--facility", "a name");
  request.plant.kind = given.filled("--kind", "a name");
  request.plant.limit = static_cast<uint32_t>(given.integer("--limit", request.plant.limit, 1, most_plant_rows));
  admin_client node{socket_of(given)};
  if (given.has("--json")) {
    node.ask(request, print_to_standard_output);
    return 0;
  }
  const auto [rows, total, closing] = node.list(request);
  if (rows.empty()) {
    print_to_standard_output(
        "no actors of this kind yet: there are once readings of theirs are judged and committed\n");
    return 0;
  }
  const output_look look;
  print_to_standard_output(render_plant(rows, total, look.width, look.colour));
  return 0;
}

} // namespace millwright

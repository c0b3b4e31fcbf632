#include "tools/alarms_command.hpp"

#include "runtime/admin/admin_client.hpp"
#include "runtime/admin/alarm_table.hpp"
#include "tools/arguments.hpp"
#include "tools/node_socket.hpp"
#include "tools/output_look.hpp"

namespace millwright {

namespace {

constexpr option options[] = {
    {"--all", "-a", "", "cleared ones, too"},
    {"--limit", "-n", "N", "at most so many (100)"},
    {"--json", "", "", "one JSON object a line"},
    socket_option,
    socket_config_option,
};
constexpr arguments::usage alarms_usage{"alarms [OPTION]...",
                                        "Lists what is in alarm on a running node: what nobody has acknowledged first, "
                                        "then by priority and age. What is only\n"
                                        "shown is listed by `millwright observations`.",
                                        options, 0, 0};
constexpr arguments::usage observations_usage{
    "observations [OPTION]...",
    "Lists what a running node has noticed that pages nobody by its rule: a z, a value that stands still, and so on.",
    options, 0, 0};

int list(const arguments& given, admin_question question) {
  if (given.help_printed())
    return 0;
  admin_request request;
  request.question = question;
  request.all = given.has("--all");
  request.limit = static_cast<uint32_t>(given.integer("--limit", 100, 1, most_alarms));
  admin_client node{socket_of(given)};
  if (given.has("--json")) {
    node.ask(request, print_to_standard_output);
    return 0;
  }
  const auto [rows, count, closing] = node.list(request);
  const bool alarms = question == admin_question::alarms;
  if (alarms)
    print_to_standard_output(render_flood(closing));
  if (rows.empty()) {
    print_to_standard_output(std::string{request.all ? "no " : "no active "} +
                             (alarms ? "alarms\n" : "observations\n"));
    return 0;
  }
  const output_look look;
  print_to_standard_output(render_alarm_table(rows, count, look.width, look.colour, alarms));
  return 0;
}

} // namespace

int alarms_command(const std::vector<std::string>& line) {
  return list(arguments{alarms_usage, line}, admin_question::alarms);
}

int observations_command(const std::vector<std::string>& line) {
  return list(arguments{observations_usage, line}, admin_question::observations);
}

} // namespace millwright

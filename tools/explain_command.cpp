#include "tools/explain_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/admin_client.hpp"
#include "runtime/admin/explain_text.hpp"
#include "runtime/admin/standard_output.hpp"
#include "tools/arguments.hpp"
#include "tools/node_socket.hpp"
#include "tools/output_look.hpp"

namespace millwright {

namespace {

constexpr option options[] = {
    {"--json", "", "", "one JSON object a line"},
    socket_option,
    socket_config_option,
};
constexpr arguments::usage usage{
    "explain ALARM|SENSOR|UNIT [OPTION]...",
    "Says why an alarm paged, or a sensor or a unit did not: rule by rule the numbers against the thresholds, how "
    "urgent\n"
    "it is, the route that takes it, and what each channel was told. ALARM is an id, or its beginning, as millwright\n"
    "alarms and millwright observations show it; a sensor or a unit may be said with its facility: FACILITY/SENSOR.",
    options, 1, 1};

} // namespace

int explain_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  admin_request request;
  request.question = admin_question::explain;
  request.id = given.positionals().front();
  if (request.id.empty())
    throw failure{failure_code::bad_usage, "explain", "expected an alarm, a sensor or a unit, got nothing"};
  admin_client node{socket_of(given)};
  const auto rows = node.list(request).rows;
  print_to_standard_output(given.has("--json") ? rows : render_explanation(rows, output_look{}.colour));
  return 0;
}

} // namespace millwright

#include "tools/sensors_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/admin_client.hpp"
#include "runtime/admin/sensor_lines.hpp"
#include "runtime/admin/standard_output.hpp"
#include "runtime/settings/nearest_name.hpp"
#include "tools/arguments.hpp"
#include "tools/node_socket.hpp"

namespace millwright {

namespace {

constexpr option options[] = {
    {"--facility", "", "PATTERN", "only those of this facility"},
    {"--asleep", "", "", "only those that have left memory since they are silent"},
    {"--awake", "", "", "only those in memory"},
    {"--limit", "-n", "N", "list: at most so many (100); forget: so many at once (10000)"},
    {"--json", "", "", "one JSON object a line"},
    socket_option,
    socket_config_option,
};
constexpr arguments::usage usage{
    "sensors list [PATTERN] [OPTION]... | sensors forget PATTERN [OPTION]...",
    "Lists the sensors that a running node knows, or has it forget some: what they learned, their open windows, and\n"
    "alarms that stand are over then. In a PATTERN * is any text and ? any character (quote it). Those that speak "
    "stay.",
    options, 1, 2};

} // namespace

int sensors_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  const auto& what = given.positionals().front();
  if (what != "list" && what != "forget")
    throw failure{failure_code::bad_usage, "sensors",
                  "expected list or forget, got \"" + what + "\"" + did_you_mean(what, {"list", "forget"})};
  const bool forget = what == "forget";
  if (forget && given.positionals().size() < 2)
    throw failure{failure_code::bad_usage, "sensors forget", "expected which: a sensor's id, or a pattern"};
  if (given.has("--asleep") && given.has("--awake"))
    throw failure{failure_code::bad_usage, "--awake", "a sensor is asleep or awake, not both"};
  admin_request request;
  request.question = forget ? admin_question::forget_sensors : admin_question::sensors;
  if (given.positionals().size() > 1)
    request.sensors.sensor = given.positionals()[1];
  request.sensors.facility = given.text("--facility", "*");
  request.sensors.asleep = !given.has("--awake");
  request.sensors.awake = !given.has("--asleep");
  request.sensors.limit = static_cast<uint32_t>(given.integer("--limit", forget ? 10'000 : 100, 1, most_sensors));
  admin_client node{socket_of(given)};
  if (given.has("--json")) {
    node.ask(request, print_to_standard_output);
    return 0;
  }
  const auto [rows, count, closing] = node.list(request);
  if (forget)
    print_to_standard_output(render_forgotten(rows));
  else
    print_to_standard_output(rows.empty() ? "no sensors\n" : render_sensor_table(rows, count));
  return 0;
}

} // namespace millwright

#include "tools/retire_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/admin_client.hpp"
#include "runtime/admin/answer_rows.hpp"
#include "runtime/admin/standard_output.hpp"
#include "runtime/admin/terminal_text.hpp"
#include "tools/arguments.hpp"
#include "tools/node_socket.hpp"
#include "tools/own_name.hpp"

namespace millwright {

namespace {

constexpr option options[] = {
    {"--back", "", "", "it is in service again: with its next reading it begins as a new sensor"},
    {"--facility", "", "ID", "exactly this facility; SENSOR is an id within it"},
    {"--by", "", "NAME", "who says so (you)"},
    socket_option,
    socket_config_option,
};
constexpr arguments::usage usage{
    "retire SENSOR [OPTION]...",
    "Takes a sensor of a running node out of service: its alarms end, what it has learned is forgotten, and its "
    "silence "
    "is none.\nWhat it still sends is counted and not judged; millwright sensors list shows that. SENSOR is an id, or "
    "FACILITY/ID.",
    options, 1, 1};

} // namespace

int retire_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  admin_request request;
  request.question = admin_question::sensor_word;
  auto& word = request.word;
  word.what = given.has("--back") ? sensor_word::kind::unretire : sensor_word::kind::retire;
  word.name = given.positionals()[0];
  if (word.name.empty())
    throw failure{failure_code::bad_usage, "retire", "expected a sensor, got nothing"};
  word.facility = given.filled("--facility", "a text");
  word.by = given.filled("--by", "a text", own_name());
  const auto rows = admin_client{socket_of(given)}.list(request).rows;
  std::string text;
  each_answer_row(rows, [&](const answer_row& row) { text = text_in(row, "text"); });
  if (text.empty())
    throw failure{failure_code::not_found, "", "the node has answered with something else than what it did"};
  // What a sensor calls itself is in it: nothing that moves the cursor.
  print_to_standard_output(fit(text, text.size()) + "\n");
  return 0;
}

} // namespace millwright

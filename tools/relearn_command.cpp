#include "tools/relearn_command.hpp"

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
    {"--facility", "", "ID", "exactly this facility; SENSOR is an id within it"},
    {"--by", "", "NAME", "who says so (you)"},
    socket_option,
    socket_config_option,
};
constexpr arguments::usage usage{
    "relearn SENSOR [OPTION]...",
    "Has a sensor of a running node forget what it has learned to be normal and begin anew, as after a rebuilt machine "
    "or\nanother product: its normal ranges and habits. It pages by what it learns from a day later on; alarms by what "
    "it had\nlearned end. Limits, rates and silence are judged on. SENSOR is an id, or FACILITY/ID.",
    options, 1, 1};

} // namespace

int relearn_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  admin_request request;
  request.question = admin_question::sensor_word;
  auto& word = request.word;
  word.what = sensor_word::kind::relearn;
  word.name = given.positionals()[0];
  if (word.name.empty())
    throw failure{failure_code::bad_usage, "relearn", "expected a sensor, got nothing"};
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

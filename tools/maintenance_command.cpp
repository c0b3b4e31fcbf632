#include "tools/maintenance_command.hpp"

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
    {"--facility", "", "ID", "exactly this facility; UNIT is an id within it"},
    {"--by", "", "NAME", "who says so (you)"},
    {"--note", "", "TEXT", "what it is about"},
    socket_option,
    socket_config_option,
};
constexpr arguments::usage usage{
    "maintenance begin|end|done UNIT [OPTION]...",
    "Tells a running node of a unit's maintenance: begin, that it is in maintenance until its end is told; end, that "
    "it "
    "is no\nmore, and was maintained; done, that it was maintained beside its work. UNIT is as millwright plant shows "
    "it, or\nFACILITY/UNIT. Alarms go on all the same; nothing is held back.",
    options, 2, 2};

} // namespace

int maintenance_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  admin_request request;
  request.question = admin_question::maintenance;
  auto& said = request.maintenance;
  const auto& what = given.positionals()[0];
  const auto kind = maintenance_named(what);
  if (!kind)
    throw failure{failure_code::bad_usage, "maintenance", "expected begin, end or done, got \"" + what + '"'};
  said.what = *kind;
  said.name = given.positionals()[1];
  if (said.name.empty())
    throw failure{failure_code::bad_usage, "maintenance", "expected a unit, got nothing"};
  said.facility = given.filled("--facility", "a text");
  said.by = given.filled("--by", "a text", own_name());
  said.note = given.filled("--note", "a text");
  const auto rows = admin_client{socket_of(given)}.list(request).rows;
  std::string text;
  each_answer_row(rows, [&](const answer_row& row) { text = text_in(row, "text"); });
  if (text.empty())
    throw failure{failure_code::not_found, "", "the node has answered with something else than a note"};
  // What a unit is called is in it: nothing that moves the cursor.
  print_to_standard_output(fit(text, text.size()) + "\n");
  return 0;
}

} // namespace millwright

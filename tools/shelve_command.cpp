#include "tools/shelve_command.hpp"

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

constexpr std::string_view shelf_kinds[] = {"alarm", "sensor", "unit"};
constexpr option kind_option{"--kind", "", "KIND", "alarm, sensor or unit, where several are called so"};
constexpr option facility_option{"--facility", "", "ID", "exactly this facility; NAME is an id within it"};
constexpr option by_option{"--by", "", "NAME", "who says so (you)"};

constexpr option shelve_options[] = {
    {"--for", "", "TIME", "so long, like 4h; it always ends (at most alarms.shelve_most)"},
    {"--reason", "", "TEXT", "why"},
    kind_option,
    facility_option,
    by_option,
    {"--json", "", "", "what is shelved as JSON, one a line"},
    socket_option,
    socket_config_option,
};
constexpr arguments::usage shelve_usage{
    "shelve [NAME --for TIME --reason TEXT] [OPTION]...",
    "Has a running node page nobody for an alarm, a sensor or a unit for a time. NAME is an alarm's id or its "
    "beginning, "
    "or what a\nsensor or unit is called, or FACILITY/NAME. What stands at the end, and nobody has acknowledged, pages "
    "then. Without NAME:\nlists what is shelved.",
    shelve_options, 0, 1};

constexpr option unshelve_options[] = {
    kind_option, facility_option, by_option, socket_option, socket_config_option,
};
constexpr arguments::usage unshelve_usage{"unshelve NAME [OPTION]...",
                                          "Ends what millwright shelve began. What stands, and nobody has "
                                          "acknowledged, pages now.",
                                          unshelve_options, 1, 1};

constexpr option note_options[] = {
    by_option,
    socket_option,
    socket_config_option,
};
constexpr arguments::usage note_usage{
    "note ALARM TEXT [OPTION]...",
    "Keeps a text with an alarm: millwright alarms --json shows it. ALARM is its id or its beginning.", note_options, 2,
    2};

int say(const arguments& given, const admin_request& request) {
  const auto rows = admin_client{socket_of(given)}.list(request).rows;
  std::string text;
  each_answer_row(rows, [&](const answer_row& row) { text = text_in(row, "text"); });
  if (text.empty())
    throw failure{failure_code::not_found, "", "the node has answered with something else than what it did"};
  // What a sensor calls itself is in it: nothing that moves the cursor.
  print_to_standard_output(fit(text, text.size()) + "\n");
  return 0;
}

void take_name(const arguments& given, shelving_request& out) {
  out.name = given.positionals()[0];
  if (out.name.empty())
    throw failure{failure_code::bad_usage, "", "expected an alarm, a sensor or a unit, got nothing"};
  out.facility = given.filled("--facility", "a text");
  out.kind = given.choice("--kind", "", shelf_kinds);
  out.by = given.filled("--by", "a text", own_name());
}

int list_shelves(const arguments& given) {
  admin_request request;
  request.question = admin_question::shelves;
  admin_client node{socket_of(given)};
  if (given.has("--json")) {
    node.ask(request, print_to_standard_output);
    return 0;
  }
  const auto rows = node.list(request).rows;
  std::string out;
  each_answer_row(rows, [&](const answer_row& row) {
    const auto text = text_in(row, "text");
    out += fit(text, text.size()) + "\n";
  });
  print_to_standard_output(out.empty() ? "nothing is shelved\n" : out);
  return 0;
}

} // namespace

int shelve_command(const std::vector<std::string>& line) {
  const arguments given{shelve_usage, line};
  if (given.help_printed())
    return 0;
  if (given.positionals().empty()) {
    for (const auto* each : {"--for", "--reason", "--kind", "--facility", "--by"})
      if (given.has(each))
        throw failure{failure_code::bad_usage, each, "expected what is shelved: an alarm, a sensor or a unit"};
    return list_shelves(given);
  }
  if (given.has("--json"))
    throw failure{failure_code::bad_usage, "--json", "lists what is shelved, and takes no name"};
  admin_request request;
  request.question = admin_question::shelve;
  take_name(given, request.shelving);
  if (!given.has("--for"))
    throw failure{failure_code::bad_usage, "--for", "expected for how long, like 4h: a shelf always ends"};
  request.shelving.lasts = given.duration("--for", milliseconds{0});
  if (request.shelving.lasts <= milliseconds{0} ||
      request.shelving.lasts > milliseconds{static_cast<int64_t>(longest_shelf_ms)})
    throw failure{failure_code::bad_usage, "--for", "expected a time like 4h, got \"" + given.text("--for") + '"'};
  request.shelving.text = given.filled("--reason", "why it is shelved");
  if (request.shelving.text.empty())
    throw failure{failure_code::bad_usage, "--reason", "expected why it is shelved"};
  return say(given, request);
}

int unshelve_command(const std::vector<std::string>& line) {
  const arguments given{unshelve_usage, line};
  if (given.help_printed())
    return 0;
  admin_request request;
  request.question = admin_question::unshelve;
  take_name(given, request.shelving);
  return say(given, request);
}

int note_command(const std::vector<std::string>& line) {
  const arguments given{note_usage, line};
  if (given.help_printed())
    return 0;
  admin_request request;
  request.question = admin_question::note;
  request.shelving.name = given.positionals()[0];
  request.shelving.text = given.positionals()[1];
  if (request.shelving.text.empty())
    throw failure{failure_code::bad_usage, "note", "expected a text, got nothing"};
  request.shelving.by = given.filled("--by", "a text", own_name());
  return say(given, request);
}

} // namespace millwright

#include "tools/ack_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/admin_client.hpp"
#include "runtime/admin/answer_rows.hpp"
#include "runtime/admin/standard_output.hpp"
#include "runtime/admin/terminal_text.hpp"
#include "tools/arguments.hpp"
#include "tools/node_socket.hpp"
#include "tools/own_name.hpp"

#include <rapidjson/document.h>

namespace millwright {

namespace {

constexpr option options[] = {
    {"--by", "", "NAME", "who answers for it (you)"},
    socket_option,
    socket_config_option,
};
constexpr arguments::usage usage{
    "ack ID [OPTION]...",
    "Acknowledges an alarm: somebody has taken care of it. ID is as the page and millwright alarms show it.", options,
    1, 1};

} // namespace

int ack_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  admin_request request;
  request.question = admin_question::acknowledge;
  request.id = given.positionals().front();
  if (request.id.empty() || request.id.find_first_not_of("0123456789abcdefABCDEF-") != std::string::npos)
    throw failure{failure_code::bad_usage, "ack", "expected an alarm's id like 1f3a9c02, got \"" + request.id + '"'};
  request.by = given.text("--by", own_name());
  const auto rows = admin_client{socket_of(given)}.list(request).rows;
  rapidjson::Document answer;
  if (answer.Parse(rows.data(), rows.size()).HasParseError() || !answer.IsObject())
    throw failure{failure_code::not_found, "", "the node has answered with something else than an acknowledgement"};
  const auto text = text_in(answer, "text"), result = text_in(answer, "result");
  if (result == "unknown" || result == "ambiguous")
    throw failure{failure_code::not_found, "", text};
  // What a sensor calls itself is in it: nothing that moves the cursor.
  print_to_standard_output(fit(text, text.size()) + "\n");
  return 0;
}

} // namespace millwright

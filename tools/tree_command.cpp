#include "tools/tree_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/admin/admin_client.hpp"
#include "runtime/admin/answer_rows.hpp"
#include "runtime/admin/standard_output.hpp"
#include "runtime/admin/tree_table.hpp"
#include "tools/arguments.hpp"
#include "tools/node_socket.hpp"

#include <fmt/format.h>

namespace millwright {

namespace {

constexpr option options[] = {
    {"--most", "", "N", "of more of a kind than this (20) below one actor only how many there are"},
    {"--kind", "", "NAME", "the actors of this kind right below NAME, one by one"},
    {"--from", "", "PLACE", "with --kind: where to go on, as the list before said"},
    {"--limit", "-n", "N", "with --kind: so many at a time (1000)"},
    {"--json", "", "", "one JSON object a line"},
    socket_option,
    socket_config_option,
};
constexpr arguments::usage usage{
    "tree [NAME] [OPTION]...",
    "Shows the actors of a running node, each below the one that begins it anew when it dies: all of them, or those "
    "below\nNAME. millwright describe shows one.",
    options, 0, 1};

} // namespace

int tree_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  admin_request request;
  request.question = admin_question::tree;
  auto& asked = request.tree;
  if (!given.positionals().empty())
    asked.name = given.positionals().front();
  if (asked.name.empty())
    throw failure{failure_code::bad_usage, "tree", "expected an actor's name, got nothing"};
  asked.kind = given.text("--kind");
  if (given.has("--kind") == asked.kind.empty())
    throw failure{failure_code::bad_usage, "--kind", "expected a kind of actors"};
  if (asked.kind.empty() && (given.has("--from") || given.has("--limit")))
    throw failure{failure_code::bad_usage, given.has("--from") ? "--from" : "--limit", "expected --kind beside it"};
  asked.most = static_cast<uint32_t>(given.integer("--most", asked.most, 1, most_tree_unfolded));
  asked.from = static_cast<uint64_t>(given.integer("--from", 0, 0, UINT32_MAX));
  asked.limit = static_cast<uint32_t>(given.integer("--limit", asked.limit, 1, most_tree_rows));
  admin_client node{socket_of(given)};
  std::string rows;
  const auto end = node.ask(request, [&](std::string_view some) {
    rows += some;
    return true;
  });
  if (given.has("--json")) {
    print_to_standard_output(rows);
    if (!asked.kind.empty())
      print_to_standard_output(end + '\n');
    return 0;
  }
  print_to_standard_output(asked.kind.empty() ? render_tree(rows) : render_names(rows));
  each_answer_row(end, [](const answer_row& row) {
    if (const auto next = count_in(row, "next"); next > 0)
      print_to_standard_output(fmt::format("... go on with --from {}\n", next));
  });
  return 0;
}

} // namespace millwright

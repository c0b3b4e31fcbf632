#include "tools/report_command.hpp"

#include "protocol/failure.hpp"
#include "runtime/figures/recorded_alarms.hpp"
#include "runtime/figures/shown/figures_table.hpp"
#include "runtime/figures/shown/shift_table.hpp"
#include "tools/judging.hpp"
#include "tools/node_socket.hpp"
#include "tools/output_look.hpp"
#include "tools/report_rows.hpp"

#include <algorithm>
#include <optional>

namespace millwright {

namespace {

constexpr milliseconds usual_span{7 * 24 * 3'600'000ll}, usual_shift{8 * 3'600'000};

constexpr option options[] = {
    {"--last", "-n", "TIME", "so much of the newest time of the plant (7d; 8h of a shift)"},
    {"--shift", "", "", "what a shift hands over: what stands, acknowledged by whom, what is new, shelved, noted"},
    truth_option,
    operators_option,
    {"--json", "", "", "as one JSON object"},
    socket_option,
    {"--ledger", "", "PATH", "of a stopped node: its ledger"},
    journal_option,
    {"--config", "-c", "FILE.yaml", "the node's configuration, which names its socket"},
};
constexpr arguments::usage usage{
    "report [--last TIME] [--shift] [OPTION]...",
    "Prints the figures of ISA-18.2 and EEMUA 191 of what a running node, or a stopped one (--ledger), has paged; or "
    "what a\n"
    "shift hands over to the next one. Times are those of the readings.",
    options, 0, 0};

report_rows rows_for(const arguments& given) {
  if (given.has("--ledger"))
    return rows_of_stores(places_of(given, given.filled("--ledger", "a path")));
  if (given.has("--journal"))
    throw failure{failure_code::bad_usage, "--journal", "expected --ledger beside it: of a stopped node"};
  try {
    return rows_of_node(socket_of(given));
  } catch (const failure& problem) {
    if (problem.code() != failure_code::socket_unreachable)
      throw;
    throw failure{failure_code::not_found,
                  {},
                  std::string{problem.what()} + "; of a stopped node: millwright report --ledger PATH"};
  }
}

std::string shift_of_node(const report_rows& rows, milliseconds last, bool json) {
  const output_look look;
  std::string book, shelves;
  rows.book([&](std::string_view lines) { book += lines; });
  rows.shelves([&](std::string_view lines) { shelves += lines; });
  if (rows.now == never)
    throw failure{failure_code::not_found, "--shift", "nothing is recorded yet"};
  const auto shift = handover_of(book, shelves, rows.now - last, rows.now);
  std::string out;
  if (!json)
    return render_handover(shift, look.width, look.colour);
  append_json(out, shift);
  return out + '\n';
}

std::string figures_of_node(const report_rows& rows, milliseconds last, const arguments& given) {
  const output_look look;
  const auto judging = judging_of(given);
  const auto to = rows.now == never ? forever : rows.now;
  recorded_alarms recorded{rows.now == never ? never : rows.now - last, to};
  rows.notifications([&](std::string_view lines) { recorded.take_notifications(lines); });
  rows.book([&](std::string_view lines) { recorded.take_book(lines); });
  rows.alarms([&](std::string_view lines) { recorded.take_alarms(lines); });
  if (recorded.newest() == never)
    throw failure{failure_code::not_found, {}, "no alarm is recorded: there is nothing to report"};
  const auto history = recorded.finish();
  const auto end = rows.now == never ? recorded.newest() : rows.now;
  // Of a node that has run for an hour an hour is reported: figures over a week would be of a week without pages.
  const auto begin = std::min(std::max(end - last, recorded.oldest()), end);
  const auto found = judge(history, "recorded", std::nullopt, begin, end, judging);
  if (!given.has("--json"))
    return render_figures(found, look.width, look.colour);
  std::string out;
  append_json(out, found);
  return out + '\n';
}

} // namespace

int report_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  const bool shift = given.has("--shift");
  const auto last = given.duration("--last", shift ? usual_shift : usual_span);
  if (last.count() <= 0)
    throw failure{failure_code::bad_usage, "--last",
                  "expected a time like 8h or 7d, got \"" + given.text("--last") + '"'};
  if (shift && (given.has("--truth") || given.has("--operators")))
    throw failure{failure_code::bad_usage, "--shift", "expected neither --truth nor --operators beside it"};
  const auto rows = rows_for(given);
  print_to_standard_output(shift ? shift_of_node(rows, last, given.has("--json")) : figures_of_node(rows, last, given));
  return 0;
}

} // namespace millwright

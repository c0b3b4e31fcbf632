#include "tools/restore_command.hpp"

#include "tools/store_options.hpp"

#include <fmt/format.h>

#include <array>

namespace millwright {

namespace {

constexpr std::array known{ledger_option, journal_option, store_config_option};

constexpr arguments::usage usage{"restore DIR [-c FILE.yaml | --ledger PATH]",
                                 "Puts a backup (millwright backup DIR) in the place of a stopped node's ledger and "
                                 "alarm journal. What was there is\n"
                                 "kept under another name; the backup stays.",
                                 known, 1, 1};

} // namespace

int restore_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  auto to = places_of(given, given.text("--ledger"));
  // One in the ledger's directory is put aside with that.
  if (to.journal == to.ledger + "/-alarms")
    to.journal = to.ledger + "-alarms";
  const auto report = restore_backup(given.positionals().front(), to);
  fmt::print("{}: commit {}, {}\n", to.ledger, report.restored.ledger.commit, bytes_text(report.restored.ledger.bytes));
  fmt::print("{}: {}\n", to.journal, bytes_text(report.restored.journal.bytes));
  for (const auto& [was, is] : {std::pair{to.ledger, report.kept.ledger}, {to.journal, report.kept.journal}})
    if (!is.empty())
      fmt::print("what was {} is now {}\n", was, is);
  for (const auto& [split, position] : report.restored.ledger.positions)
    fmt::print("{} is read again from position {}\n", split, position);
  fmt::print(
      "What the source no longer has from there on is reported as lost when the node starts. Pages that were sent "
      "since\nthe backup may be sent again, under the same keys.\n");
  return 0;
}

} // namespace millwright

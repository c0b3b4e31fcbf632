#include "tools/backup_command.hpp"

#include "tools/store_options.hpp"

#include <fmt/format.h>

#include <array>

namespace millwright {

namespace {

constexpr std::array known{ledger_option, journal_option, store_config_option};

constexpr arguments::usage usage{
    "backup DIR [-c FILE.yaml | --ledger PATH]",
    "Copies the ledger and the alarm journal of a node, running or not, into DIR, which must be empty or missing: "
    "whole,\n"
    "compact, checked and synced. The node goes on; for as long its files may grow. Put back with millwright restore.",
    known, 1, 1};

} // namespace

int backup_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  const auto& directory = given.positionals().front();
  const auto report = back_up(places_of(given, given.text("--ledger")), directory);
  const auto places = places_in_backup(directory);
  fmt::print("{}: {}\n", places.ledger, bytes_text(report.ledger.bytes));
  for (const auto& text : report.ledger.content)
    fmt::print("  {}\n", text);
  fmt::print("{}: {}\n", places.journal, bytes_text(report.journal.bytes));
  for (const auto& text : report.journal.content)
    fmt::print("  {}\n", text);
  return 0;
}

} // namespace millwright

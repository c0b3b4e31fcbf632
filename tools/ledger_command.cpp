#include "tools/ledger_command.hpp"

#include "protocol/failure.hpp"
#include "protocol/plain_path.hpp"
#include "runtime/journal/store_pair.hpp"
#include "runtime/ledger/directory_lock.hpp"
#include "runtime/ledger/repair/fresh_directory.hpp"
#include "runtime/settings/nearest_name.hpp"
#include "tools/store_options.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <optional>

namespace millwright {

namespace {

constexpr std::array known{
    option{"--out", "-o", "NEWPATH", "salvage: where the new ledger is made; its journal is NEWPATH-alarms"},
    journal_option,
    store_config_option,
};

constexpr arguments::usage usage{
    "ledger check [PATH] [-c FILE.yaml] | ledger salvage [PATH] --out NEWPATH",
    "Looks through a stopped node's ledger and alarm journal (PATH, or data/ledger): every page, then every record by "
    "its\n"
    "checksum. check tells what is there, and \"sound\" or what is damaged and what that means (it ends with 2 then, "
    "and\n"
    "where the two do not belong together);\n"
    "salvage copies all that is sound into a new ledger, says exactly what is lost, and leaves the old one as it is.\n"
    "For a running node take a copy: millwright backup.",
    known, 1, 2};

constexpr size_t most_lines = 50;

void print_lines(std::string_view head, const std::vector<std::string>& lines) {
  if (lines.empty())
    return;
  fmt::print("  {}\n", head);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i == most_lines && lines.size() > most_lines + 1) {
      fmt::print("    and {} more\n", lines.size() - i);
      break;
    }
    fmt::print("    {}\n", lines[i]);
  }
}

void print_content(const store_kind& kind, const std::string& path, const store_report& report) {
  fmt::print("{}: {}, {}\n", path, kind.name, bytes_text(report.bytes));
  for (const auto& line : report.content)
    fmt::print("  {}\n", line);
}

// Held until the command ends: no node starts on what is being looked at.
directory_lock locked(const std::string& path, std::string_view what) {
  if (!store_exists(path))
    throw failure{failure_code::not_found, path, "no " + std::string{what} + " is here"};
  return directory_lock{path};
}

// None when it is damaged.
std::optional<store_report> check_one(const store_kind& kind, const std::string& path, const std::string& ledger) {
  try {
    auto report = check_store(kind, path);
    print_content(kind, path, report);
    if (report.sound()) {
      fmt::print("  sound\n");
      return report;
    }
    print_lines("damaged:", report.damage);
    print_lines("what that costs:", report.lost);
    if (!report.step_back.empty())
      fmt::print("  {}\n", report.step_back);
    fmt::print("  to save the rest: millwright ledger salvage {} --out NEWPATH, or millwright restore a backup\n",
               ledger);
  } catch (const failure& problem) {
    if (problem.code() == failure_code::ledger_version)
      throw;
    fmt::print("{}: {}\n  damaged:\n    {}\n", path, kind.name, problem.what());
  }
  return std::nullopt;
}

/// Each may be sound, and a node refuses the two all the same.
bool belong_together(const store_report& ledger, const store_report& journal, const store_places& places) {
  const ledger_side of_ledger{ledger.pair_mark, ledger.commit};
  if (!judge_pair(of_ledger, {journal.pair_mark, journal.holds_anything}, {}).apart)
    return true;
  fmt::print("{}\n",
             failure{failure_code::journal_foreign, places.journal, why_apart(of_ledger, places.ledger)}.what());
  return false;
}

int check(const store_places& places) {
  const auto ledger = locked(places.ledger, "ledger"), journal = locked(places.journal, "alarm journal");
  const auto first = check_one(ledger_kind, places.ledger, places.ledger);
  const auto second = check_one(journal_kind, places.journal, places.ledger);
  return first && second && belong_together(*first, *second, places) ? 0 : 2;
}

void print_salvaged(const store_kind& kind, const std::string& from, const std::string& to,
                    const store_report& report) {
  fmt::print("{}: {}, {}\n", from, kind.name, bytes_text(report.bytes));
  print_lines("damaged:", report.damage);
  if (!report.step_back.empty())
    fmt::print("  {}\n", report.step_back);
  print_lines("lost:", report.lost);
  if (report.lost.empty() && report.step_back.empty())
    fmt::print("  nothing is lost\n");
  fmt::print("  saved in {}:\n", to);
  for (const auto& line : report.content)
    fmt::print("    {}\n", line);
}

int salvage(const store_places& places, const std::string& out) {
  const auto ledger = locked(places.ledger, "ledger");
  std::optional<directory_lock> journal;
  if (store_exists(places.journal))
    journal.emplace(places.journal);
  fresh_directory new_ledger{out}, new_journal{out + "-alarms"};
  const auto saved = salvage_store(ledger_kind, places.ledger, new_ledger.working());
  std::optional<store_report> saved_journal;
  std::string why = "there is none";
  try {
    if (journal)
      saved_journal = salvage_store(journal_kind, places.journal, new_journal.working());
  } catch (const failure& problem) {
    if (problem.code() != failure_code::journal_damaged)
      throw;
    why = problem.what();
  }
  // The journal first: one without its ledger is of no harm, a ledger without its journal forgets alarms.
  if (saved_journal)
    new_journal.finish();
  new_ledger.finish();
  print_salvaged(ledger_kind, places.ledger, out, saved);
  if (saved_journal)
    print_salvaged(journal_kind, places.journal, out + "-alarms", *saved_journal);
  else
    fmt::print("{}: {}\n  lost:\n    all of it ({}): alarms that stand are forgotten and may be told again, pages that "
               "waited are not sent\n",
               places.journal, journal_kind.name, why);
  for (const auto& [split, position] : saved.positions)
    fmt::print("{} goes on from position {}\n", split, position);
  fmt::print("to go on with it: ledger.path: {}, and alarms.path: {}-alarms where that is set\n", out, out);
  return 0;
}

} // namespace

std::string bytes_text(uint64_t bytes) {
  constexpr std::array units{"bytes", "KB", "MB", "GB", "TB"};
  auto size = static_cast<double>(bytes);
  size_t unit = 0;
  for (; size >= 1000 && unit + 1 < units.size(); ++unit)
    size /= 1000;
  return unit == 0 ? fmt::format("{} bytes", bytes) : fmt::format("{:.1f} {}", size, units[unit]);
}

int ledger_command(const std::vector<std::string>& line) {
  const arguments given{usage, line};
  if (given.help_printed())
    return 0;
  const auto& what = given.positionals().front();
  if (what != "check" && what != "salvage")
    throw failure{failure_code::bad_usage, "ledger",
                  "expected check or salvage, got \"" + what + "\"" + did_you_mean(what, {"check", "salvage"})};
  const auto places = places_of(given, given.positionals().size() > 1 ? given.positionals()[1] : std::string{});
  if (what == "check") {
    if (given.has("--out"))
      throw failure{failure_code::bad_usage, "--out", "ledger check writes nothing"};
    return check(places);
  }
  const auto out = plain_path(given.text("--out"));
  if (out.empty())
    throw failure{failure_code::bad_usage, "--out", "expected the directory for the new ledger"};
  return salvage(places, out);
}

} // namespace millwright

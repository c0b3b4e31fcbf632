// Everything that a stopped node has made durable, as files to compare: ledger_dump LEDGER ALARMS OUT [CHANNEL]...
// writes OUT/KIND.ndjson for each kind of results, OUT/alarms-kept.ndjson (the alarm book), OUT/pages.ndjson (the
// finished pages), OUT/state.json, OUT/waiting.json (how many pages still wait for each channel), OUT/ledger.mark and
// OUT/journal.mark (what the two have in common).
// With - for LEDGER it is what the alarm journal holds alone.

#include "protocol/failure.hpp"
#include "protocol/json.hpp"
#include "protocol/page.hpp"
#include "protocol/result_catalogue.hpp"
#include "runtime/journal/lmdb_journal.hpp"
#include "runtime/ledger/lmdb_ledger.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>

using namespace millwright;

namespace {

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream out{path, std::ios::binary};
  out << text;
  if (!out.flush())
    throw failure{failure_code::output_unwritable, path.string(), ""};
}

/// Empty: there is none.
void write_mark(const std::filesystem::path& to, const std::optional<uuid>& mark) {
  write(to, mark ? to_string(*mark) : std::string{});
}

void dump_results(ledger& from, const std::filesystem::path& out) {
  // Of kinds too that only the program knows which wrote them.
  for (size_t place = 0; place < known_result_kinds(); ++place) {
    const auto which = result_kind_at(place);
    std::string text;
    result_cursor at;
    for (;;) {
      const auto next = from.read_results(which, at, 16u << 20,
                                          [&](result_cursor, const result_block& block) { text += block.lines; });
      if (next == at)
        break;
      at = next;
    }
    write(out / (std::string{name_of(which)} + ".ndjson"), text);
  }
}

std::string state_of(ledger& from) {
  const auto state = from.load();
  std::string positions, counters, text;
  {
    json_object json{positions};
    for (const auto& [name, position] : state.positions)
      json.integer(name, static_cast<int64_t>(position));
    json.close();
  }
  {
    json_object json{counters};
    for (const auto& [name, sum] : state.counters)
      json.integer(name.second.empty() ? name.first : name.first + "/" + name.second, static_cast<int64_t>(sum));
    json.close();
  }
  text += "{\"commit\":" + std::to_string(state.number) + ",\"identity\":";
  append_json_string(text, state.identity);
  text += ",\"transitions\":" + std::to_string(state.transitions.size()) + ",\"positions\":" + positions +
          ",\"counters\":" + counters + "}\n";
  return text;
}

void dump_ledger(const std::string& directory, const std::filesystem::path& out) {
  lmdb_ledger from{directory, {}};
  dump_results(from, out);
  write(out / "state.json", state_of(from));
  write_mark(out / "ledger.mark", from.pair_mark());
}

void dump_journal(const std::string& directory, const std::vector<std::string>& channels,
                  const std::filesystem::path& out) {
  lmdb_journal_settings settings;
  settings.directory = directory;
  lmdb_journal from{settings};
  std::string alarms, pages;
  from.load([&](const alarm_record& record) {
    append_json(alarms, record);
    alarms += '\n';
  });
  write(out / "alarms-kept.ndjson", alarms);
  for (uint64_t cursor = 0;;) {
    const auto entries = from.notifications(cursor, 10'000);
    if (entries.empty())
      break;
    for (const auto& each : entries) {
      append_notification_json(pages, each.what);
      pages += '\n';
      cursor = each.cursor;
    }
  }
  write(out / "pages.ndjson", pages);
  std::string waiting;
  json_object json{waiting};
  for (const auto& each : channels)
    json.integer(each, static_cast<int64_t>(from.waiting_count({each})));
  json.close();
  write(out / "waiting.json", waiting);
  write_mark(out / "journal.mark", from.pair_mark());
}

} // namespace

int main(int count, char** words) {
  if (count < 4) {
    std::fputs("usage: ledger_dump LEDGER ALARMS OUT [CHANNEL]...\n", stderr);
    return 2;
  }
  try {
    const std::filesystem::path out{words[3]};
    std::filesystem::create_directories(out);
    if (words[1] != std::string_view{"-"})
      dump_ledger(words[1], out);
    dump_journal(words[2], {words + 4, words + count}, out);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "ledger_dump: %s\n", problem.what());
    return 1;
  }
  return 0;
}

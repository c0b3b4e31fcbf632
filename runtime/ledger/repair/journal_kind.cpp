#include "protocol/failure.hpp"
#include "protocol/time.hpp"
#include "runtime/journal/journal_store.hpp"
#include "runtime/ledger/pair_mark.hpp"
#include "runtime/ledger/repair/store_kind.hpp"

#include <algorithm>

namespace millwright {

namespace {

record_state judge(size_t table, std::string_view key, std::string_view value) {
  const auto which = static_cast<journal_table>(table);
  const auto payload = unsealed(which, key, value);
  if (!payload)
    return record_state::damaged;
  if (which == journal_table::meta && key == "format" && binary_reader{*payload}.u32() > journal_format_version)
    return record_state::newer;
  return record_state::good;
}

std::string describe(size_t table, std::string_view key) {
  return describe_journal_record(static_cast<journal_table>(table), key);
}

store_content content(const store_records& records) {
  store_content out;
  const auto& meta = records[static_cast<size_t>(journal_table::meta)];
  if (const auto found = meta.find(pair_mark_name); found != meta.end())
    if (const auto mark = unsealed(journal_table::meta, found->first, found->second))
      out.pair_mark = decode_pair_mark(*mark);
  for (size_t i = 0; i < records.size(); ++i)
    out.holds_anything |= static_cast<journal_table>(i) != journal_table::meta && !records[i].empty();
  uint64_t active = 0;
  for (const auto& [key, value] : records[static_cast<size_t>(journal_table::alarms)])
    if (const auto payload = unsealed(journal_table::alarms, key, value)) {
      binary_reader in{*payload};
      if (const auto record = decode_alarm_record(in))
        active += record->state != alarm_state::cleared;
    }
  const auto size_of = [&](journal_table table) { return std::to_string(records[static_cast<size_t>(table)].size()); };
  out.lines = {"alarms: " + size_of(journal_table::alarms) + ", " + std::to_string(active) + " of them standing",
               "pages waiting: " + size_of(journal_table::outbox),
               "pages finished: " + size_of(journal_table::notifications),
               "decisions beside readings: " + size_of(journal_table::decisions)};
  return out;
}

std::string loss(size_t table, std::string_view key, const store_records&) {
  switch (static_cast<journal_table>(table)) {
  case journal_table::meta:
    if (key == pair_mark_name || key.empty())
      return "the journal no longer knows its ledger: it takes the one beside it, so be sure that it is the same";
    return "it is made anew";
  case journal_table::alarms:
    return "the router does not know this alarm any more, nor who acknowledged it: while its condition stands it may "
           "be "
           "told again, and if it has cleared nobody is told";
  case journal_table::outbox:
    return "this page is not sent any more, unless its alarm is told again";
  case journal_table::pages:
    return "that this page was sent is forgotten: should its alarm be told again, the page goes out again, under the "
           "same key";
  case journal_table::told:
    return "what this channel was told of an alarm is forgotten: it is not told that the alarm is over";
  case journal_table::shelves:
    return "this shelf is over: what it covered, stands and is not acknowledged pages";
  case journal_table::notifications:
    return "the record of a finished page is gone";
  case journal_table::decisions:
    return "a change of metadata, or a silence, is not applied at its place: readings that are taken again may be "
           "judged otherwise than the first time";
  }
  return {};
}

std::vector<std::string> mend(store_records& records, uint64_t, const may_be_lost&, std::deque<std::string>&) {
  // A page that still waits must be known as waiting; one that is known as waiting, and is not there, never goes.
  std::vector<std::string> lost;
  const auto& outbox = records[static_cast<size_t>(journal_table::outbox)];
  std::vector<std::string> waiting;
  for (const auto& [key, value] : outbox)
    if (const auto payload = unsealed(journal_table::outbox, key, value))
      if (const auto entry = outbox_entry_of(key, *payload))
        waiting.push_back(page_key(key_of(entry->what)));
  std::sort(waiting.begin(), waiting.end());
  auto& pages = records[static_cast<size_t>(journal_table::pages)];
  for (auto at = pages.begin(); at != pages.end();) {
    const auto payload = unsealed(journal_table::pages, at->first, at->second);
    const bool waits = payload && !payload->empty() && payload->front() == static_cast<char>(page_state::waiting);
    if (waits && !std::binary_search(waiting.begin(), waiting.end(), at->first)) {
      // Without this it would be held back for ever.
      lost.push_back(describe(static_cast<size_t>(journal_table::pages), at->first) +
                     ": the page itself is gone; should its alarm be told again, it goes out");
      at = pages.erase(at);
    } else {
      ++at;
    }
  }
  return lost;
}

void make(const std::string& directory, uint64_t map_bytes) {
  try {
    const journal_store made{directory, map_bytes};
  } catch (const journal_error& error) {
    throw failure{failure_code::journal_unwritable, directory, error.text()};
  }
}

} // namespace

const store_kind journal_kind{
    "alarm journal",
    [] { return journal_table_names.size(); },
    [](size_t table) { return std::string{journal_table_names[table]}; },
    [](std::string_view name) -> std::optional<size_t> {
      const auto found = std::find(journal_table_names.begin(), journal_table_names.end(), name);
      if (found == journal_table_names.end())
        return std::nullopt;
      return static_cast<size_t>(found - journal_table_names.begin());
    },
    // Older versions had no such tables, under the same format version.
    [](size_t table, const store_records&) {
      return static_cast<journal_table>(table) == journal_table::told ||
             static_cast<journal_table>(table) == journal_table::shelves;
    },
    judge,
    describe,
    content,
    loss,
    "its very last write is lost: an alarm that was raised in it is told again only if the ledger still holds it, and "
    "a "
    "page that was finished in it may be sent again, under the same key",
    mend,
    [](const store_records&) -> uint64_t { return 0; },
    make,
};

} // namespace millwright

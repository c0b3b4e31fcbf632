#include "protocol/binary.hpp"
#include "protocol/time.hpp"
#include "runtime/ledger/ledger_totals.hpp"
#include "runtime/ledger/lmdb_environment.hpp"
#include "runtime/ledger/older_formats.hpp"
#include "runtime/ledger/pair_mark.hpp"
#include "runtime/ledger/record_writer.hpp"
#include "runtime/ledger/repair/store_kind.hpp"
#include "runtime/ledger/state_pack.hpp"
#include "runtime/ledger/state_tables.hpp"
#include "runtime/ledger/taught_by.hpp"

#include "protocol/failure.hpp"

#include <algorithm>
#include <optional>

namespace millwright {

namespace {

constexpr size_t index_of(ledger_table table) {
  return static_cast<size_t>(table);
}

constexpr std::string_view totals_name = "state";

record_state judge(size_t table, std::string_view key, std::string_view value) {
  record_view record;
  const auto which = static_cast<ledger_table>(table);
  const auto state = read_record(which, key, value, record);
  if (state == record_state::good && which == ledger_table::meta && format_in(key, value) > ledger_format_version)
    return record_state::newer;
  return state;
}

/// 0 when it is not there.
uint32_t format_of(const store_records& records) {
  const auto& meta = records[index_of(ledger_table::meta)];
  const auto found = meta.find("format");
  return found == meta.end() ? 0 : format_in(found->first, found->second);
}

bool may_lack(size_t table, const store_records& records) {
  return !has_table(format_of(records), static_cast<ledger_table>(table));
}

std::string describe(size_t table, std::string_view key) {
  return describe_record(static_cast<ledger_table>(table), key);
}

std::optional<record_view> view_of(ledger_table table, std::string_view key, std::string_view value) {
  record_view record;
  if (read_record(table, key, value, record) != record_state::good)
    return std::nullopt;
  return record;
}

std::optional<ledger_totals> totals_of(const store_records& records) {
  const auto& meta = records[index_of(ledger_table::meta)];
  const auto found = meta.find(totals_name);
  if (found == meta.end())
    return std::nullopt;
  const auto record = view_of(ledger_table::meta, found->first, found->second);
  return record ? decode_ledger_totals(record->payload) : std::nullopt;
}

std::string span_of(event_time first, event_time last) {
  return first > last ? std::string{} : ", event time " + to_iso(first) + " to " + to_iso(last);
}

uint64_t commit_of(const store_records& records) {
  const auto totals = totals_of(records);
  return totals ? totals->number : 0;
}

/// The pack that an entry of a list names. None where the entry cannot be read.
std::optional<pack_place> named_pack(ledger_table list, std::string_view first, std::string_view value) {
  const auto record = view_of(list, first, value);
  return record ? read_pack_place(record->payload) : std::nullopt;
}

/// Calls visit(entry) for each state of the store's packs that can be read. Those that can not are damage of their own.
template <class Visit>
void visit_packed(state_store of, const store_records& records, Visit visit) {
  const auto& packs = records[index_of(ledger_table::packs)];
  for (const auto& [key, value] : records[index_of(of.packs)]) {
    const auto place = named_pack(of.packs, key, value);
    const auto found = place ? packs.find(result_key({place->commit, place->ordinal})) : packs.end();
    const auto pack = found == packs.end() ? std::nullopt : view_of(ledger_table::packs, found->first, found->second);
    if (!pack)
      continue;
    state_pack_reader reader{pack->payload};
    while (const auto entry = reader.next())
      visit(*entry);
  }
}

size_t states_in(state_store of, const store_records& records) {
  const auto& own = records[index_of(of.records)];
  size_t n = own.size();
  visit_packed(of, records, [&](const state_entry& each) { n += !own.contains(each.key); });
  return n;
}

store_content content(const store_records& records) {
  store_content out;
  out.commit = commit_of(records);
  out.lines.push_back("last commit: " + std::to_string(out.commit));
  const auto& meta = records[index_of(ledger_table::meta)];
  if (const auto found = meta.find("identity"); found != meta.end())
    if (const auto record = view_of(ledger_table::meta, found->first, found->second))
      out.lines.push_back("source: " + std::string{record->payload});
  if (const auto found = meta.find(pair_mark_name); found != meta.end())
    if (const auto record = view_of(ledger_table::meta, found->first, found->second))
      out.pair_mark = decode_pair_mark(record->payload);
  const auto& node = records[index_of(ledger_table::node)];
  if (const auto found = node.find(taught_by_entry); found != node.end())
    if (const auto record = view_of(ledger_table::node, found->first, found->second))
      out.lines.push_back("taught by: " + std::string{record->payload});
  for (const auto& [key, value] : records[index_of(ledger_table::positions)])
    if (const auto record = view_of(ledger_table::positions, key, value))
      out.positions.emplace(record->key, binary_reader{record->payload}.u64());
  out.lines.push_back("splits: " + std::to_string(out.positions.size()));
  out.lines.push_back("sensors: " + std::to_string(states_in(sensor_tables.whole, records)));
  if (const auto actors = states_in(actor_tables.whole, records); actors > 0)
    out.lines.push_back("actors beside them: " + std::to_string(actors));
  out.lines.push_back("transitions not yet journaled: " +
                      std::to_string(records[index_of(ledger_table::transitions)].size()));
  for (size_t i = 0; i < records.size(); ++i) {
    if (!holds_results(static_cast<ledger_table>(i)))
      continue;
    uint64_t rows = 0;
    event_time first = forever, last = never;
    for (const auto& [key, value] : records[i]) {
      const auto record = view_of(static_cast<ledger_table>(i), key, value);
      const auto header = record ? read_result_header(record->payload) : std::nullopt;
      if (!header)
        continue;
      rows += header->rows;
      first = std::min(first, header->first);
      last = std::max(last, header->last);
    }
    if (!records[i].empty())
      out.lines.push_back(name_of(static_cast<ledger_table>(i)) + ": " + std::to_string(rows) + " rows in " +
                          std::to_string(records[i].size()) + " blocks" + span_of(first, last));
  }
  return out;
}

// A block that cannot be read lies between its neighbours.
std::string result_loss(size_t table, std::string_view key, const store_records& sound) {
  if (key.empty())
    return "their rows are gone; everything else of this kind can be read";
  const auto& blocks = sound[table];
  event_time from = never, to = forever;
  auto next = blocks.upper_bound(key);
  const auto header_of = [&](const auto& at) {
    const auto record = view_of(static_cast<ledger_table>(table), at->first, at->second);
    return record ? read_result_header(record->payload) : std::nullopt;
  };
  if (next != blocks.end())
    if (const auto header = header_of(next))
      to = header->last;
  if (next != blocks.begin())
    if (const auto header = header_of(std::prev(next)))
      from = header->first;
  std::string out = "its rows are gone";
  if (from != never)
    out += ", of event time about from " + to_iso(from);
  if (to != forever)
    out += (from == never ? ", of event time about" : "") + std::string{" to "} + to_iso(to);
  return out + "; everything else of this kind can be read";
}

// The parts that readings have in what stands above their sensor are committed there with its state: neither waits for
// the other's.
constexpr std::string_view sensor_anew =
    "its open windows (the last 11 minutes), its baseline, learned bands and usual interval are gone, a reading that "
    "repeats one of before counts again, and an alarm of it may stay until acknowledged, or be raised again. Windows "
    "of its unit, line and facility lack nothing, but these go on counting what stood of it then";
constexpr std::string_view actor_anew =
    "its open windows and all that it knew are gone: their rows lack what came before, and what stands of its sensors "
    "it hears of when that changes; a unit counts its runtime and its faults from 0, and knows of no maintenance. "
    "Windows of a line and a facility above it lack nothing: each has its readings from the sensors";

bool is_of_sensors(const state_store& x) {
  return x.packs == ledger_table::sensor_packs || x.packs == ledger_table::change_packs;
}

// Whose states they were is told by the list that names the pack.
std::string pack_loss(std::string_view key, const store_records& sound) {
  for (const auto& list : {sensor_tables.whole, sensor_tables.changes, actor_tables.whole, actor_tables.changes})
    for (const auto& [first, value] : sound[index_of(list.packs)]) {
      const auto place = named_pack(list.packs, first, value);
      if (place && result_key({place->commit, place->ordinal}) == key)
        return "the states of " + std::to_string(place->count) + " neighbours, the first of them " +
               describe(index_of(list.records), first) +
               ": each of them starts anew: " + std::string{is_of_sensors(list) ? sensor_anew : actor_anew};
    }
  return "nothing names it: it is what is left of a commit that did not come to its end, or its list is lost too";
}

std::string loss(size_t table, std::string_view key, const store_records& sound) {
  switch (static_cast<ledger_table>(table)) {
  case ledger_table::meta:
    if (key == "identity")
      return "the ledger no longer knows which source its states are of: the node takes the one configured, so be sure "
             "that it is the same";
    if (key == pair_mark_name)
      return "the ledger no longer knows its alarm journal: it takes the one beside it, so be sure that it is the same";
    if (key == totals_name)
      return "the number of the last commit is gone: the node counts on from the highest number that was found";
    return key.empty()
               ? "the source's identity (the node takes the one configured), its alarm journal (it takes the one "
                 "beside it) and the number of the last commit may be among them"
               : "it is made anew";
  case ledger_table::splits:
    // What else is known of a split has its name in front of a NUL.
    if (key.find('\0') != std::string_view::npos)
      return "how the source knows this place again is gone: a log that is made anew before the next start is not "
             "noticed, and of one that was made anew before, changes of metadata and silences that were decided for "
             "readings to come are not applied";
    return "the split's clock is gone (watermark, activity, silence): it begins anew with the next reading, so windows "
           "and lateness around that are not exact, those of units, lines and facilities neither; and who does not "
           "speak again, a sensor or a unit, is not told as silent";
  case ledger_table::positions:
    return "the node takes this split for one that has been added, and reads it from its beginning: what it had taken "
           "is taken again, and counts twice in counters, runtime and faults. Where no partition of a topic has a "
           "position any more, source.kafka.start says where they begin: with latest readings are missed";
  case ledger_table::sensors:
  case ledger_table::changes:
    return "it starts anew: " + std::string{sensor_anew};
  case ledger_table::sensor_packs:
  case ledger_table::change_packs:
    return "it and its neighbours, some dozens of sensors, start anew; of each " + std::string{sensor_anew};
  case ledger_table::actor_packs:
  case ledger_table::actor_change_packs:
    return "it and its neighbours start anew; of each " + std::string{actor_anew};
  case ledger_table::packs:
    return pack_loss(key, sound);
  case ledger_table::actors:
  case ledger_table::actor_changes:
    return "it starts anew: " + std::string{actor_anew};
  case ledger_table::transitions:
    return "if the alarm journal does not have it, nobody is told of this change of the alarm";
  case ledger_table::counters:
    return "it counts from 0 again";
  case ledger_table::node:
    if (key == "sensor-types")
      return "states name their sensor type by its place: they are right only while the file of sensor types has the "
             "same order as when the ledger was begun";
    return "the node makes it anew";
  default:
    return result_loss(table, key, sound);
  }
}

std::string_view kept(std::deque<std::string>& room, std::string text) {
  room.push_back(std::move(text));
  return room.back();
}

std::optional<numbered_state> state_in(ledger_table table, std::string_view key, std::string_view value) {
  const auto record = view_of(table, key, value);
  return record ? read_numbered_state(record->payload) : std::nullopt;
}

// A state in a pack becomes a record of its own where it has none that is newer, and none that is lost: what the pack
// has then may be of before.
void unpack(state_store of, store_records& records, const may_be_lost& gone, std::vector<std::string>& lost,
            std::deque<std::string>& room) {
  auto& own = records[index_of(of.records)];
  visit_packed(of, records, [&](const state_entry& each) {
    if (own.contains(each.key))
      return;
    if (gone(index_of(of.records), each.key)) {
      lost.push_back(describe(index_of(of.records), each.key) +
                     " may have been newer than what its pack has: " + loss(index_of(of.records), each.key, records));
      return;
    }
    std::string payload;
    binary_writer{payload}.varint(each.number);
    payload += each.bytes;
    std::string value(record_size(each.key, payload), '\0');
    write_record(value.data(), of.records, each.key, payload);
    const auto key = kept(room, std::string{each.key});
    own.emplace(key, kept(room, std::move(value)));
  });
  records[index_of(of.packs)].clear();
}

// A whole state without the changes behind it is of a moment that the position has passed: it is of no use.
void drop_half_states(state_tables of, store_records& records, std::vector<std::string>& lost) {
  auto& whole = records[index_of(of.whole.records)];
  auto& changes = records[index_of(of.changes.records)];
  std::erase_if(whole, [&](const auto& each) {
    const auto other = changes.find(each.first);
    const auto state = state_in(of.whole.records, each.first, each.second);
    const auto since =
        other == changes.end() ? std::nullopt : state_in(of.changes.records, other->first, other->second);
    if (state && since && state->fits(*since))
      return false;
    lost.push_back(describe(index_of(of.whole.records), each.first) +
                   " has lost the changes to it: " + loss(index_of(of.whole.records), each.first, records));
    return true;
  });
  std::erase_if(changes, [&](const auto& each) { return !whole.contains(each.first); });
}

std::vector<std::string> mend(store_records& records, uint64_t newest, const may_be_lost& gone,
                              std::deque<std::string>& room) {
  std::vector<std::string> lost;
  for (const auto& tables : {sensor_tables, actor_tables}) {
    unpack(tables.whole, records, gone, lost, room);
    unpack(tables.changes, records, gone, lost, room);
  }
  records[index_of(ledger_table::packs)].clear();
  // The first format had whole states alone: they are taken up when it is opened.
  if (format_of(records) != 1)
    drop_half_states(sensor_tables, records, lost);
  drop_half_states(actor_tables, records, lost);
  auto totals = totals_of(records);
  const bool known = totals.has_value();
  if (!totals)
    totals.emplace();
  for (auto& bytes : totals->result_bytes)
    bytes = 0;
  uint64_t highest = 0;
  for (size_t i = 0; i < records.size(); ++i)
    if (const auto kind = kind_in(static_cast<ledger_table>(i)))
      for (const auto& [key, value] : records[i]) {
        totals->result_bytes[place_of(*kind)] += space_of_block(value.size());
        if (const auto at = read_result_key(key))
          highest = std::max(highest, at->commit);
      }
  if (!known) {
    totals->number = std::max(newest, highest);
    lost.push_back("meta/state is not there: which commit this is cannot be told; the node counts on from " +
                   std::to_string(totals->number));
  }
  for (const auto& [key, value] : records[index_of(ledger_table::transitions)])
    if (const auto record = view_of(ledger_table::transitions, key, value))
      totals->next_transition = std::max(totals->next_transition, binary_reader{record->payload}.u64() + 1);
  const bool empty = std::all_of(records.begin(), records.end(), [](const auto& table) { return table.empty(); });
  if (!empty || totals->number > 0) {
    const auto payload = encode(*totals);
    std::string value(record_size(totals_name, payload), '\0');
    write_record(value.data(), ledger_table::meta, totals_name, payload);
    records[index_of(ledger_table::meta)].insert_or_assign(totals_name, kept(room, std::move(value)));
  }
  const auto& splits = records[index_of(ledger_table::splits)];
  const auto& positions = records[index_of(ledger_table::positions)];
  for (const auto& [key, value] : splits)
    if (key.find('\0') == std::string::npos && !positions.contains(key))
      lost.push_back(describe(index_of(ledger_table::positions), key) +
                     " is not there: " + loss(index_of(ledger_table::positions), key, records));
  for (const auto& [key, value] : positions)
    if (!splits.contains(key))
      lost.push_back(describe(index_of(ledger_table::splits), key) +
                     " is not there: " + loss(index_of(ledger_table::splits), key, records));
  return lost;
}

void make(const std::string& directory, uint64_t map_bytes) {
  try {
    const lmdb_environment made{directory, map_bytes};
  } catch (const lmdb_error& error) {
    throw_as_failure(error, directory, map_bytes);
  }
}

} // namespace

const store_kind ledger_kind{
    "ledger",
    ledger_table_count,
    [](size_t table) { return name_of(static_cast<ledger_table>(table)); },
    [](std::string_view name) -> std::optional<size_t> {
      const auto table = ledger_table_named(name);
      return table ? std::optional{index_of(*table)} : std::nullopt;
    },
    may_lack,
    judge,
    describe,
    content,
    loss,
    "nothing is lost: the node reads again what came since, and finds the same",
    mend,
    commit_of,
    make,
};

} // namespace millwright

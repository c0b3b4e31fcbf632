#include "runtime/ledger/repair/store_report.hpp"

#include "protocol/binary.hpp"
#include "runtime/ledger/child_answer.hpp"
#include "runtime/ledger/end_markers.hpp"
#include "runtime/ledger/lock_room.hpp"
#include "runtime/ledger/page_check.hpp"
#include "runtime/ledger/pair_mark.hpp"
#include "runtime/ledger/private_files.hpp"
#include "runtime/ledger/repair/mapped_store.hpp"
#include "runtime/ledger/repair/snapshot.hpp"

#include <lmdb.h>
#include <sys/stat.h>

#include <algorithm>

namespace millwright {

namespace {

constexpr size_t most_lines = 10'000;

failure_code damage_code(const store_kind& kind) {
  return &kind == &journal_kind ? failure_code::journal_damaged : failure_code::ledger_damaged;
}

std::string data_path(const std::string& directory) {
  return directory + "/data.mdb";
}

void put(binary_writer& out, const std::vector<std::string>& lines) {
  out.u64(lines.size());
  for (const auto& line : lines)
    out.text(line);
}

std::vector<std::string> lines_in(binary_reader& in) {
  std::vector<std::string> out;
  for (auto n = in.u64(); n > 0 && in.ok(); --n)
    out.emplace_back(in.text());
  return out;
}

// The records that a snapshot lacks, with what that means.
std::vector<std::string> losses_of(const snapshot& from, const store_kind& kind) {
  std::vector<std::string> out;
  if (from.tables_unknown)
    out.push_back("how many records there were cannot be told: more than what follows may be lost");
  for (const auto& [table, key] : from.damaged) {
    if (out.size() >= most_lines)
      return out;
    out.push_back(kind.describe(table, key) + ": " + kind.loss(table, key, from.records));
  }
  for (size_t table = 0; table < from.missing.size(); ++table) {
    if (from.missing[table] == 0)
      continue;
    auto line =
        std::to_string(from.missing[table]) + " records of " + kind.table_name(table) + " whose names cannot be read";
    for (size_t i = 0; i < from.ranges[table].size() && i < 5; ++i)
      line += (i == 0 ? " (" : ", ") + from.ranges[table][i];
    if (!from.ranges[table].empty())
      line += ")";
    out.push_back(line + ": " + kind.loss(table, {}, from.records));
  }
  return out;
}

uint64_t lost_in(const snapshot& x) {
  uint64_t sum = x.damaged.size();
  for (const auto n : x.missing)
    sum += n;
  return x.tables_unknown ? ~uint64_t{0} : sum;
}

// The newest of which nothing is lost; else the one of which the least is.
const snapshot& best_of(const std::vector<snapshot>& all, const store_kind& kind) {
  const auto* best = &all.front();
  for (const auto& x : all) {
    const bool a = x.complete(), b = best->complete();
    if (a != b ? a : a ? kind.commit(x.records) > kind.commit(best->records) : lost_in(x) < lost_in(*best))
      best = &x;
  }
  return *best;
}

snapshots snapshots_of(const mapped_store& file, const store_kind& kind) {
  auto found = read_snapshots(file.bytes(), kind, file.unreadable());
  for (const auto& x : found.all)
    if (x.newer)
      throw failure{failure_code::ledger_version, file.path(), *x.newer + " was written by a newer millwright"};
  if (found.all.empty())
    throw failure{damage_code(kind), file.path(),
                  "neither of the two pages that lead to everything else can be read: nothing can be told or saved"};
  return found;
}

void describe(const store_records& records, const store_kind& kind, store_report& report) {
  auto content = kind.content(records);
  report.commit = content.commit;
  report.pair_mark = content.pair_mark;
  report.holds_anything = content.holds_anything;
  report.content = std::move(content.lines);
  report.positions = std::move(content.positions);
}

std::string words_for_step_back(const snapshot& chosen, const snapshots& found, const store_kind& kind,
                                const std::string& directory) {
  const bool older =
      &chosen != &found.all.front() || kind.commit(chosen.records) < end_markers{directory}.newest().value_or(0);
  // A lone meta page of a journal: nobody knows whether it is the newer.
  const bool unsure = found.all.size() < 2 && &kind == &journal_kind;
  if (!older && !unsure)
    return {};
  if (&kind == &journal_kind)
    return "its newest state cannot be had whole, the one before can: " + std::string{kind.step_back};
  return "the newest commit cannot be had whole, commit " + std::to_string(kind.commit(chosen.records)) +
         " can: " + std::string{kind.step_back};
}

store_report look_through(const store_kind& kind, const std::string& directory) {
  store_report report;
  const mapped_store file{data_path(directory)};
  report.bytes = file.bytes().size();
  const auto found = snapshots_of(file, kind);
  const auto& newest = found.all.front();
  describe(newest.records, kind, report);
  report.damage = found.damage;
  report.damage.insert(report.damage.end(), newest.damage.begin(), newest.damage.end());
  if (report.damage.empty()) {
    // What a node checks at its start has the last word: order, counts, that no page is used twice.
    const auto strict = check_pages(
        file.bytes(),
        [&](std::string_view table) -> std::optional<std::string> {
          if (!kind.table_named(table))
            return "there is a table of no known name";
          return std::nullopt;
        },
        [](auto, auto, auto) { return std::nullopt; });
    if (strict)
      report.damage.push_back(*strict);
  }
  const auto noted = end_markers{directory}.newest().value_or(0);
  if (&kind == &ledger_kind && noted > report.commit)
    report.damage.push_back("commit " + std::to_string(noted) + " was written, but the newest in the file is " +
                            std::to_string(report.commit) + ": it is damaged, or an older copy");
  if (report.damage.empty())
    return report;
  report.lost = losses_of(newest, kind);
  const auto& best = best_of(found.all, kind);
  if (best.complete())
    report.step_back = words_for_step_back(best, found, kind, directory);
  return report;
}

void check(int code, const std::string& path, const char* doing) {
  if (code != MDB_SUCCESS)
    throw failure{failure_code::ledger_unwritable, path, std::string{doing} + " failed: " + mdb_strerror(code)};
}

/// Puts stored records as they are into a store that was just made.
class raw_writer {
public:
  raw_writer(const std::string& directory, const store_kind& kind, uint64_t map_bytes) : path_{data_path(directory)} {
    check(mdb_env_create(&env_), path_, "opening");
    try {
      check(mdb_env_set_mapsize(env_, map_bytes), path_, "reserving space");
      check(mdb_env_set_maxdbs(env_, static_cast<MDB_dbi>(kind.tables())), path_, "opening");
      check(reserve_lock_room(directory), path_, "opening");
      check(mdb_env_open(env_, directory.c_str(), MDB_NOTLS, private_file), path_, "opening");
      begin();
      tables_.resize(kind.tables());
      for (size_t i = 0; i < tables_.size(); ++i)
        check(mdb_dbi_open(txn_, kind.table_name(i).c_str(), MDB_CREATE, &tables_[i]), path_, "opening its tables");
    } catch (...) {
      close();
      throw;
    }
  }
  raw_writer(const raw_writer&) = delete;
  raw_writer& operator=(const raw_writer&) = delete;
  ~raw_writer() { close(); }

  void put(size_t table, std::string_view key, std::string_view value) {
    constexpr size_t most_at_once = 32 << 20;
    MDB_val k{key.size(), const_cast<char*>(key.data())}, v{value.size(), const_cast<char*>(value.data())};
    check(mdb_put(txn_, tables_[table], &k, &v, 0), path_, "writing");
    if ((written_ += key.size() + value.size()) > most_at_once) {
      commit();
      begin();
    }
  }

  void commit() {
    written_ = 0;
    auto* const txn = txn_;
    txn_ = nullptr;
    check(mdb_txn_commit(txn), path_, "committing");
  }

private:
  void begin() { check(mdb_txn_begin(env_, nullptr, 0, &txn_), path_, "writing"); }
  void close() {
    if (txn_)
      mdb_txn_abort(txn_);
    mdb_env_close(env_);
  }

  const std::string path_;
  MDB_env* env_ = nullptr;
  MDB_txn* txn_ = nullptr;
  std::vector<MDB_dbi> tables_;
  size_t written_ = 0;
};

store_report salvage(const store_kind& kind, const std::string& directory, const std::string& out) {
  store_report report;
  const mapped_store file{data_path(directory)};
  report.bytes = file.bytes().size();
  auto found = snapshots_of(file, kind);
  const auto noted = end_markers{directory}.newest().value_or(0);
  const auto& chosen = best_of(found.all, kind);
  report.damage = found.damage;
  for (const auto& x : found.all)
    if (&x == &chosen || &x == &found.all.front())
      report.damage.insert(report.damage.end(), x.damage.begin(), x.damage.end());
  report.lost = losses_of(chosen, kind);
  if (chosen.complete())
    report.step_back = words_for_step_back(chosen, found, kind, directory);
  else if (&chosen != &found.all.front() || kind.commit(chosen.records) < noted)
    report.lost.push_back("what came after commit " + std::to_string(kind.commit(chosen.records)) +
                          ": the node reads it again");
  auto records = chosen.records;
  std::deque<std::string> room;
  const auto more = kind.mend(
      records, noted, [&](size_t table, std::string_view key) { return chosen.may_lack(table, key); }, room);
  report.lost.insert(report.lost.end(), more.begin(), more.end());
  describe(records, kind, report);

  const uint64_t map_bytes = 2 * file.bytes().size() + (64 << 20);
  kind.make(out, map_bytes);
  raw_writer to{out, kind, map_bytes};
  for (size_t table = 0; table < records.size(); ++table)
    for (const auto& [key, value] : records[table])
      to.put(table, key, value);
  to.commit();
  return report;
}

} // namespace

bool store_exists(const std::string& directory) {
  struct stat status {};
  return stat(data_path(directory).c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
}

std::string encode(const store_report& report) {
  std::string out;
  binary_writer writer{out};
  writer.u64(report.bytes);
  writer.u64(report.commit);
  writer.text(report.pair_mark ? encode_pair_mark(*report.pair_mark) : std::string{});
  writer.u8(report.holds_anything ? 1 : 0);
  put(writer, report.content);
  put(writer, report.damage);
  put(writer, report.lost);
  writer.text(report.step_back);
  writer.u64(report.positions.size());
  for (const auto& [split, position] : report.positions) {
    writer.text(split);
    writer.u64(position);
  }
  return out;
}

store_report decode_store_report(std::string_view bytes) {
  binary_reader in{bytes};
  store_report out;
  out.bytes = in.u64();
  out.commit = in.u64();
  out.pair_mark = decode_pair_mark(in.text());
  out.holds_anything = in.u8() != 0;
  out.content = lines_in(in);
  out.damage = lines_in(in);
  out.lost = lines_in(in);
  out.step_back = in.text();
  for (auto n = in.u64(); n > 0 && in.ok(); --n) {
    std::string split{in.text()};
    out.positions.emplace(std::move(split), in.u64());
  }
  return out;
}

store_report check_store(const store_kind& kind, const std::string& directory) {
  if (!store_exists(directory))
    throw failure{failure_code::not_found, directory, "no " + std::string{kind.name} + " is here"};
  return decode_store_report(answer_of_child([&] { return encode(look_through(kind, directory)); }, {damage_code(kind)},
                                             data_path(directory)));
}

store_report salvage_store(const store_kind& kind, const std::string& directory, const std::string& out) {
  if (!store_exists(directory))
    throw failure{failure_code::not_found, directory, "no " + std::string{kind.name} + " is here"};
  auto report = decode_store_report(answer_of_child([&] { return encode(salvage(kind, directory, out)); },
                                                    {damage_code(kind)}, data_path(directory)));
  if (const auto made = check_store(kind, out); !made.sound())
    throw failure{damage_code(kind), out, "what was salvaged is not sound: " + made.damage.front()};
  if (&kind == &ledger_kind && report.commit > 0)
    end_markers{out}.note_newest(report.commit);
  sync_directory(out);
  return report;
}

} // namespace millwright

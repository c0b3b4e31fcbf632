#include "runtime/ledger/repair/backup.hpp"

#include "protocol/failure.hpp"
#include "protocol/plain_path.hpp"
#include "protocol/time.hpp"
#include "runtime/ledger/child_answer.hpp"
#include "runtime/ledger/directory_lock.hpp"
#include "runtime/ledger/end_markers.hpp"
#include "runtime/ledger/private_files.hpp"
#include "runtime/ledger/repair/fresh_directory.hpp"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

namespace millwright {

namespace fs = std::filesystem;

namespace {

using namespace std::chrono_literals;

/// Another process's environment, opened for reading only. It shares that process's lock.mdb, so the pages of the
/// snapshot being read are not used again meanwhile. LMDB's locks are the process's: never open it where it is open.
class foreign_environment {
public:
  explicit foreign_environment(const std::string& directory) : path_{directory + "/data.mdb"} {
    check(mdb_env_create(&env_), "opening");
    // No size of our own: what the file says, so that a node with more room than we think is no problem.
    const int code = mdb_env_open(env_, directory.c_str(), MDB_RDONLY | MDB_NOTLS, private_file);
    if (code != MDB_SUCCESS) {
      mdb_env_close(env_);
      check(code, "opening");
    }
    // A copy that was killed keeps its snapshot's pages from being used again until somebody looks.
    mdb_reader_check(env_, nullptr);
  }
  foreign_environment(const foreign_environment&) = delete;
  foreign_environment& operator=(const foreign_environment&) = delete;
  ~foreign_environment() { mdb_env_close(env_); }

  void copy_to(int file) {
    int code = mdb_env_copyfd2(env_, file, MDB_CP_COMPACT);
    for (int tries = 0; code == MDB_MAP_RESIZED && tries < 10; ++tries) {
      mdb_env_set_mapsize(env_, 0);
      code = mdb_env_copyfd2(env_, file, MDB_CP_COMPACT);
    }
    check(code, "copying");
    if (fsync(file) != 0)
      check(errno, "copying");
  }

private:
  void check(int code, const char* doing) const {
    if (code != MDB_SUCCESS)
      throw failure{failure_code::output_unwritable, path_, std::string{doing} + " it failed: " + mdb_strerror(code)};
  }

  const std::string path_;
  MDB_env* env_ = nullptr;
};

/// A file to be written from the start.
class new_file {
public:
  explicit new_file(const std::string& path)
      : file_{open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, private_file)} {
    if (file_ < 0)
      throw failure{failure_code::output_unwritable, path, std::strerror(errno)};
  }
  new_file(const new_file&) = delete;
  new_file& operator=(const new_file&) = delete;
  ~new_file() { close(file_); }

  int descriptor() const { return file_; }
  bool begun() const {
    struct stat status {};
    return fstat(file_, &status) == 0 && status.st_size > 0;
  }

private:
  int file_;
};

// The journal's snapshot must be the later one, but by as little as can be: once the first bytes of the ledger's copy
// are written its snapshot stands.
void copy_both(const store_places& from, const store_places& to) {
  foreign_environment ledger{from.ledger}, journal{from.journal};
  const new_file ledger_copy{to.ledger + "/data.mdb"}, journal_copy{to.journal + "/data.mdb"};
  std::atomic<bool> ended{false};
  std::exception_ptr problem;
  std::thread first{[&] {
    try {
      ledger.copy_to(ledger_copy.descriptor());
    } catch (...) {
      problem = std::current_exception();
    }
    ended = true;
  }};
  while (!ended && !ledger_copy.begun())
    std::this_thread::sleep_for(1ms);
  try {
    if (!ended || !problem)
      journal.copy_to(journal_copy.descriptor());
  } catch (...) {
    first.join();
    throw;
  }
  first.join();
  if (problem)
    std::rethrow_exception(problem);
}

store_pair_report checked_backup(const store_places& places, const std::string& what) {
  store_pair_report out{check_store(ledger_kind, places.ledger), check_store(journal_kind, places.journal)};
  if (!out.ledger.sound())
    throw failure{failure_code::ledger_damaged, places.ledger, what + out.ledger.damage.front()};
  if (!out.journal.sound())
    throw failure{failure_code::journal_damaged, places.journal, what + out.journal.damage.front()};
  return out;
}

void require_stores(const store_places& from) {
  if (!store_exists(from.ledger))
    throw failure{failure_code::not_found, from.ledger, "no ledger is here"};
  if (!store_exists(from.journal))
    throw failure{failure_code::not_found, from.journal, "no alarm journal is here (--journal names another place)"};
}

void make_directory(const std::string& path) {
  try {
    make_private_directory(path);
  } catch (const fs::filesystem_error& error) {
    throw failure{failure_code::output_unwritable, path, error.code().message()};
  }
}

void note_commit(const std::string& directory, uint64_t commit) {
  if (commit == 0)
    return;
  end_markers markers{directory};
  markers.note_newest(commit);
  sync_file(markers.newest_path());
}

void rename_durably(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0)
    throw failure{failure_code::output_unwritable, to, std::strerror(errno)};
  sync_parent(to);
}

/// A store being put in the place of another.
class replacement {
public:
  replacement(const std::string& from, const std::string& to, uint64_t commit)
      : place_{plain_path(to)}, fresh_{place_ + ".restored-" + std::to_string(getpid())} {
    std::error_code error;
    if (fs::exists(place_, error))
      old_lock_.emplace(place_);
    const auto copy = fresh_.working() + "/data.mdb";
    if (!fs::copy_file(from + "/data.mdb", copy, error))
      throw failure{failure_code::output_unwritable, copy, error.message()};
    sync_file(copy);
    note_commit(fresh_.working(), commit);
    // A node that starts while the stores are exchanged is kept out of the new ones as well.
    new_lock_.emplace(fresh_.working());
    fresh_.finish();
  }

  /// Gives the new store its name; where the old one is now.
  std::string exchange(const std::string& stamp) {
    std::string kept;
    if (old_lock_) {
      kept = place_ + ".before-restore-" + stamp;
      rename_durably(place_, kept);
    }
    try {
      rename_durably(ready(), place_);
    } catch (const failure&) {
      if (!kept.empty())
        std::rename(kept.c_str(), place_.c_str());
      throw;
    }
    placed_ = true;
    return kept;
  }

  ~replacement() {
    std::error_code error;
    if (!placed_)
      fs::remove_all(ready(), error);
  }
  replacement(const replacement&) = delete;
  replacement& operator=(const replacement&) = delete;

private:
  std::string ready() const { return place_ + ".restored-" + std::to_string(getpid()); }

  std::string place_;
  fresh_directory fresh_;
  std::optional<directory_lock> old_lock_, new_lock_;
  bool placed_ = false;
};

std::string stamp_of_now() {
  // 2026-11-21T12:00:00.000Z -> 20261121T120000Z
  std::string out;
  for (const char c : to_iso(std::chrono::floor<milliseconds>(std::chrono::system_clock::now()))) {
    if (c == '.')
      break;
    if (c != '-' && c != ':')
      out += c;
  }
  return out + 'Z';
}

} // namespace

store_places places_in_backup(const std::string& directory) {
  // As a node has them by default, so that a backup can be named wherever a ledger can.
  return {directory + "/ledger", directory + "/ledger-alarms"};
}

store_pair_report back_up(const store_places& from, const std::string& directory) {
  require_stores(from);
  fresh_directory made{directory};
  const auto to = places_in_backup(made.working());
  make_directory(to.ledger);
  make_directory(to.journal);
  answer_of_child(
      [&] {
        copy_both(from, to);
        return std::string{};
      },
      {failure_code::ledger_damaged}, from.ledger);
  auto report = checked_backup(to, "what was copied is damaged, so no backup was made: ");
  note_commit(to.ledger, report.ledger.commit);
  sync_directory(to.ledger);
  sync_directory(to.journal);
  made.finish();
  return report;
}

restore_report restore_backup(const std::string& directory, const store_places& to) {
  const auto from = places_in_backup(plain_path(directory));
  if (!store_exists(from.ledger) || !store_exists(from.journal))
    throw failure{failure_code::not_found, directory, "no backup is here"};
  restore_report out;
  out.restored = checked_backup(from, "");
  replacement ledger{from.ledger, to.ledger, out.restored.ledger.commit};
  replacement journal{from.journal, to.journal, 0};
  const auto stamp = stamp_of_now();
  // The ledger first: were this the end, the journal would be ahead, which does no harm.
  out.kept.ledger = ledger.exchange(stamp);
  out.kept.journal = journal.exchange(stamp);
  return out;
}

} // namespace millwright

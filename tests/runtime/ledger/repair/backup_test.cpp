#include "damaged_file.hpp"

#include "runtime/journal/lmdb_journal.hpp"
#include "runtime/ledger/repair/backup.hpp"

#include <signal.h>
#include <sys/stat.h>

#include <algorithm>

namespace backup_test {

using namespace millwright;

namespace {

namespace fs = std::filesystem;

store_places places_in(const scratch& place) {
  return {place.ledger, place.ledger + "-alarms"};
}

log_decision decision_of(uint64_t number) {
  return {"topic/0", number, 0, "kind " + std::to_string(number), "content"};
}

/// A node's two stores, being committed to in another process: the journal's entry of a number first, as a transition
/// is journaled before the ledger drops it.
struct writing_process {
  writing_process(const scratch& place, const history& plant, uint64_t from) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    child = fork();
    if (child == 0) {
      try {
        lmdb_ledger ledger{place.ledger, small_settings(1 << 30)};
        lmdb_journal journal{{.directory = place.ledger + "-alarms", .map_bytes = 64 << 20}};
        for (uint64_t number = from;; ++number) {
          journal.append_decision(decision_of(number));
          plant.commit(ledger, number);
          if (write(ends[1], &number, sizeof number) < 0)
            _exit(1);
        }
      } catch (...) {
        _exit(2);
      }
    }
    close(ends[1]);
    read_end = ends[0];
  }
  writing_process(const writing_process&) = delete;
  writing_process& operator=(const writing_process&) = delete;

  /// Waits until it has committed `wanted`; what it tells may have waited in the pipe for long.
  void reach(uint64_t wanted) {
    for (uint64_t number = 0; number < wanted;)
      REQUIRE(read(read_end, &number, sizeof number) == sizeof number);
  }

  ~writing_process() {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    close(read_end);
  }

  pid_t child = 0;
  int read_end = -1;
};

uint64_t newest_decision(const std::string& journal) {
  lmdb_journal opened{{.directory = journal, .map_bytes = 64 << 20}};
  const auto all = opened.decisions("topic/0", 0);
  return all.empty() ? 0 : all.back().position;
}

} // namespace

TEST_CASE("a backup of a running node is exactly one commit, and its journal is not behind it") {
  scratch place;
  const history plant{300};
  writing_process node{place, plant, 1};
  uint64_t before = 0;
  for (int round = 0; round < 5; ++round) {
    before += 3;
    node.reach(before);
    const auto copy = place.root + "/backup-" + std::to_string(round);
    const auto report = back_up(places_in(place), copy);
    CHECK(report.ledger.commit >= before);
    const auto at = places_in_backup(copy);
    lmdb_ledger ledger{at.ledger, small_settings(1 << 30)};
    CHECK(plant.difference(ledger, report.ledger.commit) == "");
    CHECK(newest_decision(at.journal) >= report.ledger.commit);
    plant.commit(ledger, report.ledger.commit + 1);
    CHECK(plant.difference(ledger, report.ledger.commit + 1) == "");
    before = report.ledger.commit;
  }
  // The node was not disturbed.
  node.reach(before + 4);
}

TEST_CASE("a backup is restored, the node goes on from it, and what was there is kept") {
  scratch place;
  const history plant{60};
  const auto places = places_in(place);
  const auto copy = place.root + "/backup";
  {
    writing_process node{place, plant, 1};
    node.reach(4);
    node.reach(back_up(places, copy).ledger.commit + 4);
    const auto refused = failure_of([&] { restore_backup(copy, places); });
    CHECK(says(refused, failure_code::ledger_locked, "held by process " + std::to_string(node.child)));
  }
  const auto old = read_file(places.ledger + "/data.mdb");
  const auto report = restore_backup(copy, places);
  const auto number = report.restored.ledger.commit;
  CHECK(report.restored.ledger.positions.at("topic/0") == number * 100);
  CHECK(read_file(report.kept.ledger + "/data.mdb") == old);
  CHECK(fs::exists(report.kept.journal + "/data.mdb"));
  {
    lmdb_ledger ledger{places.ledger, small_settings()};
    CHECK(plant.difference(ledger, number) == "");
    plant.commit(ledger, number + 1);
    CHECK(plant.difference(ledger, number + 1) == "");
  }
  CHECK(newest_decision(places.journal) >= number);
  lmdb_ledger kept{report.kept.ledger, small_settings()};
  CHECK(kept.load().number >= number + 4);
  // Nothing half made is left.
  for (const auto& each : fs::directory_iterator{place.root})
    CHECK_MESSAGE(each.path().filename().string().find("unfinished") == std::string::npos, each.path());
}

TEST_CASE("a restored backup may go to where nothing was") {
  scratch place;
  {
    lmdb_ledger ledger{place.ledger, small_settings()};
    lmdb_journal journal{{.directory = place.ledger + "-alarms", .map_bytes = 64 << 20}};
    history{5}.commit(ledger, 1);
  }
  back_up(places_in(place), place.root + "/backup/");
  const auto report = restore_backup(place.root + "/backup", {place.root + "/new/ledger", place.root + "/new/alarms"});
  CHECK(report.kept.ledger.empty());
  lmdb_ledger ledger{place.root + "/new/ledger", small_settings()};
  CHECK(history{5}.difference(ledger, 1) == "");
}

TEST_CASE("nothing is overwritten, and nothing damaged is passed on") {
  scratch place;
  const auto places = places_in(place);
  {
    lmdb_ledger ledger{places.ledger, small_settings()};
    for (uint64_t number = 1; number < 5; ++number)
      history{40}.commit(ledger, number);
  }
  const auto copy = place.root + "/backup";
  CHECK(says(failure_of([&] { back_up(places, copy); }), failure_code::not_found, "no alarm journal is here"));
  { lmdb_journal journal{{.directory = places.journal, .map_bytes = 64 << 20}}; }
  back_up(places, copy);
  const auto first = read_file(copy + "/ledger/data.mdb");
  CHECK(says(failure_of([&] { back_up(places, copy); }), failure_code::output_unwritable, "not overwritten"));
  CHECK(read_file(copy + "/ledger/data.mdb") == first);

  auto content = read_file(places.ledger + "/data.mdb");
  for (size_t at = content.find("state 3 of"); at != std::string::npos; at = content.find("state 3 of", at + 1))
    content[at + 4] ^= 1;
  write_file(places.ledger + "/data.mdb", content);
  CHECK(says(failure_of([&] { back_up(places, place.root + "/second"); }), failure_code::ledger_damaged,
             "sensors/plant/TI-1003 is damaged"));
  CHECK(!fs::exists(place.root + "/second"));

  auto damaged = first;
  for (size_t at = damaged.find("state 3 of"); at != std::string::npos; at = damaged.find("state 3 of", at + 1))
    damaged[at + 4] ^= 1;
  write_file(copy + "/ledger/data.mdb", damaged);
  CHECK(says(failure_of([&] { restore_backup(copy, places); }), failure_code::ledger_damaged, "TI-1003"));
  CHECK(read_file(places.ledger + "/data.mdb") == content);
  CHECK(says(failure_of([&] { restore_backup(place.root + "/nothing", places); }), failure_code::not_found,
             "no backup is here"));
}

TEST_CASE("a backup that was killed does not keep the node's old pages for ever") {
  scratch place;
  const history plant{300};
  lmdb_ledger ledger{place.ledger, small_settings(1 << 30)};
  plant.commit(ledger, 1);
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t reader = fork();
  if (reader == 0) {
    MDB_env* env = nullptr;
    MDB_txn* txn = nullptr;
    const bool good = mdb_env_create(&env) == 0 &&
                      mdb_env_open(env, place.ledger.c_str(), MDB_RDONLY | MDB_NOTLS, 0644) == 0 &&
                      mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn) == 0;
    if (write(ends[1], good ? "y" : "n", 1) < 0)
      _exit(1);
    for (;;)
      pause();
  }
  char answer = 0;
  REQUIRE(read(ends[0], &answer, 1) == 1);
  REQUIRE(answer == 'y');
  kill(reader, SIGKILL);
  waitpid(reader, nullptr, 0);
  close(ends[0]);
  close(ends[1]);
  ledger_commit large;
  const std::string big(1 << 20, 'x');
  for (uint64_t number = 2; number < 30; ++number) {
    large.number = number;
    large.node = {{"big", big}};
    ledger.commit(large);
  }
  CHECK(fs::file_size(place.ledger + "/data.mdb") < 8 << 20);
}

TEST_CASE("a backup and what is restored from it are their owner's alone, whatever the umask") {
  const auto all_private = [](const std::string& directory) {
    int files = 0;
    const auto check_one = [](const fs::path& path, mode_t wanted) {
      CAPTURE(path.string());
      struct stat about {};
      REQUIRE(stat(path.c_str(), &about) == 0);
      CHECK((about.st_mode & 0777) == wanted);
    };
    check_one(directory, 0700);
    for (const auto& each : fs::recursive_directory_iterator{directory}) {
      check_one(each.path(), each.is_directory() ? 0700 : 0600);
      files += each.is_regular_file();
    }
    return files;
  };
  scratch place;
  const auto places = places_in(place);
  const auto copy = place.root + "/backup";
  const mode_t before = umask(0);
  {
    lmdb_ledger ledger{places.ledger, small_settings()};
    lmdb_journal journal{{.directory = places.journal, .map_bytes = 64 << 20}};
    journal.append_decision(decision_of(1));
    history{60}.commit(ledger, 1);
  }
  back_up(places, copy);
  fs::remove_all(places.ledger);
  fs::remove_all(places.journal);
  restore_backup(copy, places);
  umask(before);
  CHECK(all_private(copy) >= 2);
  CHECK(all_private(places.ledger) >= 1);
  CHECK(all_private(places.journal) >= 1);
}

} // namespace backup_test

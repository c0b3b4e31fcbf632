#include "runtime/journal/lmdb_journal.hpp"
#include "tests/runtime/ledger/repair/damaged_file.hpp"
#include "tests/tools/program_run.hpp"

#include <doctest/doctest.h>

namespace store_commands_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

bool has(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

/// A stopped node's stores after seven commits.
struct stopped_node {
  stopped_node() {
    lmdb_ledger ledger{place.ledger, small_settings()};
    for (uint64_t number = 1; number <= 7; ++number)
      plant.commit(ledger, number);
    lmdb_journal journal{{.directory = place.ledger + "-alarms", .map_bytes = 64 << 20}};
    journal.append_decision({"topic/0", 1, 0, "sensors", "content"});
  }

  void damage_state_of_sensor_3() {
    const auto path = place.ledger + "/data.mdb";
    auto content = read_file(path);
    for (size_t at = content.find("state 3 of"); at != std::string::npos; at = content.find("state 3 of", at + 1))
      content[at + 4] ^= 1;
    write_file(path, content);
  }

  scratch place;
  history plant{20};
};

} // namespace

TEST_CASE("ledger check tells what is there and that it is sound") {
  stopped_node n;
  const auto end = run_millwright({"ledger", "check", n.place.ledger});
  CHECK(end.code == 0);
  CHECK(end.err == "");
  CHECK(has(end.out, n.place.ledger + ": ledger, "));
  CHECK(has(end.out, "\n  last commit: 7\n"));
  CHECK(has(end.out, "\n  sensors: 20\n"));
  CHECK(has(end.out, "\n  results/statistics: "));
  CHECK(has(end.out, n.place.ledger + "-alarms: alarm journal, "));
  CHECK(has(end.out, "\n  decisions beside readings: 1\n"));
  CHECK(has(end.out, "\n  sound\n"));
  CHECK(!has(end.out, "damaged"));
}

TEST_CASE("ledger check names the damage, and salvage saves the rest and tells what is lost") {
  stopped_node n;
  n.damage_state_of_sensor_3();
  const auto check = run_millwright({"ledger", "check", n.place.ledger});
  CHECK(check.code == 2);
  CHECK(has(check.out, "sensors/plant/TI-1003 is damaged"));
  CHECK(has(check.out, "sensors/plant/TI-1003: it starts anew"));

  const auto out = n.place.root + "/saved";
  const auto salvage = run_millwright({"ledger", "salvage", n.place.ledger, "--out", out});
  CHECK(salvage.code == 0);
  CHECK(has(salvage.out, "  lost:\n    sensors/plant/TI-1003: it starts anew"));
  CHECK(has(salvage.out, "topic/0 goes on from position 700\n"));
  CHECK(run_millwright({"ledger", "check", out}).code == 0);
  lmdb_ledger ledger{out, small_settings()};
  CHECK(!ledger.sensor(history::key(3)));
  CHECK(ledger.sensor(history::key(4)));
  n.plant.commit(ledger, 8);

  const auto again = run_millwright({"ledger", "salvage", n.place.ledger, "--out", out});
  CHECK(again.code == 2);
  CHECK(has(again.err, "there is something already"));
}

TEST_CASE("what is saved of a pair, or copied, is a pair; check tells of two that are none") {
  stopped_node n;
  const uuid mark = uuid_v5("pair"), other = uuid_v5("other");
  const auto marks_of = [](const std::string& ledger) {
    return std::pair{lmdb_ledger{ledger, small_settings()}.pair_mark(),
                     lmdb_journal{{.directory = ledger + "-alarms", .map_bytes = 64 << 20}}.pair_mark()};
  };
  const std::pair both{std::optional{mark}, std::optional{mark}};
  lmdb_ledger{n.place.ledger, small_settings()}.set_pair_mark(mark);
  // One of an older version, and after that.
  CHECK(run_millwright({"ledger", "check", n.place.ledger}).code == 0);
  lmdb_journal{{.directory = n.place.ledger + "-alarms", .map_bytes = 64 << 20}}.set_pair_mark(mark);
  CHECK(run_millwright({"ledger", "check", n.place.ledger}).code == 0);

  const auto saved = n.place.root + "/saved", backup = n.place.root + "/backup";
  REQUIRE(run_millwright({"ledger", "salvage", n.place.ledger, "--out", saved}).code == 0);
  CHECK((marks_of(saved) == both));
  REQUIRE(run_millwright({"backup", backup, "--ledger", n.place.ledger}).code == 0);
  CHECK((marks_of(backup + "/ledger") == both));
  const auto restored = n.place.root + "/restored";
  REQUIRE(run_millwright({"restore", backup, "--ledger", restored}).code == 0);
  CHECK((marks_of(restored) == both));

  lmdb_ledger{n.place.ledger, small_settings()}.set_pair_mark(other);
  const auto apart = run_millwright({"ledger", "check", n.place.ledger});
  CHECK(apart.code == 2);
  CHECK(has(apart.out, n.place.ledger + "-alarms: this alarm journal does not belong to the ledger " + n.place.ledger));
  CHECK(has(apart.out, "move both directories away"));
}

TEST_CASE("a new ledger beside the journal of another is told by check as well") {
  stopped_node n;
  std::filesystem::remove_all(n.place.ledger);
  { lmdb_ledger fresh{n.place.ledger, small_settings()}; }
  const auto apart = run_millwright({"ledger", "check", n.place.ledger});
  CHECK(apart.code == 2);
  CHECK(has(apart.out, "which is new: most likely the ledger before it was removed or moved"));
}

TEST_CASE("check, salvage and restore refuse while a node runs, and name it; backup does not") {
  stopped_node n;
  const auto backup = n.place.root + "/backup";
  REQUIRE(run_millwright({"backup", backup, "--ledger", n.place.ledger}).code == 0);
  lmdb_ledger ledger{n.place.ledger, small_settings()};
  lmdb_journal journal{{.directory = n.place.ledger + "-alarms", .map_bytes = 64 << 20}};
  const auto holder = "held by process " + std::to_string(getpid());
  for (const auto& line :
       std::vector<std::vector<std::string>>{{"ledger", "check", n.place.ledger},
                                             {"ledger", "salvage", n.place.ledger, "--out", n.place.root + "/saved"},
                                             {"restore", backup, "--ledger", n.place.ledger}}) {
    const auto end = run_millwright(line);
    CHECK(end.code == 2);
    CHECK(has(end.err, holder));
  }
  n.plant.commit(ledger, 8);
  const auto hot = run_millwright({"backup", n.place.root + "/hot", "--ledger", n.place.ledger});
  CHECK(hot.code == 0);
  CHECK(has(hot.out, "  last commit: 8\n"));
  n.plant.commit(ledger, 9);
  CHECK(n.plant.difference(ledger, 9) == "");
  CHECK(run_millwright({"ledger", "check", n.place.root + "/hot/ledger"}).code == 0);
}

TEST_CASE("backup and restore through the program, by a configuration") {
  stopped_node n;
  const auto config = n.place.root + "/node.yaml";
  std::ofstream{config} << "ledger: {path: " << n.place.ledger << "}\n";
  const auto backup = run_millwright({"backup", n.place.root + "/backup", "-c", config});
  CHECK(backup.code == 0);
  CHECK(has(backup.out, n.place.root + "/backup/ledger: "));
  CHECK(has(backup.out, "  last commit: 7\n"));
  {
    lmdb_ledger ledger{n.place.ledger, small_settings()};
    n.plant.commit(ledger, 8);
  }
  const auto twice = run_millwright({"backup", n.place.root + "/backup", "-c", config});
  CHECK(twice.code == 2);
  CHECK(has(twice.err, "not overwritten"));
  const auto restore = run_millwright({"restore", n.place.root + "/backup", "-c", config});
  CHECK(restore.code == 0);
  CHECK(has(restore.out, n.place.ledger + ": commit 7, "));
  CHECK(has(restore.out, "what was " + n.place.ledger + " is now " + n.place.ledger + ".before-restore-"));
  CHECK(has(restore.out, "topic/0 is read again from position 700\n"));
  lmdb_ledger ledger{n.place.ledger, small_settings()};
  CHECK(n.plant.difference(ledger, 7) == "");
  n.plant.commit(ledger, 8);
  CHECK(n.plant.difference(ledger, 8) == "");
}

TEST_CASE("wrong lines of these commands are refused in words") {
  scratch place;
  for (const auto& [line, words] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"ledger", "chekc"}, "did you mean check?"},
           {{"ledger", "check", place.root}, "no ledger is here"},
           {{"ledger", "salvage", place.root}, "--out: expected the directory"},
           {{"ledger", "check", place.root, "--out", "x"}, "writes nothing"},
           {{"backup", place.root + "/b", "--ledger", place.root}, "no ledger is here"},
           {{"restore", place.root}, "no backup is here"}}) {
    const auto end = run_millwright(line);
    CHECK(end.code == 2);
    CHECK_MESSAGE(has(end.err, words), end.err);
    CHECK(end.out == "");
  }
}

} // namespace store_commands_test

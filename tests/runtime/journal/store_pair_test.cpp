#include "runtime/journal/store_pair.hpp"

#include "protocol/failure.hpp"
#include "runtime/journal/journal_store.hpp"
#include "runtime/journal/lmdb_journal.hpp"
#include "runtime/journal/paired_stores.hpp"
#include "runtime/ledger/lmdb_ledger.hpp"

#include <doctest/doctest.h>

#include <stdlib.h>

#include <filesystem>
#include <optional>
#include <string>

namespace store_pair_test {

using namespace millwright;

namespace {

const uuid own = uuid_v5("own"), others = uuid_v5("others"), fresh = uuid_v5("fresh");

bool together(const pair_verdict& x) {
  return !x.apart && !x.for_ledger && !x.for_journal;
}

bool apart(const pair_verdict& x) {
  return x.apart && !x.for_ledger && !x.for_journal;
}

/// A ledger and its journal, as a node has them, opened and closed as often as is asked for.
struct stores {
  stores() {
    auto name = (std::filesystem::temp_directory_path() / "pair-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    root = name;
    ledger = root + "/ledger";
    journal = root + "/ledger-alarms";
  }
  stores(const stores&) = delete;
  stores& operator=(const stores&) = delete;
  ~stores() { std::filesystem::remove_all(root); }

  static ledger_settings small() {
    ledger_settings out;
    out.map_bytes = 64 << 20;
    return out;
  }
  lmdb_journal_settings alarms() const {
    lmdb_journal_settings out;
    out.directory = journal;
    out.map_bytes = 64 << 20;
    return out;
  }

  /// As a node does at its start; what it is refused with.
  std::optional<failure> start() const {
    lmdb_ledger of_ledger{ledger, small()};
    lmdb_journal of_journal{alarms()};
    try {
      keep_paired(of_ledger, ledger, of_journal, journal);
    } catch (const failure& refused) {
      return refused;
    }
    return std::nullopt;
  }
  void commit() const {
    lmdb_ledger to{ledger, small()};
    ledger_commit batch;
    batch.number = to.commits() + 1;
    to.commit(batch);
  }
  void decide() const { lmdb_journal{alarms()}.append_decision({"split", 1, 0, "sensors", "content"}); }
  std::optional<uuid> ledger_mark() const { return lmdb_ledger{ledger, small()}.pair_mark(); }
  std::optional<uuid> journal_mark() const { return lmdb_journal{alarms()}.pair_mark(); }
  void lose(const std::string& directory) const { std::filesystem::remove_all(directory); }

  std::string root, ledger, journal;
};

bool names_both(const std::optional<failure>& refused, const stores& x) {
  const std::string said = refused ? refused->what() : "";
  return refused && refused->code() == failure_code::journal_foreign && said.starts_with(x.journal + ": ") &&
         said.find("the ledger " + x.ledger) != said.npos && said.find("move both directories away") != said.npos;
}

} // namespace

TEST_CASE("an alarm journal is beside its ledger, but where a version before put it into the ledger's directory") {
  const stores s;
  std::filesystem::create_directories(s.ledger);
  CHECK(journal_beside(s.ledger) == s.journal);
  CHECK(journal_beside(s.ledger + "/") == s.journal);
  std::filesystem::create_directories(s.ledger + "/-alarms");
  CHECK(journal_beside(s.ledger + "/") == s.ledger + "/-alarms");
  CHECK(journal_beside(s.ledger) == s.ledger + "/-alarms");
  std::filesystem::create_directories(s.journal);
  CHECK(journal_beside(s.ledger) == s.journal);
}

TEST_CASE("two that are marked alike belong together, whatever they hold") {
  for (const uint64_t commits : {0, 7})
    for (const bool holds : {false, true})
      CHECK(together(judge_pair({own, commits}, {own, holds}, fresh)));
}

TEST_CASE("two that are marked differently do not, whatever they hold") {
  for (const uint64_t commits : {0, 7})
    for (const bool holds : {false, true})
      CHECK(apart(judge_pair({own, commits}, {others, holds}, fresh)));
}

TEST_CASE("a journal without a mark gets its ledger's, unless it was there before it") {
  for (const bool holds : {false, true}) {
    const auto lived = judge_pair({own, 7}, {std::nullopt, holds}, fresh);
    CHECK(!lived.apart);
    CHECK(!lived.for_ledger);
    CHECK(lived.for_journal == own);
  }
  const auto crashed = judge_pair({own, 0}, {std::nullopt, false}, fresh);
  CHECK(!crashed.apart);
  CHECK(!crashed.for_ledger);
  CHECK(crashed.for_journal == own);
  CHECK(apart(judge_pair({own, 0}, {std::nullopt, true}, fresh)));
}

TEST_CASE("a ledger without a mark takes its journal's, unless it is a new one") {
  for (const bool holds : {false, true}) {
    const auto lived = judge_pair({std::nullopt, 7}, {own, holds}, fresh);
    CHECK(!lived.apart);
    CHECK(lived.for_ledger == own);
    CHECK(!lived.for_journal);
    CHECK(apart(judge_pair({std::nullopt, 0}, {own, holds}, fresh)));
  }
}

TEST_CASE("where neither has a mark both get a new one, unless a ledger is new and its journal is not") {
  for (const auto& [commits, holds] : {std::pair{0, false}, std::pair{7, false}, std::pair{7, true}}) {
    const auto both = judge_pair({std::nullopt, static_cast<uint64_t>(commits)}, {std::nullopt, holds}, fresh);
    CHECK(!both.apart);
    CHECK(both.for_ledger == fresh);
    CHECK(both.for_journal == fresh);
  }
  CHECK(apart(judge_pair({std::nullopt, 0}, {std::nullopt, true}, fresh)));
}

TEST_CASE("a new pair is marked before its first commit, and goes on behind a crash before that") {
  stores x;
  REQUIRE(!x.start());
  const auto mark = x.ledger_mark();
  REQUIRE(mark);
  CHECK(x.journal_mark() == mark);
  x.decide();
  CHECK(!x.start());
  x.commit();
  CHECK(!x.start());
  CHECK(x.ledger_mark() == mark);
  CHECK(x.journal_mark() == mark);

  stores other;
  REQUIRE(!other.start());
  CHECK(other.ledger_mark() != mark);
}

TEST_CASE("a new ledger beside an old journal is refused by both names, at every start, and nothing is written") {
  stores x;
  REQUIRE(!x.start());
  const auto mark = x.journal_mark();
  x.commit();
  x.decide();
  x.lose(x.ledger);
  for (int i = 0; i < 2; ++i) {
    const auto refused = x.start();
    CHECK(names_both(refused, x));
    CHECK(std::string{refused ? refused->what() : ""}.find("which is new") != std::string::npos);
  }
  CHECK(!x.ledger_mark());
  CHECK(x.journal_mark() == mark);
  CHECK(lmdb_journal{x.alarms()}.decisions("split", 0).size() == 1);
  x.lose(x.ledger);
  x.lose(x.journal);
  CHECK(!x.start());
  CHECK(x.journal_mark() != mark);
}

TEST_CASE("so is one beside a journal that an older version wrote") {
  stores x;
  x.decide();
  CHECK(names_both(x.start(), x));
  CHECK(!x.journal_mark());
}

TEST_CASE("a ledger that has lived beside another one's journal is refused too") {
  stores x, other;
  for (const auto* each : {&x, &other}) {
    REQUIRE(!each->start());
    each->commit();
    each->decide();
  }
  x.lose(x.journal);
  std::filesystem::rename(other.journal, x.journal);
  CHECK(names_both(x.start(), x));
}

TEST_CASE("a pair of an older version is marked at its first start, and once") {
  stores x;
  x.commit();
  x.decide();
  REQUIRE(!x.start());
  const auto mark = x.ledger_mark();
  REQUIRE(mark);
  CHECK(x.journal_mark() == mark);
  CHECK(!x.start());
  CHECK(x.ledger_mark() == mark);
}

TEST_CASE("a journal that is begun anew beside its ledger gets the mark, and is a new one until it holds something") {
  stores x;
  REQUIRE(!x.start());
  x.commit();
  x.decide();
  CHECK(std::filesystem::exists(begun_marker(x.journal)));
  x.lose(x.journal);
  REQUIRE(!x.start());
  CHECK(x.journal_mark() == x.ledger_mark());
  CHECK(!std::filesystem::exists(begun_marker(x.journal)));
  lmdb_journal of{x.alarms()};
  CHECK(!of.holds_anything());
  of.append_decision({"split", 1, 0, "sensors", "content"});
  CHECK(of.holds_anything());
}

} // namespace store_pair_test

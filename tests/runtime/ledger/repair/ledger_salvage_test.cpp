#include "damaged_file.hpp"

#include "runtime/ledger/page_format.hpp"
#include "runtime/ledger/pair_mark.hpp"
#include "runtime/ledger/repair/snapshot.hpp"
#include "runtime/ledger/repair/store_report.hpp"
#include "tests/random_runs.hpp"

#include <algorithm>
#include <random>

namespace ledger_salvage_test {

using namespace millwright;

namespace {

constexpr uint64_t commits = 25;

bool any_says(const std::vector<std::string>& lines, std::string_view words) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const auto& line) { return line.find(words) != std::string::npos; });
}

/// A closed ledger, to be damaged over and over; and what was committed at its last two commits.
struct closed_ledger {
  closed_ledger() {
    {
      lmdb_ledger ledger{place.ledger, small_settings()};
      for (uint64_t number = 1; number <= commits; ++number) {
        plant.commit(ledger, number);
        if (number + 1 == commits) {
          const auto copy = place.root + "/before";
          std::filesystem::create_directories(copy);
          std::filesystem::copy_file(place.ledger + "/data.mdb", copy + "/data.mdb");
        }
      }
    }
    content = read_file(place.ledger + "/data.mdb");
    newest = read_file(place.ledger + "/newest");
    std::filesystem::create_directories(place.root + "/last");
    write_file(place.root + "/last/data.mdb", content);
    before = stored_records(place.root + "/before", fixed_ledger_table_names);
    last = stored_records(place.root + "/last", fixed_ledger_table_names);
  }

  /// Salvages `damaged`. True when there is a result: then nothing in it may be other than it was committed, and what
  /// is not in it must have been told.
  bool salvage(std::string_view damaged) {
    const auto out = place.root + "/out";
    std::filesystem::remove_all(out);
    std::filesystem::create_directories(out);
    write_file(place.ledger + "/data.mdb", damaged);
    write_file(place.ledger + "/newest", newest);
    report = {};
    const auto f = failure_of([&] { report = salvage_store(ledger_kind, place.ledger, out); });
    CHECK(read_file(place.ledger + "/data.mdb") == damaged);
    if (f) {
      INFO(f->what());
      CHECK((f->code() == failure_code::ledger_damaged || f->code() == failure_code::ledger_version));
      return false;
    }
    const auto got = stored_records(out, fixed_ledger_table_names);
    const bool number_known = !any_says(report.lost, "which commit this is cannot be told");
    const auto same = [&](const std::string& name, const auto& from) {
      const auto a = got.find(name), b = from.find(name);
      return a == got.end() || (b != from.end() && a->second == b->second);
    };
    const bool of_last = number_known ? report.commit == commits
                                      : same("positions/topic/0", last) && same("node/incarnation", last) &&
                                            std::all_of(got.begin(), got.end(), [&](const auto& each) {
                                              return each.first == "meta/state" || same(each.first, last);
                                            });
    const auto& truth = of_last ? last : before;
    if (number_known)
      CHECK((report.commit == commits || report.commit + 1 == commits));
    if (report.commit != commits)
      CHECK((!report.step_back.empty() || !report.lost.empty()));
    lost = 0;
    for (const auto& record : got) {
      if (record.first == "meta/state")
        continue;
      const auto there = truth.find(record.first);
      CHECK_MESSAGE((there != truth.end() && there->second == record.second),
                    record.first << " was never committed so");
    }
    for (const auto& [name, value] : truth)
      lost += !got.contains(name);
    if (lost > 0)
      CHECK_MESSAGE(!report.lost.empty(), lost << " records are lost in silence");
    lmdb_ledger ledger{out, small_settings()};
    const auto number = ledger.load().number;
    if (lost == 0 && number_known)
      CHECK(plant.difference(ledger, report.commit) == "");
    plant.commit(ledger, number + 1);
    return true;
  }

  void each_page(auto work) {
    for (size_t page = 2; page < content.size() / 4096; page += testing::stride)
      work(page);
  }

  scratch place;
  history plant{120};
  std::string content, newest;
  std::map<std::string, std::string> before, last;
  store_report report;
  uint64_t lost = 0;
};

} // namespace

TEST_CASE("a sound ledger is told to be sound, and salvaged whole") {
  closed_ledger l;
  write_file(l.place.ledger + "/data.mdb", l.content);
  const auto report = check_store(ledger_kind, l.place.ledger);
  CHECK(report.sound());
  CHECK(report.commit == commits);
  CHECK(report.positions.at("topic/0") == commits * 100);
  CHECK(any_says(report.content, "sensors: 120"));
  CHECK(any_says(report.content, "results/statistics: "));
  CHECK(any_says(report.content, "event time 1970-01-01T00:00:00.001Z to 1970-01-01T00:00:00.002Z"));
  CHECK(l.salvage(l.content));
  CHECK(l.lost == 0);
  CHECK(l.report.lost.empty());
  CHECK(l.report.step_back.empty());
  CHECK(l.report.commit == commits);
}

TEST_CASE("of flipped bits nothing false is salvaged, and nothing is lost in silence") {
  closed_ledger l;
  std::mt19937_64 random{51};
  int saved = 0, whole = 0, refused = 0;
  for (int round = 0; round < static_cast<int>(testing::random_runs(200)); ++round) {
    auto content = l.content;
    for (uint64_t flips = round % 4 == 3 ? 1 + random() % 6 : 1; flips > 0; --flips) {
      const size_t at = round % 3 == 0   ? random() % 200 + random() % 2 * 4096
                        : round % 3 == 1 ? random() % (content.size() / 4096) * 4096 + random() % 64
                                         : random() % content.size();
      content[at] = static_cast<char>(content[at] ^ 1 << random() % 8);
    }
    INFO("round " << round);
    if (!l.salvage(content)) {
      ++refused;
      continue;
    }
    ++saved;
    whole += l.lost == 0;
  }
  MESSAGE(saved << " salvaged, of these " << whole << " without any loss, " << refused << " refused");
  CHECK(saved > 0.9 * testing::random_runs(200));
  CHECK(whole > 0.75 * testing::random_runs(200));
}

TEST_CASE("whatever page is destroyed, the rest is salvaged") {
  closed_ledger l;
  uint64_t refused = 0, pages = 0, worst = 0;
  l.each_page([&](size_t page) {
    auto content = l.content;
    std::fill_n(content.begin() + static_cast<ptrdiff_t>(page * 4096), 4096, '\xee');
    INFO("page " << page);
    ++pages;
    if (!l.salvage(content))
      ++refused;
    else
      worst = std::max(worst, l.lost);
  });
  MESSAGE(pages << " pages, at worst " << worst << " records lost");
  CHECK(refused == 0);
  // A sensor has two records, and the small ones are many to a page.
  CHECK(worst < 60);
}

TEST_CASE("whatever page's head is destroyed, nothing is lost") {
  closed_ledger l;
  uint64_t lossy = 0, pages = 0;
  l.each_page([&](size_t page) {
    auto content = l.content;
    // Flags and bounds; with them goes the way to everything below a branch.
    content[page * 4096 + 10] ^= 0x3;
    INFO("page " << page);
    ++pages;
    REQUIRE(l.salvage(content));
    lossy += l.lost > 0;
  });
  MESSAGE(pages << " pages, " << lossy << " with a loss");
  CHECK(lossy == 0);
}

TEST_CASE("a truncated ledger gives what is left of it, or words") {
  closed_ledger l;
  std::mt19937_64 random{52};
  for (int round = 0; round < 40; ++round) {
    const size_t size = random() % l.content.size();
    INFO("size " << size);
    l.salvage(std::string_view{l.content}.substr(0, size));
  }
}

TEST_CASE("a commit that cannot be had whole is given up for the one before, and nothing is lost") {
  closed_ledger l;
  auto content = l.content;
  const auto newer =
      page_format::read_meta(content, 0, 4096).transaction > page_format::read_meta(content, 1, 4096).transaction ? 0
                                                                                                                  : 1;
  content[newer * 4096 + 16] ^= 1;
  REQUIRE(l.salvage(content));
  CHECK(l.report.commit == commits - 1);
  CHECK(l.report.lost.empty());
  CHECK(l.lost == 0);
  CHECK(l.report.step_back.find("commit 24 can: nothing is lost") != std::string::npos);
  const auto checked = check_store(ledger_kind, l.place.ledger);
  CHECK(any_says(checked.damage, "commit 25 was written, but the newest in the file is 24"));
}

TEST_CASE("a damaged state is named with what its loss means") {
  closed_ledger l;
  auto content = l.content;
  const auto state = history::state(7, history::whole_at(7, commits));
  for (size_t at = content.find(state); at != std::string::npos; at = content.find(state, at + 1))
    content[at + 20] ^= 1;
  REQUIRE(l.salvage(content));
  if (l.report.commit == commits) {
    CHECK(any_says(l.report.lost, "sensors/plant/TI-1007: it starts anew"));
    // With it go the changes to it.
    CHECK(l.lost == 2);
  }
  const auto checked = check_store(ledger_kind, l.place.ledger);
  CHECK(any_says(checked.damage, "sensors/plant/TI-1007 is damaged"));
  CHECK(any_says(checked.lost, "sensors/plant/TI-1007: it starts anew"));
}

TEST_CASE("a state whose changes are damaged is not taken for the newest") {
  closed_ledger l;
  uint64_t n = commits, sensor = 0;
  while (!history::changes(sensor, n) || history::whole_at(sensor, n) == n)
    ++sensor;
  auto content = l.content;
  const auto changes = history::state(sensor, n);
  for (size_t at = content.find(changes); at != std::string::npos; at = content.find(changes, at + 1))
    content[at + 20] ^= 1;
  REQUIRE(l.salvage(content));
  if (l.report.commit == commits) {
    const auto name = std::string{"plant/TI-"} + std::to_string(1000 + sensor);
    CHECK(any_says(l.report.lost, "changes/" + name + ": it starts anew"));
    CHECK(any_says(l.report.lost, "sensors/" + name + " has lost the changes to it"));
    CHECK(l.lost == 2);
  }
}

TEST_CASE("every kind of record is told with its own meaning, and a split's position never kept by guess") {
  struct loss {
    ledger_table table;
    std::string key, words;
  };
  const std::vector<loss> losses{
      {ledger_table::positions, "topic/1",
       "positions/topic/1: the node takes this split for one that has been added, and reads it from its beginning"},
      {ledger_table::splits, "topic/0", "splits/topic/0: the split's clock is gone"},
      {ledger_table::counters, std::string{"accepted\0", 9}, "counters/accepted/: it counts from 0 again"},
      {ledger_table::node, "incarnation", "node/incarnation: the node makes it anew"},
      {ledger_table::meta, "state", "the number of the last commit is gone"},
      {ledger_table::meta, std::string{pair_mark_name}, "meta/pair: the ledger no longer knows its alarm journal"},
      {ledger_table::actors, history::actor(2), "actors/meter/plant/M-2: it starts anew"},
      {ledger_table::actor_changes, history::actor(2), "actor-changes/meter/plant/M-2: it starts anew"},
      {ledger_table::first_results, result_key({3, 0}),
       "results/statistics/commit 3 block 0: its rows are gone, of event time about from "},
  };
  for (const auto& each : losses) {
    closed_ledger l;
    write_file(l.place.ledger + "/data.mdb", l.content);
    lmdb_ledger{l.place.ledger, small_settings()}.set_pair_mark(uuid_v5("pair"));
    {
      lmdb_environment environment{l.place.ledger, 64 << 20};
      // Twice, so that the snapshot before has it as well.
      for (int i = 0; i < 2; ++i) {
        lmdb_transaction txn{environment, lmdb_transaction::kind::writing};
        auto k = as_value(each.key);
        MDB_val v;
        REQUIRE(mdb_get(txn.get(), environment.table(each.table), &k, &v) == 0);
        std::string value{as_view(v)};
        value.back() = static_cast<char>(value.back() ^ (i == 0 ? 1 : 2));
        auto w = as_value(value);
        REQUIRE(mdb_put(txn.get(), environment.table(each.table), &k, &w, 0) == 0);
        txn.commit();
      }
    }
    const auto report = check_store(ledger_kind, l.place.ledger);
    CHECK_MESSAGE(any_says(report.lost, each.words),
                  each.words << " but " << (report.lost.empty() ? "" : report.lost.front()));
    const auto out = l.place.root + "/out";
    std::filesystem::create_directories(out);
    const auto saved = salvage_store(ledger_kind, l.place.ledger, out);
    CHECK_MESSAGE(any_says(saved.lost, each.words), each.words);
    lmdb_ledger ledger{out, small_settings()};
    const auto state = ledger.load();
    CHECK(state.number == commits);
    CHECK(state.positions.contains("topic/1") == (each.table != ledger_table::positions));
    l.plant.commit(ledger, commits + 1);
  }
}

TEST_CASE("what stands above a sensor or a unit that starts anew is told of, and a split's place is not its clock") {
  const auto words = [](ledger_table table, std::string_view key) {
    return ledger_kind.loss(static_cast<size_t>(table), key, store_records(ledger_kind.tables()));
  };
  const auto says = [&](ledger_table table, std::string_view key, std::string_view part) {
    return words(table, key).find(part) != std::string::npos;
  };
  using enum ledger_table;
  for (const auto table : {sensors, changes, sensor_packs, change_packs})
    CHECK(says(table, "plant", "Windows of its unit, line and facility lack nothing"));
  for (const auto table : {actors, actor_changes, actor_packs, actor_change_packs})
    CHECK(says(table, "unit", "Windows of a line and a facility above it lack nothing"));
  const std::string place{"topic/0\0place", 13};
  CHECK(says(splits, "topic/0", "the split's clock is gone"));
  CHECK_FALSE(says(splits, place, "clock"));
  CHECK(says(splits, place, "how the source knows this place again is gone"));
}

TEST_CASE("of a large ledger the branches may go") {
  scratch place;
  const history plant{2500};
  std::map<std::string, std::string> truth;
  {
    lmdb_ledger ledger{place.ledger, small_settings(256 << 20)};
    for (uint64_t number = 1; number <= 4; ++number)
      plant.commit(ledger, number);
    truth.clear();
    ledger.for_each_sensor([&](auto key, auto state, auto) { truth.emplace(key, state); });
  }
  auto content = read_file(place.ledger + "/data.mdb");
  int branches = 0;
  for (size_t page = 2; page < content.size() / 4096; ++page)
    if (page_format::at<uint16_t>(content, page * 4096 + 10) == page_format::is_branch &&
        page_format::at<uint64_t>(content, page * 4096) == page) {
      std::fill_n(content.begin() + static_cast<ptrdiff_t>(page * 4096), 4096, '\0');
      ++branches;
    }
  REQUIRE(branches >= 2);
  write_file(place.ledger + "/data.mdb", content);
  const auto out = place.root + "/out";
  std::filesystem::create_directories(out);
  const auto report = salvage_store(ledger_kind, place.ledger, out);
  CHECK(report.lost.empty());
  lmdb_ledger ledger{out, small_settings(256 << 20)};
  CHECK(plant.difference(ledger, report.commit) == "");
}

TEST_CASE("what cannot be salvaged at all is refused in words") {
  closed_ledger l;
  auto content = l.content;
  std::fill_n(content.begin(), 8192, '\0');
  CHECK(!l.salvage(content));
  CHECK(!l.salvage("x"));
  const auto f = failure_of([&] { check_store(ledger_kind, l.place.root + "/none"); });
  CHECK(says(f, failure_code::not_found, "no ledger is here"));
}

} // namespace ledger_salvage_test

#include "damaged_file.hpp"

#include "runtime/journal/journal_store.hpp"
#include "runtime/journal/lmdb_journal.hpp"
#include "runtime/ledger/repair/store_report.hpp"
#include "tests/random_runs.hpp"

#include <algorithm>
#include <random>

namespace journal_salvage_test {

using namespace millwright;

namespace {

/// A journal of many small writes; what it held after each.
struct written_journal {
  written_journal() {
    std::filesystem::create_directories(directory);
    journal_store store{directory, 64 << 20};
    std::mt19937_64 random{61};
    for (int round = 0; round < 60; ++round) {
      journal_transaction txn{store, true};
      for (int i = 0; i < 10; ++i) {
        const auto table = static_cast<journal_table>(1 + random() % 5);
        if (table == journal_table::outbox)
          continue;
        std::string key(16, '\0');
        for (auto& c : key)
          c = static_cast<char>(random() % 3);
        txn.put(table, key,
                std::string{1, '\1'} + std::string(random() % (i ? 300 : 5000), static_cast<char>('a' + round % 26)));
      }
      txn.commit();
      before = last;
      last.clear();
      journal_transaction reading{store, false};
      for (size_t t = 0; t < journal_table_count; ++t) {
        journal_cursor at{reading, static_cast<journal_table>(t)};
        for (bool more = at.seek({}); more; more = at.next())
          last[std::string{journal_table_names[t]} + '/' + std::string{at.key()}] =
              sealed(static_cast<journal_table>(t), at.key(), at.payload().value());
      }
    }
  }

  scratch place;
  std::string directory = place.root + "/ledger-alarms";
  std::map<std::string, std::string> before, last;
};

} // namespace

TEST_CASE("of a damaged journal nothing false is salvaged, and nothing is lost in silence") {
  written_journal w;
  const auto path = w.directory + "/data.mdb";
  const auto whole = read_file(path);
  REQUIRE(check_store(journal_kind, w.directory).sound());
  std::mt19937_64 random{62};
  int saved = 0;
  for (int round = 0; round < static_cast<int>(testing::random_runs(150)); ++round) {
    INFO("round " << round);
    auto content = whole;
    if (round % 10 == 9)
      content.resize(random() % content.size());
    else if (round % 10 == 8)
      std::fill_n(content.begin() + static_cast<ptrdiff_t>((2 + random() % (content.size() / 4096 - 2)) * 4096), 4096,
                  'x');
    else
      for (int flips = 0; flips <= round % 3; ++flips) {
        const size_t at =
            round % 2 ? random() % content.size() : random() % (content.size() / 4096) * 4096 + random() % 64;
        content[at] = static_cast<char>(content[at] ^ 1 << random() % 8);
      }
    write_file(path, content);
    const auto out = w.place.root + "/out";
    std::filesystem::remove_all(out);
    std::filesystem::create_directories(out);
    store_report report;
    if (const auto f = failure_of([&] { report = salvage_store(journal_kind, w.directory, out); })) {
      CHECK((f->code() == failure_code::journal_damaged || f->code() == failure_code::ledger_version));
      continue;
    }
    ++saved;
    const auto got = stored_records(out, journal_table_names);
    const auto from = [&](const auto& truth) {
      return std::all_of(got.begin(), got.end(), [&](const auto& each) {
        const auto there = truth.find(each.first);
        return there != truth.end() && there->second == each.second;
      });
    };
    const bool of_last = from(w.last), of_before = from(w.before);
    CHECK((of_last || of_before));
    if (!of_last)
      CHECK((!report.step_back.empty() || !report.lost.empty()));
    if (got.size() < (of_last ? w.last : w.before).size())
      CHECK((!report.lost.empty() || !report.step_back.empty()));
    check_journal(out);
    lmdb_journal opened{{.directory = out, .map_bytes = 64 << 20}};
  }
  CHECK(saved > 0.8 * testing::random_runs(150));
}

} // namespace journal_salvage_test

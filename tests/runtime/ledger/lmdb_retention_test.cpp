#include "ledger_fixture.hpp"

#include <random>

namespace lmdb_retention_test {

using namespace millwright;

namespace {

std::string noise(size_t size, uint64_t seed) {
  std::mt19937_64 random{seed};
  std::string out(size, '\0');
  for (auto& c : out)
    c = static_cast<char>('0' + random() % 64);
  return out + '\n';
}

ledger_settings kept_for(milliseconds age) {
  auto settings = small_settings();
  settings.retention_age = age;
  return settings;
}

void commit_block(ledger& to, uint64_t number, result_kind kind, std::string_view lines) {
  ledger_commit batch;
  batch.number = number;
  batch.results = results_of({{kind, from_epoch_ms(0), from_epoch_ms(0), 1, lines}});
  to.commit(batch);
}

std::vector<uint64_t> commits_kept(ledger& from, result_kind kind) {
  std::vector<uint64_t> out;
  from.read_results(kind, {}, ~size_t{0}, [&](auto at, const auto&) { out.push_back(at.commit); });
  return out;
}

} // namespace

TEST_CASE("results go when they are older than the retention") {
  scratch place;
  const auto settings = kept_for(milliseconds{10'000});
  event_time now = from_epoch_ms(1'000'000);
  lmdb_ledger ledger{place.ledger, settings, [&] { return now; }};
  for (uint64_t number = 1; number <= 20; ++number) {
    commit_block(ledger, number, number % 2 ? result_kind::alarms : result_kind::scores, noise(500, number));
    now += milliseconds{1000};
  }
  CHECK(commits_kept(ledger, result_kind::alarms) == std::vector<uint64_t>{11, 13, 15, 17, 19});
  CHECK(commits_kept(ledger, result_kind::scores) == std::vector<uint64_t>{10, 12, 14, 16, 18, 20});
  now += milliseconds{60'000};
  ledger_commit empty;
  empty.number = 21;
  ledger.commit(empty);
  CHECK(commits_kept(ledger, result_kind::alarms).empty());
  CHECK(ledger.stored_result_bytes() == 0);
}

TEST_CASE("the oldest results go when there are too many bytes, and their pages are used again") {
  scratch place;
  auto settings = small_settings();
  settings.retention_bytes = 1 << 20;
  lmdb_ledger ledger{place.ledger, settings};
  uint64_t size_half_way = 0;
  const auto file = place.ledger + "/data.mdb";
  for (uint64_t number = 1; number <= 400; ++number) {
    const auto kind = number % 3 ? result_kind::statistics : result_kind::anomalies;
    commit_block(ledger, number, kind, noise(number % 5 ? 20'000 : 700, number));
    CHECK(ledger.stored_result_bytes() <= settings.retention_bytes);
    if (number == 200)
      size_half_way = std::filesystem::file_size(file);
  }
  CHECK(ledger.stored_result_bytes() > settings.retention_bytes / 2);
  CHECK(std::filesystem::file_size(file) < size_half_way * 5 / 4);
  const auto statistics = commits_kept(ledger, result_kind::statistics);
  const auto anomalies = commits_kept(ledger, result_kind::anomalies);
  CHECK(statistics.back() == 400);
  CHECK(anomalies.back() == 399);
  CHECK(std::max(statistics.front(), anomalies.front()) - std::min(statistics.front(), anomalies.front()) <= 3);
}

TEST_CASE("a lowered limit is reached by a bounded number of blocks a commit") {
  scratch place;
  auto settings = small_settings();
  {
    lmdb_ledger ledger{place.ledger, settings};
    ledger_commit batch;
    batch.number = 1;
    const auto lines = noise(300, 1);
    batch.results =
        results_of(std::vector<result_block>(400, {result_kind::counts, from_epoch_ms(0), from_epoch_ms(0), 1, lines}));
    ledger.commit(batch);
  }
  settings.retention_bytes = 0;
  lmdb_ledger ledger{place.ledger, settings};
  size_t before = 400;
  for (uint64_t number = 2; before > 0; ++number) {
    ledger_commit batch;
    batch.number = number;
    ledger.commit(batch);
    const auto left = commits_kept(ledger, result_kind::counts).size();
    CHECK(before - left == std::min<size_t>(64, before));
    before = left;
  }
  CHECK(ledger.stored_result_bytes() == 0);
}

TEST_CASE("a damaged result in front neither stops commits nor goes, and those behind it do") {
  scratch place;
  const auto settings = kept_for(milliseconds{10'000});
  event_time now = from_epoch_ms(1'000'000);
  {
    lmdb_ledger ledger{place.ledger, settings, [&] { return now; }};
    for (uint64_t number = 1; number <= 3; ++number)
      commit_block(ledger, number, result_kind::alarms, noise(500, number));
  }
  {
    const lmdb_environment raw{place.ledger, settings.map_bytes};
    lmdb_transaction txn{raw, lmdb_transaction::kind::writing};
    {
      lmdb_cursor blocks{txn, table_of(result_kind::alarms)};
      REQUIRE(blocks.move(MDB_FIRST));
      const std::string key{blocks.key()};
      std::string value{blocks.value()};
      value.back() ^= 1;
      blocks.put_as_stored(key, value);
    }
    txn.commit();
  }
  lmdb_ledger ledger{place.ledger, settings, [&] { return now; }};
  now += milliseconds{60'000};
  for (uint64_t number = 4; number <= 5; ++number)
    commit_block(ledger, number, result_kind::alarms, noise(500, number));
  CHECK(ledger.load().number == 5);
  result_cursor behind_damaged{1, 0};
  std::vector<uint64_t> kept;
  ledger.read_results(result_kind::alarms, behind_damaged, ~size_t{0},
                      [&](auto at, const auto&) { kept.push_back(at.commit); });
  CHECK(kept == std::vector<uint64_t>{4, 5});
  CHECK_THROWS_WITH_AS(commits_kept(ledger, result_kind::alarms), doctest::Contains("results/alarms/commit 1"),
                       failure);
}

} // namespace lmdb_retention_test

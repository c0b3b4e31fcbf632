#include "tests/runtime/ledger/declared_rows.hpp"

#include "runtime/ledger/crc32c.hpp"
#include "runtime/ledger/record_reader.hpp"

namespace declared_kinds_test {

using namespace millwright;

namespace {

constexpr row_schema energy{"energy", 1, declared_fields}, heat{"heat", 1, declared_fields};

} // namespace

TEST_CASE("results of a declared kind are kept beside the built-in ones, over a restart too") {
  scratch place;
  const auto first = declare_result_kind(energy), second = declare_result_kind(heat);
  for (uint64_t life = 0; life < 3; ++life) {
    lmdb_ledger ledger{place.ledger, small_settings()};
    commit_rows(ledger, 3 * life + 1, first, "1\n");
    commit_rows(ledger, 3 * life + 2, second, "2\n");
    commit_rows(ledger, 3 * life + 3, result_kind::scores, "3\n");
  }
  lmdb_ledger ledger{place.ledger, small_settings()};
  CHECK(rows(ledger, first) == "1\n1\n1\n");
  CHECK(rows(ledger, second) == "2\n2\n2\n");
  CHECK(rows(ledger, result_kind::scores) == "3\n3\n3\n");
  CHECK(ledger.before_newest(first, 1) == result_cursor{4, 0});
  memory_ledger memory;
  commit_rows(memory, 1, first, "1\n");
  CHECK(rows(memory, first) == "1\n");
  CHECK(rows(memory, second).empty());
}

TEST_CASE("a declared kind's records are valid in its own table only, whatever its place in the catalogue") {
  const auto here = table_of(declare_result_kind(energy)), there = table_of(declare_result_kind(heat));
  const auto key = result_key({1, 0});
  std::string value(record_size(key, "payload"), '\0');
  write_record(value.data(), here, key, "payload");
  record_view record;
  CHECK(read_record(here, key, value, record) == record_state::good);
  CHECK(read_record(there, key, value, record) == record_state::damaged);
  CHECK(read_record(ledger_table::first_results, key, value, record) == record_state::damaged);
  // What is stored depends on the name alone.
  CHECK(checksum_start(here, 1) == crc32c(std::string_view{"\xff\x01", 2}, crc32c("energy")));
}

TEST_CASE("results of a kind that a program does not have are kept, counted and retired") {
  scratch place;
  auto settings = small_settings();
  const std::string lines = std::string(500, 'x') + '\n';
  // Another process had the kind; here nobody declares it.
  REQUIRE(in_child([&] {
            static constexpr row_schema gone{"gone", 1, declared_fields};
            const auto kind = declare_result_kind(gone);
            lmdb_ledger ledger{place.ledger, settings, [] { return from_epoch_ms(0); }};
            for (uint64_t number = 1; number <= 3; ++number)
              commit_rows(ledger, number, kind, lines);
            return 0;
          }) == 0);
  result_kind kind{};
  REQUIRE_FALSE(result_kind_named("gone", kind));
  settings.retention_age = std::chrono::hours{1};
  event_time now = from_epoch_ms(0);
  lmdb_ledger ledger{place.ledger, settings, [&] { return now; }};
  REQUIRE(result_kind_named("gone", kind));
  CHECK(schema_of(kind) == nullptr);
  CHECK(rows(ledger, kind) == lines + lines + lines);
  const auto before = ledger.stored_result_bytes();
  CHECK(before > 0);
  now += std::chrono::hours{2};
  commit_rows(ledger, 4, result_kind::alarms, "1\n");
  CHECK(rows(ledger, kind).empty());
  CHECK(ledger.stored_result_bytes() < before);
}

TEST_CASE("a kind that is declared while a ledger is open has no results there, and none are taken") {
  static constexpr row_schema late{"late", 1, declared_fields};
  scratch place;
  lmdb_ledger ledger{place.ledger, small_settings()};
  const auto kind = declare_result_kind(late);
  CHECK(rows(ledger, kind).empty());
  CHECK(ledger.before_newest(kind, 1) == result_cursor{});
  CHECK_THROWS_AS(commit_rows(ledger, 1, kind, "1\n"), std::logic_error);
  commit_rows(ledger, 1, result_kind::scores, "1\n");
}

} // namespace declared_kinds_test

#include "tests/runtime/ledger/declared_rows.hpp"

#include "runtime/ledger/repair/store_report.hpp"

#include <filesystem>
#include <vector>

namespace declared_kinds_test {

using namespace millwright;

TEST_CASE("what a report says of results names those of a kind that the program does not have, too") {
  scratch place;
  REQUIRE(in_child([&] {
            static constexpr row_schema gone{"gone", 1, declared_fields};
            const auto kind = declare_result_kind(gone);
            lmdb_ledger ledger{place.ledger, small_settings()};
            commit_rows(ledger, 1, kind, "1\n");
            return 0;
          }) == 0);
  result_kind kind{};
  REQUIRE_FALSE(result_kind_named("gone", kind));
  const auto report = check_store(ledger_kind, place.ledger);
  CHECK(report.sound());
  CHECK(report.content.back().starts_with("results/gone: 1 rows in 1 blocks"));
}

TEST_CASE("of a ledger with more kinds than a page has names everything is found, and saved") {
  scratch place;
  const history plant{30};
  REQUIRE(in_child([&] {
            static std::vector<std::string> names;
            names.reserve(most_result_kinds);
            while (known_result_kinds() < most_result_kinds)
              names.push_back("a-kind-of-a-rather-long-name-" + std::to_string(known_result_kinds())),
                  stored_result_kind(names.back());
            lmdb_ledger ledger{place.ledger, small_settings()};
            for (uint64_t number = 1; number <= 5; ++number)
              plant.commit(ledger, number);
            for (uint64_t number = 6; number <= most_result_kinds; ++number)
              commit_rows(ledger, number, result_kind_at(number - 1), names[names.size() - 1] + '\n');
            return 0;
          }) == 0);
  const auto whole = check_store(ledger_kind, place.ledger);
  CHECK(whole.damage == std::vector<std::string>{});
  CHECK(whole.commit == most_result_kinds);
  const auto out = place.root + "/out";
  std::filesystem::create_directories(out);
  const auto saved = salvage_store(ledger_kind, place.ledger, out);
  CHECK(saved.lost == std::vector<std::string>{});
  CHECK(check_store(ledger_kind, out).content == whole.content);
  CHECK(in_child([&] {
          lmdb_ledger ledger{out, small_settings()};
          std::string name;
          for (uint64_t number = 6; number <= most_result_kinds; ++number)
            if (rows(ledger, result_kind_at(number - 1)).empty())
              return 1;
          return known_result_kinds() == most_result_kinds ? 0 : 2;
        }) == 0);
}

} // namespace declared_kinds_test

#include "runtime/barrier/hosted_rows.hpp"

#include "protocol/result_catalogue.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace hosted_rows_test {

using namespace millwright;

namespace {

constexpr row_column fields[] = {{"reading", row_column::value::integer}};
constexpr row_schema heat{"heat-of-rows", 1, fields}, energy{"energy-of-rows", 1, fields};

using seen_row = std::pair<event_time, std::string>;

std::map<const row_schema*, std::vector<seen_row>> all_of(const hosted_rows& rows, size_t& changes_of_kind) {
  std::map<const row_schema*, std::vector<seen_row>> out;
  const row_schema* before = nullptr;
  rows.visit([&](const row_schema& schema, event_time at, std::string_view json) {
    changes_of_kind += std::exchange(before, &schema) != &schema;
    out[&schema].emplace_back(at, json);
  });
  return out;
}

} // namespace

TEST_CASE("records wait in a fraction of their size, and come out as they went in, each kind's together") {
  declare_result_kind(energy);
  declare_result_kind(heat);
  std::mt19937 random{9};
  hosted_rows rows;
  std::map<const row_schema*, std::vector<seen_row>> expected;
  size_t text = 0, count = 0;
  for (int i = 0; i < 60'000; ++i) {
    const auto& schema = random() % 3 == 0 ? heat : energy;
    const auto at = random() % 50 == 0 ? never : from_epoch_ms(static_cast<int64_t>(random()));
    const std::string json = "{\"unit\":\"pump-" + std::to_string(i / 5) +
                             "\",\"avg\":" + std::to_string(random() % 100'000) +
                             ",\"status\":\"healthy\",\"facility_id\":\"plant-1\"}";
    rows.add({&schema, at, json});
    expected[&schema].emplace_back(at, json);
    text += json.size();
    ++count;
  }
  size_t changes = 0;
  CHECK(all_of(rows, changes) == expected);
  CHECK(changes == 2);
  CHECK(rows.size() == count);
  CHECK(rows.bytes() < text / 2);
  const auto moved = std::move(rows);
  CHECK(moved.size() == count);
  CHECK(hosted_rows{}.size() == 0);
}

} // namespace hosted_rows_test

#include "runtime/metadata/packed_rows.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>

namespace packed_rows_test {

using namespace millwright;

TEST_CASE("rows come back from their first byte on, the last one of equals, and each once") {
  packed_rows rows;
  CHECK_FALSE(rows.find("F", "S0"));
  for (int turn = 0; turn < 2; ++turn)
    for (int i = 0; i < 300; ++i)
      rows.add(i % 2 == 0 ? "F" : "", "S" + std::to_string(i), std::to_string(turn) + " row " + std::to_string(i));
  rows.close();
  std::map<std::pair<std::string, std::string>, int> seen;
  rows.for_each([&](std::string_view facility, std::string_view id, std::string_view row) {
    ++seen[{std::string{facility}, std::string{id}}];
    CHECK(row.starts_with("1 row " + std::string{id.substr(1)}));
  });
  CHECK(seen.size() == 300);
  for (const auto& [name, count] : seen) {
    CHECK(count == 1);
    CHECK(rows.has(name.first, name.second));
  }
  CHECK_FALSE(rows.has("F", "S1"));
}

} // namespace packed_rows_test

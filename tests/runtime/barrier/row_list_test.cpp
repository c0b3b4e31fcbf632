#include "runtime/barrier/row_list.hpp"

#include <doctest/doctest.h>

#include <string>

namespace row_list_test {

using namespace millwright;

namespace {

// Several pieces.
constexpr int many = 5000;

row_list<std::string> numbers() {
  row_list<std::string> out;
  for (int i = 0; i < many; ++i)
    out.push_back(std::to_string(i));
  return out;
}

} // namespace

TEST_CASE("rows stay in the order in which they came") {
  const row_list<std::string> none;
  CHECK(none.empty());
  CHECK(none.begin() == none.end());
  const auto rows = numbers();
  REQUIRE(rows.size() == many);
  CHECK(rows.front() == "0");
  CHECK(rows.back() == std::to_string(many - 1));
  int next = 0;
  for (const auto& each : rows)
    REQUIRE(each == std::to_string(next++));
  CHECK(next == many);
}

TEST_CASE("those that are dropped leave the others in order") {
  auto rows = numbers();
  rows.drop_if([](const std::string& each) { return each.back() != '7'; });
  REQUIRE(rows.size() == many / 10);
  CHECK(rows[1] == "17");
  rows.push_back("another");
  CHECK(rows.back() == "another");
  rows.drop_if([](const std::string&) { return true; });
  CHECK(rows.empty());
}

TEST_CASE("a row stays where it is while others come") {
  row_list<std::string> rows;
  rows.push_back("first");
  const auto* first = &rows.front();
  for (int i = 0; i < many; ++i)
    rows.push_back("another");
  CHECK(first == &rows.front());
}

} // namespace row_list_test

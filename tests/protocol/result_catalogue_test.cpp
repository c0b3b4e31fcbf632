#include "protocol/result_catalogue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace result_catalogue_test {

using namespace millwright;

namespace {

constexpr row_column energy_fields[] = {{"facility_id"}, {"energy", row_column::value::number}};
constexpr row_column other_fields[] = {{"facility_id"}, {"power", row_column::value::number}};
constexpr row_schema energy{"energy", 1, energy_fields};
constexpr row_schema same_again{"energy", 1, energy_fields};

bool is_listed(result_kind kind) {
  const auto all = result_kinds();
  return std::find(all.begin(), all.end(), kind) != all.end();
}

} // namespace

TEST_CASE("a kind is declared once and found by its name, its schema and its place") {
  const auto kind = declare_result_kind(energy);
  CHECK(place_of(kind) >= built_in_result_kinds);
  CHECK(declare_result_kind(energy) == kind);
  CHECK(declare_result_kind(same_again) == kind);
  CHECK(kind_of(same_again) == kind);
  CHECK(name_of(kind) == "energy");
  result_kind found{};
  CHECK(result_kind_named("energy", found));
  CHECK(found == kind);
  CHECK(is_listed(kind));
  CHECK(result_kind_names().find("scores, ") != std::string::npos);
  CHECK(result_kind_names().find(", energy") != std::string::npos);
  CHECK(has_field(kind, "facility_id"));
  CHECK_FALSE(has_field(kind, "sensor_id"));
}

TEST_CASE("two kinds of one name are a mistake that names it") {
  declare_result_kind(energy);
  CHECK_THROWS_WITH_AS(declare_result_kind({"energy", 1, other_fields}), "two kinds of results have the name energy",
                       std::invalid_argument);
  CHECK_THROWS_AS(declare_result_kind({"energy", 2, energy_fields}), std::invalid_argument);
  CHECK_THROWS_AS(declare_result_kind({"anomalies", 1, energy_fields}), std::invalid_argument);
}

TEST_CASE("what cannot be the name of a file and a table is no name") {
  const std::string long_name(101, 'a');
  for (const std::string_view name : {std::string_view{""}, std::string_view{"Energy"}, std::string_view{"a/b"},
                                      std::string_view{"dead letters"}, std::string_view{long_name}})
    CHECK_THROWS_AS(declare_result_kind({name, 1, energy_fields}), std::invalid_argument);
}

TEST_CASE("a kind that a ledger alone knows is named, but not listed until it is declared") {
  static constexpr row_schema schema{"stored-before", 1, energy_fields};
  const auto kind = stored_result_kind("stored-before");
  CHECK(name_of(kind) == "stored-before");
  CHECK_FALSE(is_listed(kind));
  CHECK(schema_of(kind) == nullptr);
  CHECK_FALSE(has_field(kind, "facility_id"));
  CHECK_THROWS_AS(kind_of(schema), std::invalid_argument);
  CHECK(declare_result_kind(schema) == kind);
  CHECK(is_listed(kind));
  CHECK(stored_result_kind("stored-before") == kind);
}

TEST_CASE("there is place for a bounded number of kinds, and the one too many is told by name") {
  static std::vector<std::string> names;
  names.reserve(most_result_kinds);
  while (known_result_kinds() < most_result_kinds)
    stored_result_kind(names.emplace_back("kind-" + std::to_string(known_result_kinds())));
  CHECK_THROWS_WITH_AS(stored_result_kind("one-more"),
                       "no more than 64 kinds of results: there is no place for one-more", std::invalid_argument);
  CHECK(place_of(stored_result_kind(names.back())) + 1 == most_result_kinds);
}

} // namespace result_catalogue_test

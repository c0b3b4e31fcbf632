#include "runtime/watch/load_rates.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace load_rates_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

load_totals totals(milliseconds moment, uint64_t taken, uint64_t done, std::optional<uint64_t> waiting, double cpu) {
  return {moment, taken, done, waiting, cpu};
}

} // namespace

TEST_CASE("rates are of what happened between two looks, whatever time that took") {
  load_rates rates{2};
  CHECK_FALSE(rates.look(totals(10s, 1'000'000, 1'000'000, 500, 100)));
  const auto first = rates.look(totals(12s, 1'002'000, 1'001'000, 700, 101));
  REQUIRE(first);
  // 2,000 were taken and 200 more wait.
  CHECK((*first)[load_measure::input] == 1100);
  CHECK((*first)[load_measure::processing] == 500);
  CHECK((*first)[load_measure::backlog] == 700);
  CHECK((*first)[load_measure::cpu] == 0.25);
  CHECK_FALSE(rates.look(totals(12s, 1'002'000, 1'001'000, 700, 101)));
}

TEST_CASE("a backlog that is worked off has come before") {
  load_rates rates{1};
  rates.look(totals(0s, 0, 0, 10'000, 0));
  const auto then = rates.look(totals(1s, 3000, 3000, 7100, 0));
  REQUIRE(then);
  CHECK((*then)[load_measure::input] == 100);
  CHECK((*then)[load_measure::processing] == 3000);
  const auto later = rates.look(totals(2s, 3000, 3000, 6000, 0));
  REQUIRE(later);
  CHECK((*later)[load_measure::input] == 0);
}

TEST_CASE("a backlog that is heard of for the first time, or no more, has not come in that second") {
  load_rates rates{1};
  rates.look(totals(0s, 0, 0, std::nullopt, 0));
  const auto heard = rates.look(totals(1s, 100, 100, 5'000'000, 0));
  REQUIRE(heard);
  CHECK((*heard)[load_measure::input] == 100);
  CHECK((*heard)[load_measure::backlog] == 5'000'000);
  const auto silent = rates.look(totals(2s, 300, 300, std::nullopt, 0));
  REQUIRE(silent);
  CHECK((*silent)[load_measure::input] == 200);
  CHECK(std::isnan((*silent)[load_measure::backlog]));
}

} // namespace load_rates_test

#include "runtime/hosting/supervision.hpp"

#include <doctest/doctest.h>

namespace supervision_test {

using namespace millwright;
using verdict = supervision::verdict;

TEST_CASE("an actor that dies is restarted with all its readings, and without the one that kills it twice") {
  supervision plan{50};
  CHECK(plan.died(7, 0, 100, 10) == verdict::restart);
  CHECK(plan.died(7, 0, 100, 10) == verdict::restart_without);
  CHECK(plan.died(7, 0, 101, 11) == verdict::restart);
}

TEST_CASE("the same position in another split is another reading") {
  supervision plan{50};
  plan.died(7, 0, 100, 10);
  CHECK(plan.died(7, 1, 100, 11) == verdict::restart);
}

TEST_CASE("deaths beyond the limit within a thousand readings quarantine the sensor for good") {
  supervision plan{3};
  for (uint64_t i = 0; i < 3; ++i)
    CHECK(plan.died(7, 0, i, i) == verdict::restart);
  CHECK(plan.died(7, 0, 3, 3) == verdict::quarantine);
  CHECK(plan.quarantined(7));
  CHECK_FALSE(plan.quarantined(8));
}

TEST_CASE("one bad reading in a hundred does not quarantine") {
  supervision plan{50};
  for (uint64_t reading = 0; reading < 100'000; reading += 100) {
    CHECK(plan.died(7, 0, reading, reading) == verdict::restart);
    CHECK(plan.died(7, 0, reading, reading) == verdict::restart_without);
  }
}

TEST_CASE("an actor that dies between readings is counted too") {
  supervision plan{1};
  CHECK(plan.died(7, 0, std::nullopt, 5) == verdict::restart);
  CHECK(plan.died(7, 0, std::nullopt, 5) == verdict::quarantine);
}

} // namespace supervision_test

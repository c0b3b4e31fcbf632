#include "protocol/time.hpp"

#include <doctest/doctest.h>

namespace time_test {

using namespace millwright;
using namespace std::chrono_literals;

TEST_CASE("times print as ISO-8601 UTC with milliseconds") {
  CHECK(to_iso(from_epoch_ms(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(to_iso(from_epoch_ms(1'795'257'566'042)) == "2026-11-21T10:39:26.042Z");
  CHECK(to_iso(from_epoch_ms(951'782'400'000)) == "2000-02-29T00:00:00.000Z");
  CHECK(to_iso(from_epoch_ms(-1)) == "1969-12-31T23:59:59.999Z");
  CHECK(to_iso(from_epoch_ms(-62'135'596'800'000)) == "0001-01-01T00:00:00.000Z");
  CHECK(to_iso(from_epoch_ms(253'402'300'799'999)) == "9999-12-31T23:59:59.999Z");
}

TEST_CASE("aligning goes down on both sides of 1970") {
  CHECK(align_down(from_epoch_ms(59'999), 30s) == from_epoch_ms(30'000));
  CHECK(align_down(from_epoch_ms(60'000), 30s) == from_epoch_ms(60'000));
  CHECK(align_down(from_epoch_ms(0), 30s) == from_epoch_ms(0));
  CHECK(align_down(from_epoch_ms(-1), 30s) == from_epoch_ms(-30'000));
  CHECK(align_down(from_epoch_ms(-30'000), 30s) == from_epoch_ms(-30'000));
  CHECK(align_down(from_epoch_ms(-30'001), 30s) == from_epoch_ms(-60'000));
}

TEST_CASE("no time and the end of time leave room for delays") {
  CHECK(never - 365 * 24h < never);
  CHECK(forever + 365 * 24h > forever);
  CHECK(never < from_epoch_ms(-62'135'596'800'000));
  CHECK(forever > from_epoch_ms(253'402'300'799'999));
}

} // namespace time_test

#include "protocol/quantities.hpp"

#include <doctest/doctest.h>

namespace quantities_test {

using namespace millwright;
using namespace std::chrono_literals;

TEST_CASE("durations are read with their unit") {
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("5s") == 5s);
  CHECK(parse_duration("15min") == 15min);
  CHECK(parse_duration("2h") == 2h);
  CHECK(parse_duration("7d") == 168h);
  CHECK(parse_duration("1.5h") == 90min);
  CHECK(parse_duration("0.1s") == 100ms);
  CHECK(parse_duration("0") == 0ms);
  for (const auto* wrong : {"", "5", "s", "-5s", "5 s", "5sec", "1e3s", "0.5ms", "5s ", "5S", "99999999999999999999d",
                            "300000000d", "1..5s", "."})
    CHECK_MESSAGE(!parse_duration(wrong), wrong);
}

TEST_CASE("durations print in the unit that divides them and read back") {
  CHECK(duration_text(15min) == "15min");
  CHECK(duration_text(90s) == "90s");
  CHECK(duration_text(1500ms) == "1500ms");
  CHECK(duration_text(48h) == "2d");
  CHECK(duration_text(0ms) == "0");
  for (int64_t ms = 1; ms < 10'000'000'000; ms = ms * 3 + 1)
    CHECK(parse_duration(duration_text(milliseconds{ms})) == milliseconds{ms});
}

TEST_CASE("sizes know both kinds of units") {
  CHECK(parse_size("10GiB") == 10ull << 30);
  CHECK(parse_size("1.5KiB") == 1536);
  CHECK(parse_size("3MB") == 3'000'000);
  CHECK(parse_size("4096") == 4096);
  CHECK(parse_size("7B") == 7);
  CHECK(size_text(10ull << 30) == "10GiB");
  CHECK(size_text(1000) == "1000");
  for (const auto* wrong : {"", "GiB", "-1GiB", "1 GiB", "1gib", "0.3B", "99999999TiB"})
    CHECK_MESSAGE(!parse_size(wrong), wrong);
}

TEST_CASE("shares are numbers or percentages") {
  CHECK(parse_share("0.01") == 0.01);
  CHECK(parse_share("1%") == 0.01);
  CHECK(parse_share("100%") == 1);
  CHECK_FALSE(parse_share("%"));
  CHECK_FALSE(parse_share("nan"));
  CHECK_FALSE(parse_number("1e999"));
  CHECK_FALSE(parse_number("inf"));
}

TEST_CASE("times need a zone and may have fractions") {
  CHECK(to_iso(*parse_time("2026-11-21T10:39:26Z")) == "2026-11-21T10:39:26.000Z");
  CHECK(to_iso(*parse_time("2026-11-21T12:39:26.5+02:00")) == "2026-11-21T10:39:26.500Z");
  CHECK(to_iso(*parse_time("2026-11-21 10:39Z")) == "2026-11-21T10:39:00.000Z");
  CHECK(to_iso(*parse_time("2024-02-29T00:00:00.1239-0530")) == "2024-02-29T05:30:00.123Z");
  for (const auto* wrong :
       {"", "now", "2026-11-21", "2026-11-21T10:00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-11-21T24:00:00Z", "2026-11-21T10:00:00.Z", "2026-11-21T10:00:00Zx", "2026-11-21T10:00:00+25:00"})
    CHECK_MESSAGE(!parse_time(wrong), wrong);
}

} // namespace quantities_test

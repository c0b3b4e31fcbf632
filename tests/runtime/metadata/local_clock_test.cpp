#include "protocol/failure.hpp"
#include "runtime/metadata/local_clock.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <random>

namespace local_clock_test {

using namespace millwright;
using namespace std::chrono;

namespace {

event_time utc(int y, unsigned m, unsigned d, int hour, int minute = 0, int second = 0, int ms = 0) {
  return event_time{sys_days{year{y} / month{m} / day{d}}} + hours{hour} + minutes{minute} + seconds{second} +
         milliseconds{ms};
}

} // namespace

TEST_CASE("hours, days and shifts follow the wall clock of the zone") {
  local_clock vienna{"Europe/Vienna"};
  // A Saturday.
  CHECK(vienna.at(utc(2026, 11, 21, 4, 59, 59, 999)) == enrichment{5, 7, work_shift::night});
  CHECK(vienna.at(utc(2026, 11, 21, 5)) == enrichment{6, 7, work_shift::morning});
  CHECK(vienna.at(utc(2026, 11, 21, 13, 59, 59, 999)) == enrichment{14, 7, work_shift::morning});
  CHECK(vienna.at(utc(2026, 11, 21, 14)) == enrichment{15, 7, work_shift::afternoon});
  CHECK(vienna.at(utc(2026, 11, 21, 21, 59)) == enrichment{22, 7, work_shift::afternoon});
  CHECK(vienna.at(utc(2026, 11, 21, 22)) == enrichment{23, 7, work_shift::night});
  CHECK(vienna.at(utc(2026, 11, 21, 23)) == enrichment{0, 1, work_shift::night});
  CHECK(name_of(work_shift::afternoon) == "afternoon");
}

TEST_CASE("summer time begins and ends to the millisecond") {
  local_clock vienna{"Europe/Vienna"};
  CHECK(vienna.hour_of(utc(2026, 3, 29, 0, 59, 59, 999)) == 1);
  CHECK(vienna.hour_of(utc(2026, 3, 29, 1)) == 3);
  CHECK(vienna.hour_of(utc(2026, 10, 25, 0, 59, 59, 999)) == 2);
  CHECK(vienna.hour_of(utc(2026, 10, 25, 1)) == 2);
  CHECK(vienna.hour_of(utc(2026, 10, 25, 2)) == 3);
  local_clock chicago{"America/Chicago"};
  CHECK(chicago.hour_of(utc(2026, 3, 8, 7, 59, 59, 999)) == 1);
  CHECK(chicago.hour_of(utc(2026, 3, 8, 8)) == 3);
  local_clock lord_howe{"Australia/Lord_Howe"};
  CHECK(lord_howe.offset_at(utc(2026, 1, 1, 0)) == hours{11});
  CHECK(lord_howe.offset_at(utc(2026, 7, 1, 0)) == hours{10} + minutes{30});
}

TEST_CASE("times before 1970 and zones of half hours are right") {
  local_clock utc_clock{"UTC"};
  CHECK(utc_clock.at(utc(1969, 12, 31, 23, 59, 59, 999)) == enrichment{23, 4, work_shift::night});
  CHECK(utc_clock.at(utc(1969, 12, 31, 6, 0)) == enrichment{6, 4, work_shift::morning});
  local_clock kolkata{"Asia/Kolkata"};
  CHECK(kolkata.hour_of(utc(2026, 1, 1, 18, 29, 59, 999)) == 23);
  CHECK(kolkata.hour_of(utc(2026, 1, 1, 18, 30)) == 0);
  local_clock vienna{"Europe/Vienna"};
  CHECK(vienna.offset_at(utc(1893, 3, 31, 0)) == hours{1} + minutes{5} + seconds{21});
  CHECK(vienna.hour_of(utc(1, 1, 1, 0)) == 1);
  CHECK(utc_clock.hour_of(utc(9999, 12, 31, 23, 59)) == 23);
}

TEST_CASE("what a clock remembers changes none of its answers") {
  std::mt19937_64 random{9};
  for (const auto zone : {"Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "UTC", "Africa/Casablanca"}) {
    local_clock remembering{zone};
    for (int i = 0; i < 3000; ++i) {
      const auto at = from_epoch_ms(static_cast<int64_t>(random() % 4'000'000'000'000) - 2'000'000'000'000);
      local_clock fresh{zone};
      REQUIRE(remembering.at(at) == fresh.at(at));
      REQUIRE(remembering.hour_of(at) == remembering.at(at).hour_of_day);
    }
  }
}

TEST_CASE("an unknown zone is refused by name") {
  CHECK(is_time_zone("Europe/Vienna"));
  CHECK(is_time_zone("UTC"));
  // A name of former times: with some systems it comes in a package of its own (Debian's tzdata-legacy).
  CHECK(is_time_zone("US/Eastern") == std::filesystem::exists("/usr/share/zoneinfo/US/Eastern"));
  for (const auto zone : {"", "Europe/Viena", "../etc/passwd", "europe/vienna", "Europe", "+01:00", "/Europe/Vienna"})
    CHECK_MESSAGE(!is_time_zone(zone), zone);
  CHECK_THROWS_WITH_AS(local_clock{"Mars/Olympus"}, doctest::Contains("unknown time zone `Mars/Olympus`"), failure);
}

} // namespace local_clock_test

#include "protocol/local_time.hpp"

#include "protocol/quantities.hpp"

#include <doctest/doctest.h>

namespace local_time_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

event_time at(const char* text) {
  return parse_time(text).value();
}

} // namespace

TEST_CASE("a moment on the wall has the date there, which is another one than in UTC around midnight") {
  const auto moment = local_moment_of(at("2026-12-24T23:30:00Z"), "Europe/Berlin");
  CHECK(moment.date == std::chrono::sys_days{std::chrono::year{2026} / 12 / 25});
  CHECK(moment.of_day == 30min);
  const auto west = local_moment_of(at("2026-12-25T04:30:00Z"), "America/Chicago");
  CHECK(west.date == std::chrono::sys_days{std::chrono::year{2026} / 12 / 24});
  CHECK(west.of_day == 22h + 30min);
}

TEST_CASE("an hour that comes twice is the same on the wall, one that is left out is never there") {
  const auto first = local_moment_of(at("2026-10-25T00:30:00Z"), "Europe/Berlin");
  const auto second = local_moment_of(at("2026-10-25T01:30:00Z"), "Europe/Berlin");
  CHECK(first.of_day == 2h + 30min);
  CHECK(first == second);
  CHECK(local_moment_of(at("2026-03-29T00:59:00Z"), "Europe/Berlin").of_day == 1h + 59min);
  CHECK(local_moment_of(at("2026-03-29T01:00:00Z"), "Europe/Berlin").of_day == 3h);
}

TEST_CASE("a zone that nobody knows is UTC") {
  CHECK(local_moment_of(at("2026-12-24T23:30:00Z"), "Middle/Earth").of_day == 23h + 30min);
}

TEST_CASE("a clock shows each moment once, one that is left out with the change, and one of an hour that comes twice "
          "twice") {
  const auto at = [](const char* date, int minutes, const char* zone) {
    std::string out;
    const auto day = std::chrono::floor<std::chrono::days>(parse_time(std::string{date} + "T00:00:00Z").value());
    for (const auto& each : moments_of({day, std::chrono::minutes{minutes}}, zone))
      out += (out.empty() ? "" : ", ") + to_iso(each);
    return out;
  };
  CHECK(at("2026-11-30", 480, "Europe/Berlin") == "2026-11-30T07:00:00.000Z");
  CHECK(at("2026-03-29", 150, "Europe/Berlin") == "2026-03-29T01:00:00.000Z");
  CHECK(at("2026-10-25", 150, "Europe/Berlin") == "2026-10-25T00:30:00.000Z, 2026-10-25T01:30:00.000Z");
  CHECK(at("2026-11-30", 480, "No/Where") == "2026-11-30T08:00:00.000Z");
}

} // namespace local_time_test

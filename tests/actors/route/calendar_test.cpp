#include "actors/route/calendar.hpp"

#include "protocol/quantities.hpp"

#include <doctest/doctest.h>

#include <random>

namespace calendar_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

calendar with(const char* shift, std::initializer_list<const char*> holidays = {}) {
  calendar out;
  out.shifts["it"] = {parse_shift_span(shift).value()};
  for (const auto* each : holidays)
    out.holidays.insert(parse_holiday(each).value());
  return out;
}

bool holds_at(const calendar& x, const char* time, const char* zone = "UTC") {
  return x.in_shift("it", local_moment_of(parse_time(time).value(), zone));
}

} // namespace

TEST_CASE("a shift is its days and hours, its end not among them") {
  const auto day = with("mon-fri 06:00-14:00");
  CHECK(holds_at(day, "2026-11-30T06:00:00Z"));
  CHECK(holds_at(day, "2026-11-30T13:59:59.999Z"));
  CHECK_FALSE(holds_at(day, "2026-11-30T14:00:00Z"));
  CHECK_FALSE(holds_at(day, "2026-11-30T05:59:59.999Z"));
  CHECK_FALSE(holds_at(day, "2026-12-05T08:00:00Z"));
  CHECK_FALSE(day.in_shift("another", {}));
}

TEST_CASE("a shift over midnight belongs to the day on which it begins") {
  const auto friday = with("fri 22:00-06:00");
  CHECK(holds_at(friday, "2026-12-04T22:00:00Z"));
  CHECK(holds_at(friday, "2026-12-05T05:59:00Z"));
  CHECK_FALSE(holds_at(friday, "2026-12-04T05:59:00Z"));
  CHECK_FALSE(holds_at(friday, "2026-12-05T06:00:00Z"));
  CHECK_FALSE(holds_at(friday, "2026-12-05T22:00:00Z"));
  const auto until_midnight = with("fri 22:00-00:00");
  CHECK(holds_at(until_midnight, "2026-12-04T23:59:00Z"));
  CHECK_FALSE(holds_at(until_midnight, "2026-12-05T00:00:00Z"));
  const auto whole = with("sat 06:00-06:00");
  CHECK(holds_at(whole, "2026-12-06T05:59:00Z"));
  CHECK_FALSE(holds_at(whole, "2026-12-05T05:59:00Z"));
}

TEST_CASE("days without hours are whole, hours without days are of each, and days go around the week") {
  CHECK(holds_at(with("sat,sun"), "2026-12-05T00:00:00Z"));
  CHECK(holds_at(with("sat,sun"), "2026-12-06T23:59:59Z"));
  CHECK_FALSE(holds_at(with("sat,sun"), "2026-12-07T00:00:00Z"));
  CHECK(holds_at(with("22:00-06:00"), "2026-12-03T23:00:00Z"));
  const auto long_weekend = with("fri-mon 08:00-09:00");
  for (const auto* each :
       {"2026-12-04T08:30:00Z", "2026-12-05T08:30:00Z", "2026-12-06T08:30:00Z", "2026-12-07T08:30:00Z"})
    CHECK(holds_at(long_weekend, each));
  CHECK_FALSE(holds_at(long_weekend, "2026-12-08T08:30:00Z"));
}

TEST_CASE("a holiday counts as a Sunday, of its year or of each") {
  const auto weekday = with("mon-fri 06:00-14:00", {"12-25", "2026-12-31"});
  CHECK_FALSE(holds_at(weekday, "2026-12-25T08:00:00Z"));
  CHECK_FALSE(holds_at(weekday, "2028-12-25T08:00:00Z"));
  CHECK_FALSE(holds_at(weekday, "2026-12-31T08:00:00Z"));
  CHECK(holds_at(weekday, "2027-12-31T08:00:00Z"));
  CHECK(holds_at(with("sun", {"12-25"}), "2026-12-25T08:00:00Z"));
  CHECK(holds_at(with("holiday", {"12-25"}), "2026-12-25T08:00:00Z"));
  CHECK_FALSE(holds_at(with("holiday", {"12-25"}), "2026-12-27T08:00:00Z"));
  CHECK_FALSE(holds_at(with("sat", {"2026-12-26"}), "2026-12-26T08:00:00Z"));
}

TEST_CASE("the night before a holiday goes on into it, and the holiday's own out of it") {
  const auto eve = with("thu 22:00-06:00", {"2026-12-25"});
  CHECK(holds_at(eve, "2026-12-25T05:00:00Z"));
  const auto own = with("holiday 22:00-06:00", {"2026-12-25"});
  CHECK_FALSE(holds_at(own, "2026-12-25T05:00:00Z"));
  CHECK(holds_at(own, "2026-12-26T05:00:00Z"));
}

TEST_CASE("when clocks are changed a night is an hour shorter or longer, and the wall alone counts") {
  const auto night = with("22:00-06:00");
  const auto hours = [&](const char* noon) {
    int minutes = 0;
    for (auto at = parse_time(noon).value(), end = at + 24h; at < end; at += 1min)
      minutes += night.in_shift("it", local_moment_of(at, "Europe/Berlin"));
    return minutes;
  };
  CHECK(hours("2026-03-27T12:00:00Z") == 8 * 60);
  CHECK(hours("2026-03-28T12:00:00Z") == 7 * 60);
  CHECK(hours("2026-10-24T12:00:00Z") == 9 * 60);
  const auto twice = with("sun 02:00-03:00");
  CHECK(holds_at(twice, "2026-10-25T00:30:00Z", "Europe/Berlin"));
  CHECK(holds_at(twice, "2026-10-25T01:30:00Z", "Europe/Berlin"));
  for (const auto* each : {"2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"})
    CHECK_FALSE(holds_at(twice, each, "Europe/Berlin"));
}

TEST_CASE("what is no shift and no date is none") {
  for (const auto* each : {"", " ", "mo", "mon-", "mon-fri 6-14", "06:00", "06:00-25:00", "06:60-07:00", "24:00-06:00",
                           "mon-holiday", "mon 06:00-14:00 x", "mon,,tue", "mon 06:00", "-06:00-07:00"})
    CHECK_MESSAGE(!parse_shift_span(each), each);
  for (const auto* each : {"", "25.12.", "2026-02-29", "13-01", "00-01", "04-31", "2026-1-1", "0000-01-01", "12-25 "})
    CHECK_MESSAGE(!parse_holiday(each), each);
  CHECK(parse_holiday("02-29"));
  CHECK(parse_holiday("2028-02-29"));
}

TEST_CASE("days and times of day are shown as a wall shows them") {
  CHECK(day_text(std::chrono::Sunday) == "Sunday");
  CHECK(day_text(std::chrono::Saturday) == "Saturday");
  CHECK(clock_text(0min) == "00:00");
  CHECK(clock_text(6h + 5min) == "06:05");
  CHECK(clock_text(24h) == "24:00");
}

TEST_CASE("shifts and holidays are read as they are shown") {
  for (const auto* each :
       {"mon-fri 06:00-14:00", "22:00-06:00", "sat,sun", "mon-sun", "holiday", "sun,holiday 08:00-09:30"}) {
    const auto span = parse_shift_span(each).value();
    CHECK(parse_shift_span(to_text(span)) == span);
  }
  std::mt19937 random{7};
  for (int i = 0; i < 1000; ++i) {
    shift_span any;
    any.days = static_cast<uint8_t>(1 + random() % 255);
    any.from = std::chrono::minutes{random() % 1440};
    any.to = std::chrono::minutes{random() % 1441};
    CHECK_MESSAGE(parse_shift_span(to_text(any)) == any, to_text(any));
  }
  CHECK(to_text(parse_holiday("12-25").value()) == "12-25");
  CHECK(to_text(parse_holiday("2026-12-25").value()) == "2026-12-25");
}

TEST_CASE("a shift changes where one begins or ends, by the clock there, and not where it goes on as another day") {
  calendar site;
  site.shifts["day"] = {parse_shift_span("mon-fri 06:00-22:00").value()};
  site.shifts["night"] = {parse_shift_span("22:00-06:00").value(), parse_shift_span("sat-sun").value()};
  site.holidays.insert(parse_holiday("2026-12-25").value());
  const auto next = [&](const char* after, const char* zone = "Europe/Berlin") {
    return to_iso(site.next_change(parse_time(after).value(), zone));
  };
  CHECK(next("2026-11-30T12:00:00Z") == "2026-11-30T21:00:00.000Z");
  CHECK(next("2026-11-30T21:00:00Z") == "2026-12-01T05:00:00.000Z");
  CHECK(next("2026-11-30T20:59:59.999Z") == "2026-11-30T21:00:00.000Z");
  CHECK(next("2026-12-04T21:00:00Z") == "2026-12-07T05:00:00.000Z");
  CHECK(next("2026-12-24T21:00:00Z") == "2026-12-28T05:00:00.000Z");
  CHECK(next("2026-11-30T12:00:00Z", "Asia/Tokyo") == "2026-11-30T13:00:00.000Z");
  CHECK(next("2026-06-01T12:00:00Z") == "2026-06-01T20:00:00.000Z");
  CHECK(calendar{}.next_change(parse_time("2026-11-30T12:00:00Z").value(), "UTC") == forever);
  CHECK(with("mon-sun").next_change(parse_time("2026-11-30T12:00:00Z").value(), "UTC") == forever);
}

TEST_CASE(
    "a change of shift in an hour that is left out comes with the change of the clock, in one that comes twice first "
    "where it is first") {
  const auto late = with("02:30-10:00");
  CHECK(to_iso(late.next_change(parse_time("2026-03-28T12:00:00Z").value(), "Europe/Berlin")) ==
        "2026-03-29T01:00:00.000Z");
  CHECK(to_iso(late.next_change(parse_time("2026-10-24T12:00:00Z").value(), "Europe/Berlin")) ==
        "2026-10-25T00:30:00.000Z");
}

TEST_CASE("the next change of shift is the first there is, as by looking at every minute") {
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random{seed};
    calendar some;
    for (const auto* name : {"a", "b"})
      some.shifts[name] = {{static_cast<uint8_t>(1 + random() % 255), std::chrono::minutes{random() % 1440},
                            std::chrono::minutes{random() % 1440}}};
    some.holidays.insert(parse_holiday("2026-03-31").value());
    const auto in = [&](event_time at) {
      const auto moment = local_moment_of(at, "Europe/Berlin");
      return std::pair{some.in_shift("a", moment), some.in_shift("b", moment)};
    };
    // Over a clock that is set forward.
    const auto after = parse_time("2026-03-24T00:00:00Z").value() + std::chrono::minutes{random() % 10'000};
    auto first = after + 1min;
    while (first < after + std::chrono::days{14} && in(first - 1min) == in(first))
      first += 1min;
    const auto found = some.next_change(after, "Europe/Berlin");
    CHECK_MESSAGE(std::min(found, after + std::chrono::days{14}) == first, "seed ", seed);
  }
}

} // namespace calendar_test

#include "runtime/entry/split_clock.hpp"

#include <doctest/doctest.h>

namespace split_clock_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'700'000'000'000);
const sensor_key a{{"plant"}, {"a"}}, b{{"plant"}, {"b"}}, c{{"plant"}, {"c"}};

split_clock::stamp live(split_clock& clock, event_time time, event_time arrival) {
  return clock.take_live(time, arrival + split_clock::arrival_tolerance, arrival + split_clock::far);
}

} // namespace

TEST_CASE("the first reading of a replayed file moves the watermark and is stamped with none") {
  split_clock clock;
  const auto stamp = clock.take_replayed(a, start + 48h);
  CHECK(stamp.watermark == never);
  CHECK_FALSE(stamp.ahead);
  CHECK(clock.watermark() == start + 48h);
}

TEST_CASE("the first reading of a live split moves nothing where its clock is ahead") {
  split_clock clock;
  CHECK(live(clock, start + 48h, start).ahead);
  CHECK(clock.watermark() == never);
  CHECK_FALSE(live(clock, start, start).ahead);
  CHECK(clock.watermark() == start);
  CHECK(clock.activity() == 0ms);
}

TEST_CASE("a reading is stamped with the largest time before it") {
  split_clock clock;
  live(clock, start, start);
  live(clock, start + 3s, start + 3s);
  const auto stamp = live(clock, start + 1s, start + 4s);
  CHECK(stamp.watermark == start + 3s);
  CHECK_FALSE(stamp.ahead);
  CHECK(clock.watermark() == start + 3s);
}

TEST_CASE("a reading more than ten seconds ahead of its arrival moves nothing") {
  split_clock clock;
  live(clock, start, start);
  CHECK(live(clock, start + 11s + 1ms, start + 1s).ahead);
  CHECK(clock.watermark() == start);
  CHECK_FALSE(live(clock, start + 11s, start + 1s).ahead);
  CHECK(clock.watermark() == start + 11s);
}

TEST_CASE("a reading more than a day beyond is far ahead, and one before that is only ahead") {
  split_clock clock;
  CHECK_FALSE(live(clock, start + 24h, start).far_ahead);
  CHECK(live(clock, start + 24h + 1ms, start).far_ahead);
}

TEST_CASE("no time goes back where nine readings were ahead in a file and then the split is followed live") {
  split_clock clock;
  clock.take_replayed(a, start);
  for (int i = 0; i < 9; ++i)
    CHECK(clock.take_replayed(a, start + 25h + i * 1s).ahead);
  live(clock, start + 48h, start + 48h);
  const auto activity = clock.activity();
  clock.take_replayed(a, start + 96h);
  CHECK(clock.watermark() == start + 48h);
  CHECK(clock.activity() == activity);
}

TEST_CASE("of a live split nothing is remembered, however many clocks are ahead") {
  split_clock clock;
  live(clock, start, start);
  std::string before, after;
  binary_writer out{before};
  clock.encode(out);
  for (int i = 0; i < 1000; ++i)
    live(clock, start + 60s + i * 1s, start + i * 1ms);
  binary_writer again{after};
  clock.encode(again);
  CHECK(before == after);
  CHECK_FALSE(live(clock, start + 60s, start + 55s).ahead);
  CHECK(clock.watermark() == start + 60s);
}

TEST_CASE("the activity clock counts a step as ten seconds at most") {
  split_clock clock;
  live(clock, start, start);
  live(clock, start + 4s, start + 4s);
  live(clock, start + 1h, start + 1h);
  CHECK(clock.activity() == 14s);
}

TEST_CASE("a leap is remembered until everybody has been told, and for a quarter of an hour, stored too") {
  split_clock clock;
  live(clock, start, start);
  live(clock, start + 5s, start + 5s);
  live(clock, start + 1h, start + 1h);
  REQUIRE(clock.leaps().size() == 1);
  CHECK(clock.leaps()[0] == split_times::leap{15s, start + 5s, start + 1h});
  std::string bytes;
  binary_writer writer{bytes};
  clock.encode(writer);
  clock.encode_leaps(writer);
  split_clock read;
  binary_reader reader{bytes};
  REQUIRE((read.decode(reader) && read.decode_leaps(reader)));
  CHECK(read.leaps() == clock.leaps());
  clock.forget_leaps();
  CHECK(clock.leaps().size() == 1);
  for (auto at = start + 1h; at < start + 1h + 16min; at += 8s)
    live(clock, at, at);
  live(clock, start + 2h, start + 2h);
  CHECK(clock.leaps().size() == 2);
  clock.forget_leaps();
  REQUIRE(clock.leaps().size() == 1);
  CHECK(clock.leaps()[0].time == start + 2h);
}

TEST_CASE("in a file the tenth reading in a row that is a day ahead moves the time to the smallest of the ten") {
  split_clock clock;
  clock.take_replayed(a, start);
  for (int i = 0; i < 9; ++i)
    CHECK(clock.take_replayed(b, start + 48h + i * 1s).ahead);
  CHECK(clock.watermark() == start);
  CHECK_FALSE(clock.take_replayed(b, start + 47h).ahead);
  CHECK(clock.watermark() == start + 47h);
}

TEST_CASE("in a file nothing is far ahead: every reading is in its windows") {
  split_clock clock;
  clock.take_replayed(a, start);
  CHECK_FALSE(clock.take_replayed(b, start + 4800h).far_ahead);
}

TEST_CASE("an ordinary reading between them starts the count anew, a repeat does not") {
  split_clock clock;
  clock.take_replayed(a, start);
  for (int i = 0; i < 9; ++i)
    clock.take_replayed(b, start + 48h + i * 1s);
  clock.take_replayed(b, start + 48h);
  CHECK(clock.watermark() == start);
  SUBCASE("ordinary") {
    clock.take_replayed(a, start + 1s);
    clock.take_replayed(b, start + 50h);
    CHECK(clock.watermark() == start + 1s);
  }
  SUBCASE("repeat") {
    clock.take_replayed(b, start + 50h);
    CHECK(clock.watermark() == start + 48h);
  }
}

TEST_CASE("a repeat of a reading that moved the time in a row moves nothing once more") {
  split_clock clock;
  clock.take_replayed(a, start);
  for (int i = 0; i < 10; ++i)
    clock.take_replayed(b, start + 48h + i * 1s);
  CHECK(clock.watermark() == start + 48h);
  clock.take_replayed(b, start + 48h + 5s);
  CHECK(clock.watermark() == start + 48h);
  clock.take_replayed(c, start + 48h + 5s);
  CHECK(clock.watermark() == start + 48h + 5s);
}

TEST_CASE("a reading exactly a day ahead is an ordinary one") {
  split_clock clock;
  clock.take_replayed(a, start);
  CHECK_FALSE(clock.take_replayed(a, start + 24h).ahead);
  CHECK(clock.watermark() == start + 24h);
}

TEST_CASE("a clock that was stored goes on as if nothing had happened") {
  split_clock clock;
  clock.take_replayed(a, start);
  clock.take_replayed(b, start + 60s);
  for (int i = 0; i < 5; ++i)
    clock.take_replayed(c, start + 48h + i * 1s);
  std::string stored;
  binary_writer out{stored};
  clock.encode(out);
  split_clock copy;
  binary_reader in{stored};
  REQUIRE(copy.decode(in));
  for (int i = 0; i < 5; ++i) {
    clock.take_replayed(c, start + 49h + i * 1s);
    copy.take_replayed(c, start + 49h + i * 1s);
  }
  CHECK(copy.watermark() == clock.watermark());
  CHECK(copy.watermark() == start + 48h);
  CHECK(copy.activity() == clock.activity());
}

TEST_CASE("a damaged stored clock is refused at every length") {
  split_clock clock;
  clock.take_replayed(a, start);
  clock.take_replayed(b, start + 48h);
  std::string stored;
  binary_writer out{stored};
  clock.encode(out);
  for (size_t length = 0; length < stored.size(); ++length) {
    binary_reader in{std::string_view{stored}.substr(0, length)};
    CHECK_FALSE(split_clock{}.decode(in));
  }
}

} // namespace split_clock_test

#include "runtime/node/split_clock.hpp"

#include <doctest/doctest.h>

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'700'000'000'000);
const sensor_key a{{"plant"}, {"a"}}, b{{"plant"}, {"b"}}, c{{"plant"}, {"c"}};

} // namespace

TEST_CASE("the first reading moves the watermark and is stamped with none") {
  split_clock clock;
  CHECK(clock.take(a, start + 48h, start).watermark == never);
  CHECK(clock.watermark() == start + 48h);
}

TEST_CASE("a reading is stamped with the largest time before it") {
  split_clock clock;
  clock.take(a, start, start);
  clock.take(b, start + 3s, start + 3s);
  const auto stamp = clock.take(a, start + 1s, start + 4s);
  CHECK(stamp.watermark == start + 3s);
  CHECK(clock.watermark() == start + 3s);
}

TEST_CASE("a reading more than ten seconds ahead of its arrival moves nothing") {
  split_clock clock;
  clock.take(a, start, start);
  clock.take(b, start + 12s, start + 1s);
  CHECK(clock.watermark() == start);
  clock.take(b, start + 11s, start + 1s);
  CHECK(clock.watermark() == start + 11s);
}

TEST_CASE("a repeat of a reading that was ahead moves nothing either, however late it comes") {
  split_clock clock;
  clock.take(a, start, start);
  clock.take(b, start + 60s, start + 1s);
  clock.take(b, start + 60s, start + 55s);
  CHECK(clock.watermark() == start);
  clock.take(a, start + 60s, start + 55s);
  CHECK(clock.watermark() == start + 60s);
}

TEST_CASE("a repeat older than a minute before its sensor's newest is not recognised") {
  split_clock clock;
  clock.take(a, start, start);
  clock.take(b, start + 60s, start + 1s);
  clock.take(b, start + 121s, start + 61s - 1ms);
  clock.take(b, start + 60s, start + 55s);
  CHECK(clock.watermark() == start + 60s);
}

TEST_CASE("the activity clock counts a step as ten seconds at most") {
  split_clock clock;
  clock.take(a, start, start);
  clock.take(a, start + 4s, start + 4s);
  clock.take(a, start + 1h, start + 1h);
  CHECK(clock.activity() == 14s);
}

TEST_CASE("without arrival the tenth far-ahead reading in a row moves the time to the smallest of the ten") {
  split_clock clock;
  clock.take(a, start, std::nullopt);
  for (int i = 0; i < 9; ++i)
    CHECK(clock.take(b, start + 48h + i * 1s, std::nullopt).far_ahead);
  CHECK(clock.watermark() == start);
  CHECK_FALSE(clock.take(b, start + 47h, std::nullopt).far_ahead);
  CHECK(clock.watermark() == start + 47h);
}

TEST_CASE("an ordinary reading between them starts the count anew, a repeat does not") {
  split_clock clock;
  clock.take(a, start, std::nullopt);
  for (int i = 0; i < 9; ++i)
    clock.take(b, start + 48h + i * 1s, std::nullopt);
  clock.take(b, start + 48h, std::nullopt);
  CHECK(clock.watermark() == start);
  SUBCASE("ordinary") {
    clock.take(a, start + 1s, std::nullopt);
    clock.take(b, start + 50h, std::nullopt);
    CHECK(clock.watermark() == start + 1s);
  }
  SUBCASE("repeat") {
    clock.take(b, start + 50h, std::nullopt);
    CHECK(clock.watermark() == start + 48h);
  }
}

TEST_CASE("a reading exactly a day ahead is an ordinary one") {
  split_clock clock;
  clock.take(a, start, std::nullopt);
  CHECK_FALSE(clock.take(a, start + 24h, std::nullopt).far_ahead);
  CHECK(clock.watermark() == start + 24h);
}

TEST_CASE("a clock that was stored goes on as if nothing had happened") {
  split_clock clock;
  clock.take(a, start, start);
  clock.take(b, start + 60s, start + 1s);
  for (int i = 0; i < 5; ++i)
    clock.take(c, start + 48h + i * 1s, std::nullopt);
  std::string stored;
  binary_writer out{stored};
  clock.encode(out);
  split_clock copy;
  binary_reader in{stored};
  REQUIRE(copy.decode(in));
  for (int i = 0; i < 5; ++i) {
    clock.take(c, start + 49h + i * 1s, std::nullopt);
    copy.take(c, start + 49h + i * 1s, std::nullopt);
  }
  CHECK(copy.watermark() == clock.watermark());
  CHECK(copy.watermark() == start + 48h);
  CHECK(copy.activity() == clock.activity());
}

TEST_CASE("a damaged stored clock is refused at every length") {
  split_clock clock;
  clock.take(a, start, start);
  clock.take(b, start + 60s, start + 1s);
  std::string stored;
  binary_writer out{stored};
  clock.encode(out);
  for (size_t length = 0; length < stored.size(); ++length) {
    binary_reader in{std::string_view{stored}.substr(0, length)};
    CHECK_FALSE(split_clock{}.decode(in));
  }
}

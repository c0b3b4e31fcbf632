#include "actors/sensor/own_clock.hpp"

#include <doctest/doctest.h>

namespace own_clock_test {

using namespace millwright;

namespace {

/// A sensor among others: its own time and the split's, in seconds.
struct watched_clock {
  own_clock clock;
  set_back_settings settings;
  double split_time = 0;

  double take(double at, double split, int flags = 0) {
    split_time = std::max(split_time, split);
    reading r;
    r.time = ms(at);
    r.watermark = ms(split_time);
    r.activity = milliseconds{static_cast<int64_t>(split_time * 1000)};
    r.flags = static_cast<uint8_t>(flags);
    const auto back = clock.take(r, settings);
    if (!(flags & reading::ahead))
      split_time = std::max(split_time, at);
    return static_cast<double>(back.count()) / 1000;
  }
  static event_time ms(double seconds) { return from_epoch_ms(static_cast<int64_t>(seconds * 1000)); }

  /// Seconds of the set back at the first of `n` readings, `step` apart, that told of one; and at which (from 1).
  std::pair<double, int> follow(double at, double split, int n, double step, double split_step) {
    for (int i = 0; i < n; ++i)
      if (const double back = take(at + i * step, split + i * split_step); back > 0)
        return {back, i + 1};
    return {0, 0};
  }
};

} // namespace

TEST_CASE("a reading is out of order when it is older than the newest, ahead or not") {
  watched_clock c;
  c.take(100, 100);
  CHECK(c.clock.in_order(c.ms(100)));
  CHECK(!c.clock.in_order(c.ms(99.999)));
  c.take(90'000, 101, reading::ahead | reading::far_ahead);
  CHECK(!c.clock.in_order(c.ms(102)));
  CHECK(c.clock.newest() == c.ms(90'000));
}

TEST_CASE("between readings a sensor's time goes on with the activity clock of its last reading's split") {
  watched_clock c;
  c.take(100, 300);
  CHECK(c.clock.now(0, milliseconds{300'000}) == c.ms(100));
  CHECK(c.clock.now(0, milliseconds{325'000}) == c.ms(125));
  CHECK(c.clock.now(0, milliseconds{1000}) == c.ms(100));
  CHECK(c.clock.now(7, milliseconds{900'000}) == c.ms(100));
  // An older one changes nothing of that, but it has been heard.
  c.take(50, 310);
  CHECK(c.clock.now(0, milliseconds{325'000}) == c.ms(125));
  CHECK(c.clock.silent(0, milliseconds{325'000}) == milliseconds{15'000});
}

TEST_CASE("what a reading itself moves its split's time by has not passed since") {
  watched_clock c;
  c.take(100, 100);
  reading r;
  r.time = c.ms(130);
  r.watermark = c.ms(100);
  r.activity = milliseconds{100'000};
  c.clock.take(r, c.settings);
  // The split's clock counted ten of the thirty seconds.
  CHECK(c.clock.silent(0, milliseconds{110'000}).count() == 0);
  CHECK(c.clock.silent(0, milliseconds{111'000}).count() == 1000);
}

TEST_CASE("a clock that was set back an hour is followed at the tenth reading, a minute of the split's time on") {
  watched_clock c;
  c.follow(4000, 4000, 10, 10, 10);
  CHECK(c.follow(500, 4100, 20, 10, 10) == std::pair{4090.0 - 590, 10});
  CHECK(c.clock.newest() == c.ms(590));
  CHECK(c.clock.now(0, milliseconds{4'200'000}) == c.ms(600));
  CHECK(c.clock.in_order(c.ms(600)));
}

TEST_CASE("ten readings in a few seconds are not enough: it takes a minute") {
  watched_clock c;
  c.take(4000, 4000);
  CHECK(c.follow(500, 4001, 100, 1, 1) == std::pair{4000.0 - 560, 61});
}

TEST_CASE("a buffer that is flushed is no clock set back: it comes closer fast") {
  watched_clock c;
  c.take(4000, 4000);
  CHECK(c.follow(1000, 4001, 290, 10, 1).second == 0);
}

TEST_CASE("older readings with one in order between them are no clock set back") {
  watched_clock c;
  c.take(4000, 4000);
  for (int i = 0; i < 20; ++i) {
    CHECK(c.follow(500 + i * 100, 4010 + i * 100, 9, 10, 10).second == 0);
    c.take(4100 + i * 100, 4100 + i * 100);
  }
}

TEST_CASE("the same reading again and again is no clock set back") {
  watched_clock c;
  c.take(4000, 4000);
  CHECK(c.follow(500, 4010, 100, 0, 10).second == 0);
}

TEST_CASE("where the split's time stands still, since nobody else speaks, a minute of the sensor's own time counts") {
  watched_clock c;
  c.take(4000, 4000);
  CHECK(c.follow(500, 4000, 20, 10, 0) == std::pair{4000.0 - 590, 10});
  watched_clock fast;
  fast.take(4000, 4000);
  CHECK(fast.follow(500, 4000, 100, 1, 0) == std::pair{4000.0 - 560, 61});
}

TEST_CASE("one stamp a day ahead is forgotten as a clock that was set back") {
  watched_clock c;
  c.follow(4000, 4000, 10, 10, 10);
  c.take(90'000, 4100, reading::ahead | reading::far_ahead);
  CHECK(c.follow(4110, 4100, 20, 10, 10) == std::pair{90'000.0 - 4200, 10});
}

TEST_CASE("a buffer that is flushed before the clock is set back does not hide that it was") {
  watched_clock c;
  c.take(4000, 4000);
  CHECK(c.follow(0, 4001, 50, 10, 0.1).second == 0);
  CHECK(c.follow(600, 4010, 30, 10, 10).second > 0);
}

TEST_CASE("a clock is stored as it is, in the middle of what it follows too") {
  watched_clock c;
  c.follow(4000, 4000, 3, 10, 10);
  c.follow(500, 4100, 5, 10, 10);
  std::string bytes;
  binary_writer out{bytes};
  c.clock.encode(out);
  watched_clock read = c;
  read.clock = {};
  binary_reader in{bytes};
  read.clock.decode(in);
  REQUIRE(in.ok());
  REQUIRE(in.at_end());
  CHECK(read.follow(550, 4150, 10, 10, 10) == c.follow(550, 4150, 10, 10, 10));
  CHECK(read.clock.newest() == c.clock.newest());
}

} // namespace own_clock_test

#include "actors/kit/split_times.hpp"

#include <doctest/doctest.h>

namespace split_times_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

const event_time start = from_epoch_ms(1'767'225'600'000);

// Lived 100 s, leapt an hour, lived 50 s.
split_times leapt_once() {
  split_times out;
  out.split = 3;
  out.leaps = {{110s, start + 100s, start + 1h}};
  out.time = start + 1h + 50s;
  out.activity = 160s;
  return out;
}

split_times standing(uint16_t split, event_time time) {
  return {split, time, 0ms, {}};
}

} // namespace

TEST_CASE("a split's time goes with its activity clock, but for leaps") {
  const auto times = leapt_once();
  CHECK(times.time_at(160s) == start + 1h + 50s);
  CHECK(times.time_at(111s) == start + 1h + 1s);
  CHECK(times.time_at(110s) == start + 1h);
  CHECK(times.time_at(105s) == start + 1h);
  CHECK(times.time_at(100s) == start + 100s);
  CHECK(times.time_at(30s) == start + 30s);
}

TEST_CASE("where a barrier fell makes no difference to when the clock reached something") {
  split_times before;
  before.time = start + 60s;
  before.activity = 60s;
  CHECK(before.time_at(45s) == leapt_once().time_at(45s));
}

TEST_CASE("time that passed survives its stored form, and damage is noticed") {
  time_passed time{start, start + 1h, {leapt_once()}};
  std::string bytes;
  binary_writer writer{bytes};
  time.encode(writer);
  time_passed read;
  binary_reader reader{bytes};
  REQUIRE(read.decode(reader));
  CHECK(read == time);
  CHECK(read.of(3)->activity == 160s);
  CHECK(read.of(4) == nullptr);
  for (size_t length = 0; length < bytes.size(); ++length) {
    binary_reader cut{std::string_view{bytes}.substr(0, length)};
    CHECK_FALSE(read.decode(cut));
  }
}

TEST_CASE("windows close by the slowest split that speaks, and by the slowest of all where none does") {
  time_sum some;
  some.add(standing(0, start + 60s), false);
  some.add(standing(1, start), true);
  some.add(standing(2, start + 20s), false);
  some.add(standing(3, start + 80s), true);
  some.add(standing(4, never), true);
  const auto now = some.done();
  CHECK(now.closing == start + 20s);
  CHECK(now.newest == start + 80s);
  CHECK(now.splits ==
        std::vector{standing(0, start + 60s), standing(1, start), standing(2, start + 20s), standing(3, start + 80s)});
  time_sum silent;
  silent.add(standing(0, start + 60s), true);
  silent.add(standing(1, start + 20s), true);
  CHECK(silent.done().closing == start + 20s);
  CHECK(time_sum{}.done() == time_passed{});
}

TEST_CASE("a split that speaks and has given nothing holds windows back, unless everything has ended") {
  for (const bool silent : {false, true}) {
    time_sum going, ended;
    for (auto* const each : {&going, &ended}) {
      each->add(standing(0, start), silent);
      each->add(standing(1, never), false);
    }
    const auto now = going.done();
    CHECK(now.closing == never);
    CHECK(now.newest == start);
    CHECK(now.splits.size() == 1);
    CHECK(ended.done(true).closing == start);
  }
}

} // namespace split_times_test

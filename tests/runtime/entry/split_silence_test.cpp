#include "runtime/entry/split_silence.hpp"

#include <doctest/doctest.h>

namespace split_silence_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr std::optional<milliseconds> unset;

struct split {
  split_silence silence;
  int64_t now = 5'000'000;
  int pages = 0;

  split() { silence.listen(now); }
  /// Pauses in steps of 100 ms, as a node looks; counts how often it would have been called silent.
  void pause(milliseconds time, bool at_end = true) {
    bool silent = false;
    for (int64_t passed = 0; passed < time.count(); passed += 100) {
      now += 100;
      if (!silent && silence.silent(now, unset)) {
        silent = true;
        ++pages;
      }
    }
    silence.heard(now, at_end);
  }
};

} // namespace

TEST_CASE("a sensor that speaks each 90 s, alone in its partition, is never silent") {
  split s;
  for (int i = 0; i < 100; ++i)
    s.pause(90s);
  CHECK(s.pages == 0);
  CHECK(s.silence.limit(unset) == 270s);
}

TEST_CASE("sensors that all speak at once each 90 s are never silent either") {
  split s;
  for (int i = 0; i < 40; ++i) {
    s.pause(80s);
    for (int sensor = 0; sensor < 50; ++sensor)
      s.pause(200ms);
  }
  CHECK(s.pages == 0);
}

TEST_CASE("a busy partition is silent after a minute") {
  split s;
  for (int i = 0; i < 3000; ++i)
    s.pause(100ms);
  CHECK(s.silence.limit(unset) == 60s);
  s.pause(59s);
  CHECK(s.pages == 0);
  for (int i = 0; i < 3000; ++i)
    s.pause(100ms);
  CHECK(s.silence.limit(unset) == 177s);
  s.pause(178s);
  CHECK(s.pages == 1);
}

TEST_CASE("the limit is the longest of the last twenty pauses over a second, three times, within its bounds") {
  split s;
  s.pause(10min);
  for (int i = 0; i < 300; ++i)
    s.pause(900ms);
  s.pause(25min);
  CHECK(s.silence.limit(unset) == 1h);
  for (int i = 0; i < 19; ++i)
    s.pause(30s);
  CHECK(s.silence.limit(unset) == 1h);
  s.pause(30s);
  CHECK(s.silence.limit(unset) == 90s);
  s.pause(3h);
  CHECK(s.silence.limit(unset) == 270min);
}

TEST_CASE("a split that was listened to for less than its limit is silent after an hour only, or its longest time") {
  split fresh;
  CHECK(fresh.silence.limit(unset) == 1h);
  for (int i = 0; i < 590; ++i)
    fresh.pause(100ms);
  CHECK(fresh.silence.limit(unset) == 1h);
  // The first reading is behind nobody's pause, so that a minute takes another one.
  for (int i = 0; i < 11; ++i)
    fresh.pause(100ms);
  CHECK(fresh.silence.limit(unset) == 60s);
  split unhurried;
  unhurried.pause(100ms);
  unhurried.pause(10min);
  CHECK(unhurried.silence.limit(unset) == 1h);
  for (int i = 0; i < 11; ++i)
    unhurried.pause(100s);
  CHECK(unhurried.silence.limit(unset) == 1h);
  unhurried.pause(100s);
  CHECK(unhurried.silence.limit(unset) == 30min);
}

TEST_CASE("a split that falls silent in its first minute is silent after an hour, and not before") {
  split s;
  for (int i = 0; i < 300; ++i)
    s.pause(100ms);
  s.now += 3'600'000;
  CHECK_FALSE(s.silence.silent(s.now, unset));
  CHECK(s.silence.silent(s.now + 1, unset));
}

TEST_CASE("what was set counts in place of the pauses") {
  split s;
  for (int i = 0; i < 20; ++i)
    s.pause(90s);
  CHECK(s.silence.limit(milliseconds{2s}) == 2s);
  CHECK(s.silence.silent(s.now + 2001, milliseconds{2s}));
  CHECK_FALSE(s.silence.silent(s.now + 2000, milliseconds{2s}));
}

TEST_CASE("pauses in a backlog, of a node that stood still, or before it was listened to, do not count") {
  split s;
  for (int i = 0; i < 3000; ++i)
    s.pause(100ms);
  s.pause(40s, false);
  CHECK(s.silence.limit(unset) == 60s);
  s.now += 50'000;
  s.silence.stood_still(50s);
  s.silence.heard(s.now, true);
  CHECK(s.silence.limit(unset) == 60s);
  s.now += 50'000;
  s.silence.listen(s.now);
  CHECK_FALSE(s.silence.last_heard());
  s.pause(40s);
  CHECK(s.silence.limit(unset) == 60s);
}

TEST_CASE("what is known of pauses survives a restart, and damage is refused") {
  split s;
  for (int i = 0; i < 30; ++i)
    s.pause(90s);
  std::string stored;
  binary_writer out{stored};
  s.silence.encode(out);
  split_silence copy;
  binary_reader in{stored};
  REQUIRE(copy.decode(in));
  CHECK(copy.limit(unset) == 270s);
  for (size_t length = 0; length < stored.size(); ++length) {
    binary_reader part{std::string_view{stored}.substr(0, length)};
    CHECK_FALSE(split_silence{}.decode(part));
  }
  std::string nonsense = "\x7f";
  binary_reader bad{nonsense};
  CHECK_FALSE(split_silence{}.decode(bad));
}

} // namespace split_silence_test

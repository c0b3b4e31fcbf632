#include "actors/sensor/state_detector.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <random>

namespace state_detector_test {

using namespace millwright;

namespace {

constexpr int64_t minute = 60'000, day = 24 * 60 * minute;

/// A machine with two loads, 0 and 10, each for 40 readings, a minute apart.
struct machine {
  state_settings settings;
  state_detector detector;
  int64_t at = 0;
  int i = 0;
  std::function<double(int)> noise = [](int) { return 0.0; };

  state_verdict say(double x) {
    const auto said = detector.take(x, from_epoch_ms(at), settings);
    at += minute;
    ++i;
    return said;
  }
  double load() const { return i / 40 % 2 ? 10 : 0; }
  /// As usual, up to a time; the largest s.
  double go_on(int64_t until) {
    double worst = 0;
    while (at < until)
      worst = std::max(worst, say(load() + noise(i)).departure.s);
    return worst;
  }
  /// Another value for so many readings; what was said last.
  state_verdict hold(double x, int readings) {
    state_verdict said;
    for (int n = 0; n < readings; ++n)
      said = say(x);
    return said;
  }
};

std::string stored(const state_detector& x, double last, bool changes = false) {
  std::string bytes;
  binary_writer out{bytes};
  x.encode(out, from_epoch_ms(day), last, changes);
  return bytes;
}

} // namespace

TEST_CASE("the first 400 readings are learned, and not judged") {
  machine m;
  for (int n = 0; n < 400; ++n)
    REQUIRE(m.say(n == 399 ? 1e6 : m.load()).learning);
  CHECK(!m.say(0).learning);
}

TEST_CASE("on the first day the level alone is judged, by a band that gives way; what it gave way to is adapted") {
  machine m;
  m.go_on(440 * minute);
  auto said = m.hold(20, 30);
  CHECK(said.departure.s > 1);
  CHECK(said.departure.which == state_feature::level);
  CHECK(said.departure.lo == doctest::Approx(0));
  CHECK(said.departure.hi > 10);
  CHECK(!said.experienced);
  int readings = 0;
  while (said.outside() && ++readings < 2000)
    said = m.say(20);
  REQUIRE(!said.outside());
  CHECK(readings > 500);
  CHECK(said.adapted);
  said = m.hold(5, 60);
  CHECK(!said.outside());
  CHECK(!said.adapted);
  CHECK(said.inside_for.count() > 59 * minute);
}

TEST_CASE("a band that was not tried out twice says nothing; the more often it was, the less it takes") {
  machine once;
  for (int n = 0; n < 1441; ++n)
    once.say(5);
  CHECK(once.hold(500, 50).departure.s == 0);
  double least[2];
  for (const int days : {1, 5}) {
    machine m;
    m.go_on(days * day + 41 * minute);
    double step = 10;
    for (machine tried = m; tried.hold(step, 60).departure.s <= 1; tried = m)
      step += 0.25;
    least[days == 5] = step;
  }
  CHECK(least[1] < least[0]);
  // 0.25 + 3 / T of a width of 10.
  CHECK(least[1] >= 12.5);
  CHECK(least[1] < 13.1);
}

TEST_CASE("what happens within the learning time is normal once its day is over") {
  machine m;
  m.go_on(2 * day);
  CHECK(m.hold(20, 60).departure.s > 1);
  m.go_on(3 * day + 41 * minute);
  m.go_on(4 * day);
  CHECK(m.hold(20, 60).departure.s < 0.1);
}

TEST_CASE("after the learning time, what pages becomes normal only when it comes a second time") {
  machine m;
  m.go_on(8 * day);
  auto said = m.hold(20, 60);
  CHECK(said.departure.s > 2);
  CHECK(said.experienced);
  m.go_on(10 * day);
  CHECK(m.hold(20, 60).departure.s > 2);
  m.go_on(12 * day);
  CHECK(m.hold(20, 60).departure.s < 1);
}

TEST_CASE("what is outside when a day ends, and inside afterwards, has been adapted to") {
  machine m;
  m.go_on(3 * day - 60 * minute);
  REQUIRE(m.hold(20, 60).outside());
  REQUIRE(m.at == 3 * day);
  for (int n = 0; n < 60; ++n) {
    const auto said = m.say(20);
    CHECK(!said.outside());
    CHECK(said.adapted);
  }
}

TEST_CASE("a band that more than doubles has to be tried out anew") {
  machine m;
  m.go_on(2 * day);
  m.hold(100, 60);
  m.go_on(3 * day - 30 * minute);
  m.hold(0, 35);
  const auto said = m.hold(1000, 30).departure;
  CHECK((said.s == 0 || said.which != state_feature::level));
}

TEST_CASE("each feature finds what the others do not") {
  std::mt19937_64 random{1};
  std::normal_distribution<double> normal{0, 1};
  for (const auto which : {state_feature::level, state_feature::trend, state_feature::spread}) {
    machine m;
    m.noise = [&](int) { return normal(random); };
    for (; m.at < 9 * day;)
      m.say(m.noise(0));
    state_verdict worst;
    for (int n = 0; n < 600; ++n) {
      const double x = which == state_feature::level   ? normal(random) + 6
                       : which == state_feature::trend ? normal(random) + 1.5
                                                       : 4 * normal(random);
      const auto said = m.say(x);
      if (said.departure.which == which && said.departure.s > worst.departure.s)
        worst = said;
    }
    CAPTURE(name_of(which));
    CHECK(worst.departure.s > 1);
  }
}

TEST_CASE("a clock that is set back moves the days with it") {
  machine m, moved;
  m.go_on(2 * day);
  moved = m;
  moved.detector.move_back(milliseconds{day});
  moved.at -= day;
  for (int n = 0; n < 3000; ++n) {
    const double x = n % 700 > 600 ? 20 : m.load();
    const auto a = m.say(x), b = moved.say(x);
    REQUIRE(a.departure.s == b.departure.s);
    REQUIRE(a.adapted == b.adapted);
  }
}

TEST_CASE("what is stored, whole or as changes behind a whole, goes on as if nothing had happened; changes are small") {
  std::mt19937_64 random{7};
  std::normal_distribution<double> normal{0, 1};
  for (const int64_t until :
       {0l, 10 * minute, 300 * minute, 401 * minute, 500 * minute, 2 * day, 9 * day + 60 * minute}) {
    machine m;
    m.noise = [&](int) { return normal(random); };
    m.go_on(until);
    const auto whole = stored(m.detector, 99);
    machine read = m;
    binary_reader in{whole};
    read.detector = {};
    read.detector.decode(in, from_epoch_ms(day), 99, false);
    REQUIRE(in.ok());
    REQUIRE(in.at_end());
    CHECK(stored(read.detector, 99) == whole);
    m.detector.kept();
    for (int round = 0; round < 4; ++round) {
      for (int n = 0; n < 400; ++n)
        m.say(m.load() + normal(random));
      const auto changes = stored(m.detector, 99, true);
      if (round == 0 && until > 9 * day)
        CHECK(changes.size() < 140);
      machine behind = read;
      binary_reader more{changes};
      behind.detector.decode(more, from_epoch_ms(day), 99, true);
      REQUIRE(more.ok());
      REQUIRE(more.at_end());
      REQUIRE(stored(behind.detector, 99) == stored(m.detector, 99));
      // And what it then calls changed holds behind the first whole as well.
      behind.say(3);
      m.say(3);
      REQUIRE(stored(behind.detector, 99, true) == stored(m.detector, 99, true));
    }
  }
}

} // namespace state_detector_test

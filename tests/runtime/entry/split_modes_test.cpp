#include "runtime/entry/split_modes.hpp"

#include <doctest/doctest.h>

#include <random>

namespace split_modes_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr event_time start = from_epoch_ms(1'790'000'000'000);
const mode_key power{"main", {"PW-301", true, 5, 60s}};
const operating_mode running{judged_by_sensors, {power.of}};

/// A split whose clocks go on together.
struct lived_split {
  split_modes modes;

  bool take(milliseconds at, double value) { return modes.take(power, value, start + at, start + at, at); }
  std::vector<mode_key> pass(milliseconds at) {
    return modes.due(at) ? modes.pass(start + at, at) : std::vector<mode_key>{};
  }
  bool runs() const { return modes.hold("main", running); }
};

split_modes stored_and_read(const split_modes& modes) {
  std::string bytes;
  binary_writer out{bytes};
  modes.encode(out);
  binary_reader in{bytes};
  split_modes copy;
  REQUIRE(copy.decode(in));
  REQUIRE(in.at_end());
  return copy;
}

} // namespace

TEST_CASE("a condition holds once its sensor has stood beyond the bound for long enough, and ends at once") {
  lived_split x;
  CHECK(x.take(0s, 40));
  CHECK_FALSE(x.runs());
  CHECK_FALSE(x.take(59s, 41));
  CHECK(x.take(60s, 40));
  CHECK(x.runs());
  CHECK(x.take(70s, 5));
  CHECK_FALSE(x.runs());
  CHECK_FALSE(x.take(80s, 40));
  CHECK_FALSE(x.take(139s, 40));
  CHECK(x.take(140s, 40));
}

TEST_CASE("a value stands until the next one: time alone makes it hold") {
  lived_split x;
  x.take(0s, 40);
  CHECK(x.pass(59s).empty());
  CHECK(x.pass(60s) == std::vector{power});
  CHECK(x.runs());
  CHECK_FALSE(x.modes.due(1h));
}

TEST_CASE("below is the other side, and without a time it holds at once") {
  split_modes modes;
  const mode_key idle{"main", {"PW-301", false, 5, 0ms}};
  CHECK(modes.take(idle, 4.9, start, start, 0ms));
  CHECK(modes.hold("main", {judged_by_sensors, {idle.of}}));
  CHECK(modes.take(idle, 5, start + 1s, start + 1s, 1s));
  CHECK_FALSE(modes.hold("main", {judged_by_sensors, {idle.of}}));
  CHECK_FALSE(modes.hold("other", {judged_by_sensors, {idle.of}}));
}

TEST_CASE("of several all have to hold") {
  split_modes modes;
  const mode_key warm{"main", {"TI-1", true, 80, 0ms}}, open{"main", {"V-1", true, 0.5, 0ms}};
  const operating_mode both{judged_by_sensors, {warm.of, open.of}};
  modes.take(warm, 90, start, start, 0ms);
  modes.take(open, 0, start, start, 0ms);
  CHECK_FALSE(modes.hold("main", both));
  modes.take(open, 1, start + 1s, start + 1s, 1s);
  CHECK(modes.hold("main", both));
  CHECK(modes.hold("main", operating_mode{}));
}

TEST_CASE("what nobody has said does not hold, and does when its sensor keeps still for ten minutes") {
  lived_split x;
  CHECK_FALSE(x.runs());
  x.modes.ask(power, 5s);
  CHECK_FALSE(x.runs());
  CHECK(x.pass(604s).empty());
  CHECK(x.pass(605s) == std::vector{power});
  CHECK(x.runs());
  CHECK_FALSE(x.modes.find(power)->known);
  CHECK(x.take(700s, 0));
  CHECK_FALSE(x.runs());
}

TEST_CASE("a repeat and a reading that came late decide nothing; a clock that was set back is followed") {
  lived_split x;
  x.take(0s, 40);
  x.take(60s, 40);
  CHECK_FALSE(x.modes.take(power, 0, start + 60s, start + 61s, 61s));
  CHECK_FALSE(x.modes.take(power, 0, start + 1s, start + 62s, 62s));
  CHECK(x.runs());
  CHECK(x.modes.take(power, 0, start - 30min, start + 63s, 63s));
  CHECK_FALSE(x.runs());
}

TEST_CASE("what another split's readings decided holds; older news is none, and its own readings go on behind it") {
  lived_split x;
  CHECK(x.modes.tell(power, true, 7));
  CHECK(x.runs());
  CHECK_FALSE(x.modes.tell(power, false, 7));
  CHECK_FALSE(x.modes.tell(power, false, 6));
  CHECK(x.runs());
  CHECK(x.modes.tell(power, false, 8));
  CHECK_FALSE(x.runs());
  x.take(0s, 40);
  CHECK(x.take(60s, 40));
  CHECK(x.modes.find(power)->number > 8);
}

TEST_CASE("conditions that nobody names any more are forgotten") {
  lived_split x;
  x.take(0s, 40);
  x.modes.keep([](const mode_key&) { return false; });
  CHECK(x.modes.all().empty());
  CHECK_FALSE(x.modes.due(1h));
}

TEST_CASE("a damaged stored mode is refused at every length") {
  lived_split x;
  x.take(0s, 40);
  std::string bytes;
  binary_writer out{bytes};
  x.modes.encode(out);
  for (size_t length = 0; length < bytes.size(); ++length) {
    binary_reader in{std::string_view{bytes}.substr(0, length)};
    split_modes copy;
    CHECK_FALSE(copy.decode(in));
  }
}

TEST_CASE("whatever the readings, and wherever a run is broken off, modes are those of an uninterrupted run") {
  const std::vector<mode_key> keys{{"main", {"A", true, 5, 60s}},
                                   {"main", {"A", false, 2, 0ms}},
                                   {"main", {"B", true, 5, 10s}},
                                   {"east", {"A", true, 5, 60s}}};
  for (uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 random{seed};
    struct step {
      int what;
      size_t key;
      double value;
      milliseconds at;
      milliseconds off;
      uint64_t number;
    };
    std::vector<step> steps;
    milliseconds at{0};
    for (int i = 0; i < 200; ++i) {
      at += milliseconds{random() % 20'000};
      steps.push_back({static_cast<int>(random() % 10), random() % keys.size(), static_cast<double>(random() % 10), at,
                       milliseconds{random() % 5 == 0 ? random() % 3'000'000 : 0}, random() % 100});
    }
    const auto live = [&](split_modes& modes, const step& x) {
      std::string stamps;
      if (modes.due(x.at))
        modes.pass(start + x.at, x.at);
      const auto& key = keys[x.key];
      if (x.what < 7)
        modes.take(key, x.value, start + x.at - x.off, start + x.at, x.at);
      else if (x.what < 9)
        modes.ask(key, x.at);
      else
        modes.tell(key, x.number % 2 == 0, x.number);
      for (const auto& each : keys)
        stamps += modes.hold(each.facility, {judged_by_sensors, {each.of}}) ? '1' : '0';
      return stamps;
    };
    split_modes whole;
    std::vector<std::string> expected;
    for (const auto& each : steps)
      expected.push_back(live(whole, each));
    split_modes broken, committed;
    size_t committed_at = 0;
    for (size_t i = 0; i < steps.size(); ++i) {
      CHECK(live(broken, steps[i]) == expected[i]);
      if (random() % 7 == 0) {
        committed = stored_and_read(broken);
        committed_at = i + 1;
      }
      if (random() % 11 == 0) {
        broken = stored_and_read(committed);
        for (size_t again = committed_at; again <= i; ++again)
          CHECK(live(broken, steps[again]) == expected[again]);
      }
    }
    CHECK(broken == whole);
  }
}

} // namespace split_modes_test

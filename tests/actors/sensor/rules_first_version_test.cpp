// What version 0.1.0 wrote of a sensor's rules: it knew no order of the sensor's own, and paged once an alarm.
#include "tests/actors/sensor/watched_sensor.hpp"

#include <doctest/doctest.h>

namespace rules_first_version_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

// Six readings, 10 s apart, of a sensor with limits 0, 10, 30, 40; then 41 at 60 s.
constexpr std::string_view beyond_high_high =
    "0160ea000000000000e0d403110b74656d706572617475726500000000070700000001000000000080444000000000000033406f4bbb"
    "93b6f83540cfaf495e09803940010106904e904e904e904e904e904e07000000000000334000000000008044400007aed11aadd11a05"
    "40c0a9070000000000000000000000000000070000000000003740000000000000000000000018070000000000003740000000000000"
    "374000000000000078400000000000807f40000000000080444000000000000000000000000000000000000000000000000000000000"
    "00000000001e070000000000003540000000000000344055555555555534400000000000003440333333333333344000000000000034"
    "40000000000000374001000c04b40101010100000101";
// The same, then silence until 100 s.
constexpr std::string_view silent =
    "0150c3000000000000d08603130b74656d70657261747572650000000006060000000100000000000033400000000000003540a35029"
    "2bc3a8344059bedf51e817e23f010105904e904e904e904e904e0600000000000033400000000000003540000654b0055bb005dbbfa0"
    "8d0600000000000000000000000000000600000000000034400000000000000000000000180600000000000034400000000000003440"
    "000000000000184000000000000034400000000000003340000000000000000000000000000000000000000000000000000000000000"
    "0000001e0600000000000035400000000000003440555555555555344000000000000034403333333333333440000000000000344001"
    "050c02500101e1d403000001e1d403";
// The same, then 31 at 60 s.
constexpr std::string_view waits_for_high =
    "0160ea000000000000e0d403110b74656d7065726174757265000000000707000000010000000000003f400000000000003340cab668"
    "498d533540f5c4e6f53fee1b40010106904e904e904e904e904e904e0700000000000033400000000000003f400007a5355aa3355af3"
    "3fc0a9070000000000000000000000000000072549922449923540000000000000000000000018072549922449923540254992244992"
    "3540dab66ddbb66d5b4000000000008064400000000000003f4000000000000000000000000000000000000000000000000000000000"
    "00000000001e070000000000003540000000000000344055555555555534400000000000003440333333333333344000000000000034"
    "402549922449923540010001030000000000e1d40300";

struct old_sensor : watched_sensor {
  explicit old_sensor(std::string_view digits) {
    context.thresholds = {0, 10, 30, 40, absent};
    windows = false;
    largest_ms = 60'000;
    std::string bytes;
    for (size_t i = 0; i < digits.size(); i += 2)
      bytes += static_cast<char>(std::stoi(std::string{digits.substr(i, 2)}, nullptr, 16));
    binary_reader in{bytes};
    REQUIRE(rules.decode(in));
    REQUIRE(in.at_end());
  }
};

} // namespace

TEST_CASE("a limit alarm that a former version stored stands, has paged, and clears") {
  old_sensor s{beyond_high_high};
  CHECK(s.rules.states().has(rule::limit));
  s.at(70, 42);
  CHECK(s.story(rule::limit).empty());
  s.hold(80, 120, 20, 10);
  CHECK(s.story(rule::limit) == story{"cleared@110"});
  CHECK(s.out.transitions[0].alarm ==
        alarm_id_of({{"plant-a"}, {"TI-101"}, {"pump-7"}, rule::limit}, from_epoch_ms(60'000), 1));
  CHECK(s.out.transitions[0].number == 2);
}

TEST_CASE("a silence that a former version stored has paged, pages no second time, and is over at the next reading") {
  old_sensor s{silent};
  CHECK(s.rules.states().has(rule::stale));
  s.sweep(5000);
  CHECK(s.story(rule::stale).empty());
  s.at(5001, 20);
  CHECK(s.story(rule::stale) == story{"cleared@5001"});
}

TEST_CASE("a high that waited when a former version stored it is raised by the next reading that is still outside") {
  old_sensor s{waits_for_high};
  s.sweep(75);
  CHECK(s.story(rule::limit).empty());
  s.at(90, 31);
  CHECK(s.story(rule::limit) == story{"raised@90 high 60 pages"});
  old_sensor back{waits_for_high};
  back.at(90, 20);
  back.at(100, 31);
  CHECK(back.story(rule::limit).empty());
}

TEST_CASE("rules of a newer version are refused") {
  watched_sensor s;
  auto bytes = s.encoded();
  bytes[0] = 6;
  binary_reader in{bytes};
  CHECK(!s.rules.decode(in));
}

} // namespace rules_first_version_test

#include "runtime/watch/quality_watch.hpp"

#include <doctest/doctest.h>

namespace quality_watch_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr quality_watch::time_point start{1h};

std::string told(std::initializer_list<double> qualities, quality_scale scale = quality_scale::unit) {
  quality_watch watch{scale};
  for (const double each : qualities)
    watch.odd(each);
  const auto verdict = watch.look(start, qualities.size());
  REQUIRE(verdict);
  CHECK(verdict->bad);
  return verdict->text;
}

bool says(const std::string& text, const char* what) {
  CAPTURE(text);
  return text.find(what) != std::string::npos;
}

} // namespace

TEST_CASE("qualities of another scale are told with the values seen, the setting and the scale that they look like") {
  const auto text = told({192, 24, 192, 192});
  CHECK(says(text, "4 readings"));
  CHECK(says(text, "outside 0..1"));
  CHECK(says(text, ": 192, 24."));
  CHECK(says(text, "source.quality"));
  CHECK(says(text, "look like opc_da"));
  CHECK(says(told({97, 98.5}), "look like percent"));
  CHECK(says(told({0x80310000, 0x40000000}), "look like opc_ua"));
  CHECK(says(told({0x80310000, 0x40000000}), "2150694912"));
  CHECK_FALSE(says(told({-5}), "look like"));
  CHECK_FALSE(says(told({1e300, 7}), "look like"));
  CHECK(says(told({128}, quality_scale::opc_da), "outside a quality word of OPC DA"));
}

TEST_CASE("of many values the first six are named") {
  const auto text = told({2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(says(text, ": 2, 3, 4, 5, 6, 7, ..."));
  CHECK(says(text, "8 readings"));
}

TEST_CASE("it is over when readings came for ten minutes without an odd quality, not when nothing comes") {
  quality_watch watch{quality_scale::unit};
  CHECK_FALSE(watch.look(start, 0));
  watch.odd(192);
  CHECK(watch.look(start + 1s, 5)->bad);
  CHECK_FALSE(watch.look(start + 5min, 10));
  watch.odd(192);
  CHECK(watch.look(start + 6min, 11)->bad);
  CHECK_FALSE(watch.look(start + 15min, 500));
  const auto over = watch.look(start + 16min, 600);
  REQUIRE(over);
  CHECK_FALSE(over->bad);
  watch.odd(24);
  REQUIRE(watch.look(start + 17min, 601)->bad);
  CHECK_FALSE(watch.look(start + 10h, 601));
  CHECK_FALSE(watch.look(start + 10h, 602)->bad);
}

TEST_CASE("a condition that a former run left ends likewise") {
  quality_watch watch{quality_scale::percent};
  CHECK_FALSE(watch.look(start, 0));
  CHECK_FALSE(watch.look(start + 9min, 50));
  const auto over = watch.look(start + 10min, 60);
  REQUIRE(over);
  CHECK_FALSE(over->bad);
}

} // namespace quality_watch_test

#include "runtime/watch/input_watch.hpp"

#include <doctest/doctest.h>

namespace input_watch_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

constexpr input_watch::time_point start{1h};

} // namespace

TEST_CASE("a minute with more than one in a hundred rejected is bad and says why, with an example") {
  input_watch watch{0.01};
  watch.look(start);
  for (int i = 0; i < 98; ++i)
    watch.accepted();
  watch.rejected(rejection::not_json, "{oops");
  watch.rejected(rejection::not_json, "second");
  CHECK_FALSE(watch.look(start + 59s));
  const auto verdict = watch.look(start + 60s);
  REQUIRE(verdict);
  CHECK(verdict->bad);
  CHECK(verdict->text.find("2 of 100") != std::string::npos);
  CHECK(verdict->text.find("not-json") != std::string::npos);
  CHECK(verdict->text.find("{oops") != std::string::npos);
}

TEST_CASE("exactly one in a hundred is not bad, and each minute counts for itself") {
  input_watch watch{0.01};
  watch.look(start);
  for (int i = 0; i < 99; ++i)
    watch.accepted();
  watch.rejected(rejection::future, "x");
  const auto first = watch.look(start + 60s);
  REQUIRE(first);
  CHECK_FALSE(first->bad);
  watch.accepted();
  const auto second = watch.look(start + 120s);
  REQUIRE(second);
  CHECK_FALSE(second->bad);
}

TEST_CASE("a minute without any reading says nothing") {
  input_watch watch{0.01};
  watch.look(start);
  CHECK_FALSE(watch.look(start + 60s));
}

} // namespace input_watch_test

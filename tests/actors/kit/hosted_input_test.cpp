#include "actors/kit/hosted_input.hpp"

#include <doctest/doctest.h>

namespace hosted_input_test {

using namespace millwright;

namespace {

const event_time day_begins = from_epoch_ms(1'767'225'600'000);

hosted_input some_input() {
  hosted_input out;
  out.parts = {"one", "two"};
  out.notices = {{hosted_notice::kind::left, "TI-1"}, {hosted_notice::kind::told, "maintained"}};
  out.scores = {{"VI-1", day_begins, 0.25, risk_level::critical, true, false},
                {"VI-2", day_begins, 0.75, risk_level::normal, false, true}};
  out.time.closing = out.time.newest = day_begins;
  return out;
}

} // namespace

TEST_CASE("an input's encoded form holds all of it, and damage is noticed") {
  const auto input = some_input();
  std::string bytes;
  input.encode(bytes);
  hosted_input read;
  REQUIRE(read.decode(bytes));
  CHECK(read.parts == input.parts);
  CHECK(read.notices == input.notices);
  CHECK(read.scores == input.scores);
  CHECK(read.time == input.time);
  for (size_t length = 0; length < bytes.size(); ++length)
    CHECK_FALSE(read.decode(std::string_view{bytes}.substr(0, length)));
  CHECK_FALSE(read.decode(bytes + "x"));
  auto newer = bytes;
  newer[0] = 3;
  CHECK_FALSE(read.decode(newer));
}

TEST_CASE("an input that was stored before there were scores is read as one without") {
  auto input = some_input();
  input.scores.clear();
  std::string bytes;
  input.encode(bytes);
  // Behind the notices nothing stood, not even a count.
  bytes.pop_back();
  bytes[0] = 1;
  hosted_input read;
  REQUIRE(read.decode(bytes));
  CHECK(read.notices == input.notices);
  CHECK(read.scores.empty());
}

} // namespace hosted_input_test

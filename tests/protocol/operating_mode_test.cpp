#include "protocol/operating_mode.hpp"

#include <doctest/doctest.h>

namespace operating_mode_test {

using namespace millwright;
using namespace std::chrono_literals;

TEST_CASE("a mode is read as its text has it, and equal modes are equal texts") {
  operating_mode mode{{}, {{"PW-301", true, 5, 60s}, {"TI-1", false, -0.25, 0ms}}};
  mode.rules.put(rule::limit);
  CHECK(operating_mode::of(mode.text()) == mode);
  CHECK(operating_mode::of(mode.text())->text() == mode.text());
  CHECK(operating_mode{}.text().empty());
  CHECK(operating_mode::of({}) == operating_mode{});
}

TEST_CASE("a text that is no mode is told from one") {
  const auto text = operating_mode{judged_by_sensors, {{"PW-301", true, 5, 60s}}}.text();
  for (size_t length = 1; length < text.size(); ++length)
    CHECK_FALSE(operating_mode::of(std::string_view{text}.substr(0, length)));
}

TEST_CASE("people read when rules hold") {
  const operating_mode mode{judged_by_sensors, {{"PW-301", true, 5, 60s}, {"TI-1", false, 80, 0ms}}};
  CHECK(mode.reason() == "not judged: its rules hold while PW-301 is above 5 for 1 min and TI-1 is below 80");
}

} // namespace operating_mode_test

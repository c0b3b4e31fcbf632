#include "runtime/decisions/sensor_word.hpp"

#include <doctest/doctest.h>

namespace sensor_word_test {

using namespace millwright;

namespace {

const event_time day_begins = from_epoch_ms(1'767'225'600'000);
const sensor_word said{{{"main"}, {"TI \"1\""}}, sensor_word::kind::relearn, day_begins, "Anna\nA", "ann"};

} // namespace

TEST_CASE("what a person has a sensor do is kept as a line of JSON, and read as it was said") {
  const auto content = said.content();
  CHECK(content == R"({"facility_id":"main","sensor_id":"TI \"1\"","what":"relearn","at":1767225600000,)"
                   R"("by":"Anna\nA","user":"ann"})");
  CHECK(sensor_word::of(content) == said);
  using kind = sensor_word::kind;
  for (const auto what : {kind::relearn, kind::retire, kind::unretire}) {
    auto other = said;
    other.what = what;
    CHECK(sensor_word::of(other.content()) == other);
    CHECK(sensor_word_named(name_of(what)) == what);
  }
  CHECK_FALSE(sensor_word_named("forget"));
}

TEST_CASE("what is no such word is none") {
  const auto content = said.content();
  for (size_t length = 0; length < content.size(); ++length)
    CHECK_FALSE(sensor_word::of(std::string_view{content}.substr(0, length)));
  const auto other = [&](const std::string& from, const std::string& to) {
    auto text = content;
    return sensor_word::of(text.replace(text.find(from), from.size(), to));
  };
  CHECK_FALSE(other("\"relearn\"", "\"sing\""));
  CHECK_FALSE(other("\"relearn\"", "3"));
  CHECK_FALSE(other("1767225600000", "1e12"));
  CHECK_FALSE(other("1767225600000", "-9223372036854775808"));
  CHECK_FALSE(other("\"sensor_id\"", "\"unit_id\""));
}

} // namespace sensor_word_test

#include "runtime/decisions/maintenance_entry.hpp"

#include <doctest/doctest.h>

namespace maintenance_entry_test {

using namespace millwright;

namespace {

using kind = maintenance_report::kind;

const event_time day_begins = from_epoch_ms(1'767'225'600'000);

} // namespace

TEST_CASE("what a person says is kept as a line of JSON, and read as it was said") {
  const maintenance_entry said{{"main"}, "pump-1", {kind::begins, day_begins, "Anna \"A\"", "ann", "new\nbearing"}};
  const auto content = said.content();
  CHECK(content == R"({"facility_id":"main","equipment_id":"pump-1","what":"begin","at":1767225600000,)"
                   R"("by":"Anna \"A\"","user":"ann","note":"new\nbearing"})");
  CHECK(maintenance_entry::of(content) == said);
  for (const auto what : {kind::begins, kind::ends, kind::done})
    CHECK(maintenance_named(name_of(what)) == what);
  CHECK(!maintenance_named("started"));
}

TEST_CASE("what is no such line is none") {
  const maintenance_entry said{{"main"}, "pump-1", {kind::done, day_begins, {}, {}, {}}};
  const auto content = said.content();
  REQUIRE(maintenance_entry::of(content));
  for (size_t length = 0; length < content.size(); ++length)
    CHECK_FALSE(maintenance_entry::of(std::string_view{content}.substr(0, length)));
  const auto other = [&](const std::string& from, const std::string& to) {
    auto text = content;
    return maintenance_entry::of(text.replace(text.find(from), from.size(), to));
  };
  CHECK_FALSE(other("\"done\"", "\"did\""));
  CHECK_FALSE(other("\"done\"", "3"));
  CHECK_FALSE(other("1767225600000", "1e12"));
  CHECK_FALSE(other("1767225600000", "-9223372036854775808"));
  CHECK_FALSE(other("\"pump-1\"", "null"));
  CHECK_FALSE(other("\"user\"", "\"users\""));
}

} // namespace maintenance_entry_test

#include "runtime/replay/replay_summary.hpp"

#include <doctest/doctest.h>

namespace replay_summary_test {

using namespace millwright;

namespace {

const reading_counts some{
    {{"accepted", ""}, 12},     {{"dead-letter", "unknown-sensor"}, 3}, {{"late", "averages"}, 10},
    {{"late", "patterns"}, 11}, {{"rejected", "missing-field"}, 2},     {{"rejected", "not-json"}, 4}};

} // namespace

TEST_CASE("what became of readings is told by its labels") {
  CHECK(count_of(some, "accepted") == 12);
  CHECK(count_of(some, "conflict") == 0);
  CHECK(sum_of(some, "rejected") == 6);
  CHECK(labels_of(some, "late") == "averages 10, patterns 11");
  CHECK(labels_of(some, "conflict").empty());
  CHECK(refusals_of(some) == "unknown-sensor 3, missing-field 2, not-json 4");
  CHECK(refusals_of({{{"accepted", ""}, 1}}).empty());
}

TEST_CASE("a replay's summary counts readings by what became of them") {
  replay_summary summary;
  summary.counters = some;
  summary.counters[{"duplicate", ""}] = 5;
  const auto text = to_text(summary, 2);
  CHECK(text.find("12 accepted, 6 rejected, 5 repeated (5 duplicates, 0 conflicts)") != text.npos);
  CHECK(text.find("rejected     missing-field 2, not-json 4\n") != text.npos);
  CHECK(text.find("rate         12 readings/s over 2.00 s") != text.npos);
  CHECK(to_text({}, 1).find("late         none\n") != text.npos);
}

TEST_CASE("a summary calls pages pages: an alarm that pages twice is one alarm") {
  replay_summary summary;
  summary.by_rule["limit"] = {1, 2};
  CHECK(to_text(summary, 1).find("alarms       1 raised, 2 pages\n") != std::string::npos);
}

} // namespace replay_summary_test

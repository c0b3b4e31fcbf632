#include "protocol/failure.hpp"
#include "runtime/admin/alarm_table.hpp"
#include "runtime/admin/terminal_text.hpp"
#include "tests/runtime/admin/admin_fixture.hpp"

#include <doctest/doctest.h>

namespace alarm_table_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

std::string rows_of(const std::vector<alarm_record>& alarms) {
  std::string out;
  for (const auto& each : alarms) {
    append_json(out, each);
    out += '\n';
  }
  return out;
}

} // namespace

TEST_CASE("the table has a line an alarm, no wider than the terminal") {
  auto answered = an_alarm("TI-102", severity::high);
  answered.acknowledged = true;
  auto node = an_alarm("", severity::high);
  node.raise.condition.unit.text = node.latest.condition.unit.text = "split 0";
  const auto rows = rows_of({an_alarm("TI-101", severity::critical), answered, node,
                             an_alarm("工場-" + std::string(60, 'x'), severity::medium)});
  for (const int width : {1, 10, 40, 80, 120, 300}) {
    const auto table = render_alarm_table(rows, 4, width, false);
    CHECK(lines_in(table) == 5);
    for (size_t from = 0; from < table.size();) {
      const auto to = table.find('\n', from);
      CHECK(display_width(std::string_view{table}.substr(from, to - from)) <= static_cast<size_t>(width));
      from = to + 1;
    }
  }
  const auto table = render_alarm_table(rows, 7, 0, false);
  for (const auto* part : {"ID        STATE", "active, acked", "90    critical  2026-11-18 11:06:40  TI-101 ",
                           "split 0", "limit: TI-101 at site-1: 93.5", "... and 3 more (--limit N)"})
    CHECK_MESSAGE(table.find(part) != table.npos, part);
  CHECK(table.find(short_form(uuid_v5("TI-101")) + "  active ") != table.npos);
  CHECK(render_alarm_table(rows, 4, 80, true).find("\x1b[1;31mcritical") != std::string::npos);
}

TEST_CASE("under an alarm that paged nobody stands why, where it is asked for") {
  auto quiet = an_alarm("TI-101", severity::medium);
  quiet.explanation = "not paged: no channel is configured";
  auto told = an_alarm("TI-102", severity::high);
  told.explanation = "paged slack: limit high, priority 60";
  told.paged_to = {{"slack"}};
  const auto rows = rows_of({quiet, told});
  const auto table = render_alarm_table(rows, 2, 0, false);
  CHECK(lines_in(table) == 4);
  CHECK(table.find("          not paged: no channel is configured\n") != table.npos);
  CHECK(table.find("paged slack") == table.npos);
  CHECK(lines_in(render_alarm_table(rows, 2, 0, false, false)) == 3);
}

TEST_CASE("under an alarm that is shelved stands until when, by whom and why, whether it paged before or not") {
  auto shelved = an_alarm("TI-101", severity::high);
  shelved.paged_to = {{"slack"}};
  shelved.explanation = "paged slack: limit high, priority 60";
  auto shelf = shelf_of_sensor({"site-1"}, {"TI-101"});
  shelf.until = from_epoch_ms(1'795'000'000'000) + milliseconds{4 * 3'600'000};
  shelf.by = "anna";
  shelf.reason = "new bearing";
  shelved.shelved = std::make_shared<const alarm_shelf>(shelf);
  const auto table = render_alarm_table(rows_of({shelved}), 1, 0, false);
  CHECK(lines_in(table) == 3);
  CHECK(table.find("active, shelved") != table.npos);
  CHECK(
      table.find("          shelved until 2026-11-18 15:06 UTC with sensor TI-101 of site-1 by anna: new bearing\n") !=
      table.npos);
}

TEST_CASE("what stands behind another alarm says behind which") {
  auto child = an_alarm("TI-102", severity::high);
  child.child_of = uuid_v5("TI-101");
  const auto table = render_alarm_table(rows_of({child}), 1, 0, false);
  CHECK(table.find("(child of " + short_form(child.child_of) + ") limit: TI-102") != table.npos);
}

TEST_CASE("a flood of alarms is said of the answer's last line") {
  CHECK(
      render_flood("{\"end\":true,\"total\":3,\"flood_since\":\"2026-11-18T11:06:40.000Z\",\"alarms_in_10_min\":23}") ==
      "a flood of alarms since 2026-11-18 11:06:40 UTC: 23 in ten minutes\n");
  CHECK(render_flood("{\"end\":true,\"total\":3}").empty());
}

TEST_CASE("a table of something else is refused") {
  CHECK_THROWS_AS(render_alarm_table("hello\n", 1, 80, false), failure);
}

} // namespace alarm_table_test

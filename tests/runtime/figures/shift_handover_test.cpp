#include "runtime/figures/shift_handover.hpp"

#include "protocol/alarm_record.hpp"
#include "tests/runtime/figures/history_samples.hpp"

#include <doctest/doctest.h>

namespace shift_handover_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

std::string row_of(const std::string& sensor, event_time raised, alarm_state state, const std::string& by,
                   int priority = 50) {
  alarm_record x;
  x.raise = x.latest = step(sensor, 1, transition_kind::raised, raised, raised);
  x.latest.priority = priority;
  x.state = state;
  x.paged_to = {{"mail"}};
  x.acknowledged = !by.empty();
  x.acknowledged_by = by;
  x.acknowledged_at = by.empty() ? never : raised + 1min;
  std::string out;
  append_json(out, x);
  return out + '\n';
}

} // namespace

TEST_CASE("a shift hands over what stands, what is new in it, who has answered, and what nobody has") {
  const auto shift = handover_of(row_of("TI-1", start - 1h, alarm_state::active, "anna", 90) +
                                     row_of("TI-2", start + 1h, alarm_state::active, "", 40) +
                                     row_of("TI-3", start + 2h, alarm_state::active, "", 80) +
                                     row_of("TI-4", start + 3h, alarm_state::cleared, "") +
                                     row_of("TI-5", start + 3h, alarm_state::cleared, "ben") +
                                     row_of("TI-6", start - 3h, alarm_state::cleared, "ben") + "no row\n",
                                 {}, start, start + 8h);
  REQUIRE(shift.standing.size() == 3);
  CHECK(shift.standing[0].place == "main/TI-3");
  CHECK(shift.standing[0].is_new);
  CHECK(shift.standing[0].acknowledged_by.empty());
  CHECK(shift.standing[1].place == "main/TI-2");
  CHECK(shift.standing[2].place == "main/TI-1");
  CHECK_FALSE(shift.standing[2].is_new);
  CHECK(shift.standing[2].acknowledged_by == "anna");
  CHECK(shift.standing[2].acknowledged_at == start - 59min);
  REQUIRE(shift.unanswered.size() == 1);
  CHECK(shift.unanswered[0].place == "main/TI-4");
  CHECK(shift.dealt_with == 1);
  std::string json;
  append_json(json, shift);
  CHECK(json.find("\"dealt_with\":1,\"shelved\":[]}") != std::string::npos);
  CHECK(json.find("\"acknowledged_by\":\"anna\"") != std::string::npos);
}

TEST_CASE("a shift hands over what is shelved, until when, by whom and why, and what was noted of what it hands over") {
  alarm_record noted;
  noted.raise = noted.latest = step("TI-1", 1, transition_kind::raised, start, start);
  auto shelf = shelf_of_sensor({"main"}, {"TI-1"});
  shelf.since = start;
  shelf.until = start + 4h;
  shelf.by = "anna";
  shelf.reason = "new \"bearing\"";
  noted.shelved = std::make_shared<const alarm_shelf>(shelf);
  noted.remark({alarm_remark::kind::shelved, start, "anna", "new bearing"});
  noted.remark({alarm_remark::kind::note, start - 24h, "ben", "the gauge sticks"});
  noted.remark({alarm_remark::kind::note, start + 1h, "", "ordered"});
  auto of_alarm = shelf_of_alarm(noted.latest);
  of_alarm.until = start + 2h;
  auto of_unit = shelf_of_unit({"main"}, {"reactor-1"});
  of_unit.until = start + 3h;
  std::string book, shelves;
  append_json(book, noted);
  for (const auto& each : {shelf, of_alarm, of_unit}) {
    append_json(shelves, each);
    shelves += '\n';
  }
  const auto shift = handover_of(book, shelves + "{\"end\":true}\n", start, start + 8h);
  REQUIRE(shift.standing.size() == 1);
  const auto& alarm = shift.standing[0];
  CHECK(alarm.shelved_until == start + 4h);
  CHECK(alarm.shelved.find("by anna: new \"bearing\"") != std::string::npos);
  REQUIRE(alarm.notes.size() == 2);
  CHECK(alarm.notes[0].by == "ben");
  CHECK(alarm.notes[0].text == "the gauge sticks");
  CHECK(alarm.notes[1].at == start + 1h);
  REQUIRE(shift.shelves.size() == 3);
  CHECK(shift.shelves[0].what == "alarm " + short_form(noted.id()) + ", limit of main/TI-1");
  CHECK(shift.shelves[1].what == "unit reactor-1 of main");
  CHECK(shift.shelves[2].what == "sensor TI-1 of main");
  CHECK(shift.shelves[2].by == "anna");
  CHECK(shift.shelves[2].reason == "new \"bearing\"");
  std::string json;
  append_json(json, shift);
  CHECK(json.find(R"("notes":[{"at":"2027-01-14T08:00:00.000Z","by":"ben","text":"the gauge sticks"},)") !=
        std::string::npos);
  CHECK(json.find(R"("until":"2027-01-15T12:00:00.000Z","by":"anna","reason":"new \"bearing\""}]})") !=
        std::string::npos);
}

} // namespace shift_handover_test

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
                                 start, start + 8h);
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
  CHECK(json.find("\"dealt_with\":1}") != std::string::npos);
  CHECK(json.find("\"acknowledged_by\":\"anna\"") != std::string::npos);
}

} // namespace shift_handover_test

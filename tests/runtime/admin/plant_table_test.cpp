#include "runtime/admin/plant_table.hpp"
#include "runtime/admin/terminal_text.hpp"
#include "tests/runtime/admin/admin_fixture.hpp"
#include "tests/runtime/admin/plant_fixture.hpp"

#include <doctest/doctest.h>

namespace plant_table_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

std::string shown(fake_plant& plant, const plant_request& request, int width = 0, bool colour = false) {
  const auto answer = answer_plant(request, plant.source());
  return render_plant(answer.rows, answer.total, width, colour);
}

} // namespace

TEST_CASE("the whole plant is a table of facilities and one of the worst units") {
  auto plant = small_plant();
  CHECK(
      shown(plant, {}) ==
      "2 facilities, 1 production line, 6 units: 1 unstable, 1 offline, 1 learning, 3 healthy\n"
      "\n"
      "FACILITY  STATE     SINCE (UTC)          SENSORS  READINGS/S  UNITS  UNITS BY HEALTH               WHY\n"
      "north     in alarm  2026-11-18 11:06:40    1,334         101      3  1 unstable, 2 healthy         1 sensor in "
      "alarm\n"
      "south     well      2026-11-18 11:06:40        -           -      3  1 offline, 1 learning, 1 he…\n"
      "\n"
      "UNIT          STATE     SINCE (UTC)          WHY\n"
      "north/pump-1  unstable  2026-11-18 11:06:40  VI-101 outside its normal range (high)\n"
      "south/fan-1   offline   2026-11-18 11:06:40  no reading for 10 minutes\n");
  const auto cut = shown(plant, {{}, {}, {}, 1});
  CHECK(cut.find("... and 1 more (--limit N)\n\nUNIT") != cut.npos);
  CHECK(cut.ends_with("(high)\n... and 1 more (--limit N)\n"));
  fake_plant empty;
  CHECK(shown(empty, {}) == "no facility is known yet: one is once readings of it are judged and committed\n");
}

TEST_CASE("a facility is a page, its lines and its units") {
  auto plant = small_plant();
  CHECK(shown(plant, {{}, "north", {}, 2}) ==
        "facility north (North works)\n"
        "  in alarm since 2026-11-18 11:06:40 UTC: 1 sensor in alarm\n"
        "  last minute    1,334 sensors on 3 units spoke, 101 readings/s, 3 of them of low quality; up to 2026-11-18 "
        "11:06:59 UTC\n"
        "  sensors        1 in alarm, 0 silent, 4 not to be believed, 2 outside their normal range\n"
        "  units          3: 1 unstable, 2 healthy\n"
        "  line A         power 4,524 W, temperature 81.25 °C, of 23,234 readings of 3 units since 2026-11-18 11:00:00 "
        "UTC\n"
        "\n"
        "UNIT    STATE     SINCE (UTC)          WHY\n"
        "pump-1  unstable  2026-11-18 11:06:40  VI-101 outside its normal range (high)\n"
        "pump-2  healthy   2026-11-18 11:06:40\n"
        "... and 1 more (--limit N)\n");
  CHECK(shown(plant, {{}, "south", {}, 20}).find("  it has not answered; ask again in some seconds\n  units") !=
        std::string::npos);
}

TEST_CASE("a unit is a page with its figures by type and its sensors, what the page has beside them too") {
  auto plant = small_plant();
  CHECK(shown(plant, {"pump-1", {}, {}, 20}) ==
        "unit pump-1 of north\n"
        "  unstable since 2026-11-18 11:06:40 UTC: VI-101 outside its normal range (high)\n"
        "  presence       online since 2026-11-18 10:00:00, last reading 2026-11-18 11:07:39\n"
        "  maintenance    last 2026-11-01 08:00:00\n"
        "  health score   0.41 (warning), the worst of its sensors': VI-101 at 2026-11-18 11:07:39\n"
        "  runtime        12 h 30 min; 34,343 readings, 3 of bad quality\n"
        "  sensors        2: 1 in alarm, 1 outside their normal range, 0 silent, 0 of bad quality\n"
        "  grease         fresh\n"
        "\n"
        "TYPE       AVERAGE     PEAK  STDDEV   QUALITY  READINGS  OVER (UTC)\n"
        "vibration      1.3  1.43925  0.0125  0.987654     1,200  2026-11-18 11:03:00 to 11:08:00\n"
        "\n"
        "SENSOR  TYPE           VALUE  QUALITY  SCORE  AT (UTC)             WHAT STANDS\n"
        "VI-101  vibration    1.43925     0.99   0.41  2026-11-18 11:07:39  state high, since 2026-11-18 11:06:40, "
        "pages\n"
        "TI-101  temperature       81        -      -  2026-11-18 11:07:38\n");
  CHECK(shown(plant, {"fan-1", {}, {}, 20}).ends_with("  it has not answered; ask again in some seconds\n"));
}

TEST_CASE("a unit's page says who maintains it and who did, and what a low score means") {
  fake_plant plant;
  plant.add(unit_kind, "north", "pump-1", 1, "in maintenance", "maintenance has begun and not ended, says anna");
  plant.page(
      unit_kind, "north", "pump-1",
      R"({"presence":"online","maintenance_since":"2026-11-18T11:00:00.000Z","maintenance_by":"anna",)"
      R"("maintenance_user":"ann","maintenance_note":"new bearing","last_maintenance":"2026-11-01T08:00:00.000Z",)"
      R"("last_maintenance_by":"bert","last_maintenance_user":"bert","health_score":0.25,)"
      R"("health_score_of":"VI-101","health_score_at":"2026-11-18T11:07:39.000Z","risk_level":"critical",)"
      R"("maintenance_recommended":true,"extrapolated":true})");
  const auto text = shown(plant, {"pump-1", {}, {}, 20});
  CHECK(
      text.find("  maintenance    since 2026-11-18 11:00:00 by anna (user ann): new bearing; last 2026-11-01 08:00:00 "
                "by bert\n") != text.npos);
  CHECK(text.find("  health score   0.25 (critical), the worst of its sensors': VI-101 at 2026-11-18 11:07:39; "
                  "maintenance recommended; a guess: unlike what the model was trained with\n") != text.npos);
}

TEST_CASE("an actor of a kind that nobody here knows is shown by its headline, and its page by its fields") {
  auto plant = small_plant();
  CHECK(shown(plant, {{}, {}, "oven", 20}) ==
        "FACILITY  ID      STATE    SINCE (UTC)          LAST READING (UTC)   WHY\n"
        "south     oven-7  too hot  2026-11-18 11:06:40  2026-11-18 11:07:40  door open\n");
  CHECK(shown(plant, {"oven-7", {}, "oven", 20}) == "oven oven-7 of south\n"
                                                    "  too hot since 2026-11-18 11:06:40 UTC: door open\n"
                                                    "  set point      1,250\n"
                                                    "  door open      yes\n"
                                                    "  opened at      2026-11-18 11:06:40\n"
                                                    "  by             -\n"
                                                    "  limits         low 900, high 1,300\n"
                                                    "\n"
                                                    "zones\n"
                                                    "ZONE      NOW\n"
                                                    "top    1249.5\n"
                                                    "floor   1,251\n");
}

TEST_CASE("what people misread is not among what they see") {
  auto plant = small_plant();
  for (const plant_request& request : {plant_request{}, plant_request{{}, "north", {}, 20}}) {
    const auto text = shown(plant, request);
    for (const auto* part : {"6084", "6,084", "efficiency", "30 %", "0.3", "47.2"})
      CHECK_MESSAGE(text.find(part) == text.npos, part);
  }
}

TEST_CASE("no line of the plant is wider than the terminal, and colours change nothing else") {
  auto plant = small_plant();
  plant.add(unit_kind, "north", "工場-" + std::string(60, 'x') + "\x1b[2J\n", 4, "unstable", std::string(300, 'y'));
  for (const auto& request : {plant_request{}, plant_request{{}, "north", {}, 20}, plant_request{"pump-1", {}, {}, 20},
                              plant_request{{}, {}, "oven", 20}, plant_request{"oven-7", {}, "oven", 20}})
    for (const int width : {1, 2, 13, 40, 80, 120, 300}) {
      const auto plain = shown(plant, request, width);
      CHECK(plain.find('\x1b') == plain.npos);
      for (size_t from = 0; from < plain.size();) {
        const auto to = plain.find('\n', from);
        CHECK(display_width(std::string_view{plain}.substr(from, to - from)) <= static_cast<size_t>(width));
        from = to + 1;
      }
      std::string without;
      const auto painted = shown(plant, request, width, true);
      for (size_t i = 0; i < painted.size(); ++i)
        if (painted[i] == '\x1b')
          i = painted.find('m', i);
        else
          without += painted[i];
      CHECK(lines_in(without) == lines_in(plain));
    }
  CHECK(shown(plant, {}, 0, true).find("\x1b[31munstable") != std::string::npos);
  CHECK(render_plant("hello\n{\"row\":7}\n[]\n", 0, 80, false).empty());
}

} // namespace plant_table_test

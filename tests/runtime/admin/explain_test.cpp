#include "protocol/failure.hpp"
#include "protocol/operating_mode.hpp"
#include "runtime/admin/answer_rows.hpp"
#include "runtime/admin/explain_text.hpp"
#include "tests/runtime/admin/explain_fixture.hpp"

#include <doctest/doctest.h>

namespace explain_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

std::string text_of(explained_plant& plant, const std::string& name) {
  return render_explanation(explain(name, plant.source()), false);
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

bool has(const std::string& text, const std::string& part) {
  CAPTURE(text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

alarm_route of_units(const std::string& name, const std::string& units, const std::string& channel) {
  alarm_route out;
  out.name = name;
  out.match.units = {units};
  out.channels = {{channel}};
  return out;
}

void write(explained_plant& plant, journal_batch batch) {
  plant.pages.write(std::make_shared<const journal_batch>(std::move(batch)), [](const journal_result&) {});
}

} // namespace

TEST_CASE("of a sensor that is well the first line says what is nearest to an alarm, and who would be told of it") {
  explained_plant plant;
  plant.reads("TI-1", 70);
  const auto text = text_of(plant, "TI-1");
  CHECK(first_line(text) == "TI-1 on pump-1 at North works (north) did not page: no rule finds it outside; nearest is "
                            "limit: 70 C; high 80 is 10 away");
  has(text, "\n  well      limit         70 C; high 80 is 10 away\n");
  has(text, "\n  learning  state         learns its normal range: 10 of 400 readings\n");
  has(text, "\n  off       rate          its metadata give it no rate");
  has(text, "\n  would tell    of its limit now slack, mail\n");
  has(text, "\nsensor TI-1 of north: 70 C, as committed at 2026-11-18 11:06:50 UTC, quality 0.97\n");
  has(text, "\nunit pump-1 of north: unstable since 2026-11-30 12:00:00 UTC: hot\n");
}

TEST_CASE("of a sensor whose rules do not hold the first line says what they wait for, and what that is now") {
  explained_plant plant;
  auto& one = plant.sensors.at("TI-1");
  one.context.when = operating_mode{judged_by_sensors, {{"TI-2", true, 75, milliseconds{60'000}}}}.text();
  plant.reads("TI-1", 70);
  plant.reads("TI-2", 20);
  sensor_output out;
  one.rules.follow_mode(sensor_tick::judging::not_judged, one.context, 0, milliseconds{0}, 0, out);
  const auto text = text_of(plant, "TI-1");
  CHECK(first_line(text) == "TI-1 on pump-1 at North works (north) did not page: not judged: TI-2 is 20 C, rules hold "
                            "while it is above 75 for 1 min");
  has(text, "\n  off       limit         not judged: its rules hold while TI-2 is above 75 for 1 min");
}

TEST_CASE("where some rules wait for a mode, the others are told as ever") {
  explained_plant plant;
  auto& one = plant.sensors.at("TI-1");
  rule_set some;
  some.put(rule::state);
  one.context.when = operating_mode{some, {{"TI-9", false, 5, milliseconds{0}}}}.text();
  plant.reads("TI-1", 70);
  sensor_output out;
  one.rules.follow_mode(sensor_tick::judging::not_judged, one.context, 0, milliseconds{0}, 0, out);
  CHECK(
      first_line(text_of(plant, "TI-1")) ==
      "TI-1 on pump-1 at North works (north) did not page: not judged by state: TI-9 has sent nothing yet, rules hold "
      "while it is below 5; else no rule finds it outside; nearest is limit: 70 C; high 80 is 10 away");
}

TEST_CASE("what is outside of a limit and waits goes before all that is well") {
  explained_plant plant;
  plant.reads("TI-1", 85);
  const auto text = text_of(plant, "north/TI-1");
  has(first_line(text), "did not page: limit is outside, and not an alarm yet: 85 C against its limit 80, 5 above it");
  has(text, "\n  outside   limit         85 C against its limit 80, 5 above it; an alarm by the first reading");
  CHECK(text.find("  outside ") < text.find("  well "));
}

TEST_CASE("an alarm that paged says what its priority is made of, by which route, and what each channel was told") {
  explained_plant plant;
  plant.reads("TI-1", 85);
  plant.sensors.at("TI-1").context.how_critical = criticality::high;
  plant.routes =
      route_table{{{"slack"}, {"mail"}}, {of_units("fans", "fan-*", "mail"), of_units("pumps", "pump-*", "slack")}};
  auto& x = plant.alarm("TI-1", rule::limit);
  x.latest.priority = 100;
  x.paged_to = {{"slack"}};
  x.told_wall = x.waits_since = plant.now;
  x.explanation = "paged slack: high limit, priority 100; route pumps";
  const auto page = plant.page_of(x, "slack");
  journal_batch sent;
  sent.pages.push_back(page);
  sent.changes.push_back({page.place(), notification_of(page.what, notification_outcome::sent), 1, never});
  write(plant, std::move(sent));
  const auto id = short_form(x.id());
  for (const auto& name : {id, std::string{"TI-1"}}) {
    const auto text = text_of(plant, name);
    has(first_line(text), "TI-1 on pump-1 at North works (north) paged: high limit, since 2026-11-18 11:06 UTC; paged "
                          "slack: high limit, priority 100; route pumps");
    has(text, "\nalarm " + id + "  active, high limit, since 2026-11-18 11:06:40 UTC\n");
    has(text, "\n  waits         for an acknowledgement, since 2026-11-18 11:06:50 UTC\n");
    has(text, "\n  priority      100: 60 by its rule, +50 (criticality high); 100 at most\n");
    has(text, "\n  route         fans does not: unit pump-1 is not fan-*\n");
    has(text, "\n  route         pumps takes it: unit pump-1\n");
    has(text, "\n  goes to       slack (pumps)\n");
    has(text, "\n  slack         sent at ");
  }
  const auto rows = explain(id, plant.source());
  CHECK(rows.starts_with(R"({"row":"answer","paged":true,"text":"TI-1 on pump-1)"));
}

TEST_CASE(
    "a page that waits says how often it was tried, when it is tried again, and what the receiver answered last") {
  explained_plant plant;
  auto& x = plant.alarm("TI-1", rule::limit);
  x.paged_to = {{"slack"}};
  auto page = plant.page_of(x, "slack");
  page.attempts = 3;
  page.next_try = from_epoch_ms(1'795'000'060'000);
  page.over = {{"mail"}};
  journal_batch waits;
  waits.pages.push_back(page);
  write(plant, std::move(waits));
  plant.channel_says =
      R"({"channel":"slack","failures_in_a_row":3,"circuit":"open","last_failure":"503 Service \u001bUnavailable"})";
  has(text_of(plant, short_form(x.id())),
      "\n  slack         waits (raised), tried 3 times, again at 2026-11-18 11:07:40 UTC, and others were asked to "
      "tell "
      "it: mail; it failed 3 times in a row, last: 503 Service ?Unavailable\n");
  auto& other = plant.alarm("TI-2", rule::limit);
  other.paged_to = {{"mail"}};
  has(text_of(plant, short_form(other.id())), "\nchannel mail: it failed 3 times in a row, last: 503 ");
}

TEST_CASE("an alarm that paged nobody says so, and one that is over says since when") {
  explained_plant plant;
  plant.reads("TI-1", 70);
  auto& x = plant.alarm("TI-1", rule::z);
  x.pages = false;
  x.explanation = "not paged: z is shown and pages nobody by its rule";
  has(first_line(text_of(plant, "TI-1")), " did not page: high z, since 2026-11-18 11:06 UTC; not paged: z is shown");
  CHECK(text_of(plant, short_form(x.id())).find("goes to") == std::string::npos);
  x.state = alarm_state::cleared;
  x.latest.kind = transition_kind::cleared;
  has(first_line(text_of(plant, short_form(x.id()))), ", over since 2026-11-18 11:06 UTC; ");
  has(first_line(text_of(plant, "TI-1")), "; its last alarm, high z, since 2026-11-18 11:06 UTC, is over since "
                                          "2026-11-18 11:06 UTC, and had not paged");
}

TEST_CASE("of a sensor that learns anew it is told since when, and who had it do so") {
  explained_plant plant;
  plant.reads("TI-1", 70);
  plant.said = [](explained_sensor& x) { x.anew = {from_epoch_ms(1'795'000'000'000), "anna", "root"}; };
  has(text_of(plant, "TI-1"),
      "\n  relearned     since 2026-11-18 11:06:40 UTC, by anna (user root): what it had learned "
      "before is gone\n");
  CHECK(explain("TI-1", plant.source()).find(R"("learns_anew_by":"anna","learns_anew_user":"root")") !=
        std::string::npos);
}

TEST_CASE("of a retired sensor it is told first that it is, by whom, and that it sends all the same") {
  explained_plant plant;
  plant.said = [](explained_sensor& x) {
    x.account = {};
    x.presence = sensor_presence::retired;
    x.retired = {from_epoch_ms(1'795'000'000'000), "anna", "anna"};
    x.unjudged = 120;
  };
  CHECK(
      first_line(text_of(plant, "TI-1")) ==
      "TI-1 on pump-1 at North works (north) did not page: it is retired since 2026-11-18 11:06 UTC by anna, and not "
      "judged; it sends all the same, 120 readings since the start; millwright retire --back has it in service again");
  has(text_of(plant, "TI-1"), "; it is retired, and not judged\n");
  plant.said = [before = plant.said](explained_sensor& x) {
    before(x);
    x.unjudged = 0;
  };
  has(first_line(text_of(plant, "TI-1")), "nothing has come of it since the start");
}

TEST_CASE("of a unit its alarms are told, its maintenance, and of each sensor the rule that is nearest") {
  explained_plant plant;
  plant.reads("TI-1", 85);
  plant.maintenance =
      R"("maintenance_since":"2026-11-30T12:10:00.000Z","maintenance_by":"anna","maintenance_note":"oil",)";
  has(first_line(text_of(plant, "pump-1")), "pump-1 of north did not page: no alarm of it stands");
  plant.alarm("TI-1", rule::limit).explanation = "held for 10 s";
  auto& other = plant.alarm("TI-2", rule::limit);
  other.paged_to = {{"slack"}};
  const auto text = text_of(plant, "north/pump-1");
  has(first_line(text),
      "pump-1 of north did not page: what stands has paged nobody; first TI-1 on pump-1 at North works");
  has(text, "\n  maintenance   since 2026-11-30 12:10:00 UTC, by anna: oil; alarms page all the same, unless they are "
            "shelved\n");
  has(text, "\n  outside   limit ");
  CHECK(text.find("  well ") == std::string::npos);
  CHECK(text.find("TI-2") == std::string::npos);
  has(first_line(text_of(plant, "pump-2")), "pump-2 of north paged: TI-2 on pump-2");
}

TEST_CASE("what is shelved is told right behind the answer, and what people noted of an alarm") {
  explained_plant plant;
  plant.reads("TI-1", 70);
  plant.shelved.push_back(shelf_of_unit({"north"}, {"pump-1"}));
  plant.shelved.front().until = from_epoch_ms(1'795'003'600'000);
  plant.shelved.front().by = std::string{"anna"};
  plant.shelved.front().reason = std::string{"new bearing"};
  const std::string line =
      "\n  shelf         shelved until 2026-11-18 12:06 UTC with unit pump-1 of north by anna: new "
      "bearing; nobody is paged until then\n";
  has(text_of(plant, "TI-1"), line);
  has(text_of(plant, "pump-1"), line);
  CHECK(text_of(plant, "TI-2").find("shelf") == std::string::npos);
  auto& x = plant.alarm("TI-1", rule::limit);
  x.shelved = std::make_shared<alarm_shelf>(plant.shelved.front());
  x.remark({alarm_remark::kind::note, from_epoch_ms(1'795'000'000'000), "ben", "the gauge sticks"});
  const auto text = text_of(plant, short_form(x.id()));
  has(text, line);
  has(text, "\n  note          2026-11-18 11:06:40 UTC, by ben: the gauge sticks\n");
}

TEST_CASE("a group's member says which group told of it, and a priority of other settings is not reckoned") {
  explained_plant plant;
  auto& x = plant.alarm("TI-1", rule::state);
  x.group = uuid_v5("group");
  x.latest.priority = 17;
  const auto text = text_of(plant, short_form(x.id()));
  const auto group = short_form(x.group);
  has(first_line(text), " paged: high state");
  has(text, "\n  group         " + group + " tells of it: millwright explain " + group + "\n");
  has(text, "\n  priority      17 as it was decided: by other settings or metadata, or for several at once\n");
}

TEST_CASE("what nobody is called is told with what was meant, and a facility with what to ask for") {
  explained_plant plant;
  CHECK_THROWS_WITH_AS(explain("TI-11", plant.source()),
                       doctest::Contains("TI-11: no sensor, unit or alarm is called so (did you mean TI-1?)"), failure);
  CHECK_THROWS_WITH_AS(explain("pmup-1", plant.source()), doctest::Contains("(did you mean pump-1?)"), failure);
  CHECK_THROWS_WITH_AS(explain("north", plant.source()), doctest::Contains("it is a facility"), failure);
  CHECK_THROWS_WITH_AS(explain("*", plant.source()), doctest::Contains("is called so"), failure);
  plant.sensors.emplace("X", explained_plant::one_sensor{plant.sensors.at("TI-1").context, sensor_rules{plant.book}});
  CHECK_THROWS_WITH_AS(explain("pump-1", plant.source()), doctest::Contains("2 are called so; say which"), failure);
}

} // namespace explain_test

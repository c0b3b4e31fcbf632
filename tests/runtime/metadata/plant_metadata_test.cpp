#include "protocol/failure.hpp"
#include "runtime/metadata/plant_metadata.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <random>

namespace plant_metadata_test {

using namespace millwright;

namespace {

std::string complaint(const std::string& facilities, const std::string& sensors) {
  try {
    plant_metadata::parse(facilities, sensors, "f.jsonl", "s.jsonl");
  } catch (const failure& e) {
    CHECK(e.code() == failure_code::bad_metadata);
    return e.what();
  }
  return "accepted";
}

bool facility_refused(const std::string& row, const std::string& why) {
  const std::string got = complaint("\n{\"facility_id\":\"A\"}\n" + row + "\n", "");
  if (!got.starts_with("f.jsonl:3: " + why))
    MESSAGE(got);
  return got.starts_with("f.jsonl:3: " + why);
}

bool sensor_refused(const std::string& row, const std::string& why) {
  const std::string got = complaint("", "{\"sensor_id\":\"A\"}\n" + row);
  if (!got.starts_with("s.jsonl:2: " + why))
    MESSAGE(got);
  return got.starts_with("s.jsonl:2: " + why);
}

std::string with_thresholds(const std::string& body) {
  return R"({"sensor_id":"S","alert_thresholds":{)" + body + "}}";
}

std::string rows(int n) {
  std::string out;
  for (int i = 0; i < n; ++i)
    out += R"({"sensor_id":"S)" + std::to_string(i) + "\"}\n";
  return out;
}

} // namespace

TEST_CASE("the sample plant is read and joined") {
  const auto plant = plant_metadata::load("config/sample-plant/facilities.jsonl", "config/sample-plant/sensors.jsonl");
  CHECK(plant.facility_rows() == 3);
  CHECK(plant.sensor_rows() == 8);
  CHECK(plant.sensors().size() == 7);
  CHECK(plant.guidance({{"main-works"}, {"TI-101"}, {"reactor-1"}, rule::limit})->consequence == "The batch is lost");
  sensor_context context;
  context.key = {{"main-works"}, {"TI-101"}};
  context.slot = 5;
  plant.fill(context);
  CHECK(context.facility->known);
  CHECK(context.facility->name == "Main Works");
  CHECK(context.facility->location == "Linz, Austria");
  CHECK(context.facility->timezone == "Europe/Vienna");
  CHECK(context.facility->production_line == "line-a");
  CHECK(context.equipment.text == "reactor-1");
  CHECK(context.unit == "°C");
  CHECK(plant.lookup("main-works", "TI-101")->maintenance_schedule == "quarterly");
  CHECK(context.calibration_date == "2026-03-02");
  CHECK(context.thresholds.low_low == 20);
  CHECK(context.thresholds.low == 40);
  CHECK(context.thresholds.high == 180);
  CHECK(context.thresholds.high_high == 200);
  CHECK(context.thresholds.rate == 5);
  CHECK(context.slot == 5);
}

TEST_CASE("a sensor's criticality is joined; where none is given it is unknown") {
  const auto plant = plant_metadata::parse({}, R"({"sensor_id":"A","criticality":"low"}
{"sensor_id":"B","criticality":"medium"}
{"sensor_id":"C","criticality":"high"}
{"sensor_id":"D","criticality":null}
{"sensor_id":"E"})");
  for (const auto& [id, how] : {std::pair{"A", criticality::low}, std::pair{"B", criticality::medium},
                                std::pair{"C", criticality::high}, std::pair{"D", criticality::unknown},
                                std::pair{"E", criticality::unknown}, std::pair{"F", criticality::unknown}}) {
    sensor_context context;
    context.key = {{"north"}, {id}};
    plant.fill(context);
    CHECK(context.how_critical == how);
  }
}

TEST_CASE(
    "one row gives a machine's criticality: it holds for its other sensors at that site, the highest if rows differ") {
  const auto plant =
      plant_metadata::parse({}, R"({"sensor_id":"A","facility_id":"north","equipment_id":"mill","criticality":"medium"}
{"sensor_id":"B","facility_id":"north","equipment_id":"mill","criticality":"high"}
{"sensor_id":"C","facility_id":"north","equipment_id":"mill"}
{"sensor_id":"D","facility_id":"south","equipment_id":"mill"}
{"sensor_id":"E","facility_id":"north","criticality":"high"}
{"sensor_id":"F","facility_id":"north"}
{"sensor_id":"G","equipment_id":"sump","criticality":"low"}
{"sensor_id":"H","facility_id":"south","equipment_id":"sump"})");
  const auto of = [&](const char* site, const char* id) {
    sensor_context context;
    context.key = {{site}, {id}};
    plant.fill(context);
    return context.how_critical;
  };
  CHECK(of("north", "A") == criticality::medium);
  CHECK(of("north", "B") == criticality::high);
  CHECK(of("north", "C") == criticality::high);
  CHECK(of("south", "D") == criticality::unknown);
  CHECK(of("north", "E") == criticality::high);
  CHECK(of("north", "F") == criticality::unknown);
  CHECK(of("anywhere", "G") == criticality::low);
  CHECK(of("south", "H") == criticality::low);
}

TEST_CASE("what a former version stored without looking at criticality opens, whatever stands there") {
  for (const std::string value : {"\"A\"", "1", "{}", "\"urgent\"", "null"}) {
    const auto content =
        metadata_content({}, R"({"sensor_id":"A","unit":"bar","criticality":)" + value + "}", "facilities", "sensors");
    CHECK(plant_metadata::from_stored(content).lookup("F", "A")->unit == "bar");
    CHECK(plant_metadata::from_stored(content).lookup("F", "A")->how_critical == criticality::unknown);
  }
  const auto known = metadata_content({}, R"({"sensor_id":"A","criticality":"high"})", "facilities", "sensors");
  CHECK(plant_metadata::from_stored(known).lookup("F", "A")->how_critical == criticality::high);
}

TEST_CASE(
    "what is written down of alarms: the sensor's row first, what that leaves out its unit's, by rule where it is") {
  const auto plant = plant_metadata::parse(
      {},
      R"({"sensor_id":"A","facility_id":"F","equipment_id":"r1","action":"Close V-12","respond_within":"15min","rules":{"stale":{"action":"Look at the fuse"}}}
{"sensor_id":"B","facility_id":"F","equipment_id":"r1"}
{"equipment_id":"r1","facility_id":"F","action":"Call the operator","runbook":"https://wiki/r1","cause":"Feed","consequence":"Runaway","description":"Reactor"}
{"equipment_id":"r1","action":"of another site"}
)");
  CHECK(plant.sensor_rows() == 4);
  const auto a = plant.guidance({{"F"}, {"A"}, {"r1"}, rule::limit});
  REQUIRE(a);
  CHECK(*a == alarm_guidance{"Reactor", "Feed", "Runaway", "Close V-12", "https://wiki/r1", std::chrono::minutes{15}});
  CHECK(plant.guidance({{"F"}, {"A"}, {"r1"}, rule::stale})->action == "Look at the fuse");
  CHECK(plant.guidance({{"F"}, {"A"}, {"r1"}, rule::stale})->respond_within == std::chrono::minutes{15});
  CHECK(plant.guidance({{"F"}, {"B"}, {"r1"}, rule::limit})->action == "Call the operator");
  CHECK(plant.guidance({{"F"}, {}, {"r1"}, rule::state})->action == "Call the operator");
  CHECK(plant.guidance({{"G"}, {}, {"r1"}, rule::state})->action == "of another site");
  CHECK(plant.guidance({{"F"}, {"B"}, {"r2"}, rule::limit}) == nullptr);
  CHECK(plant.guidance({{}, {}, {"r1"}, rule::source_silent}) == nullptr);
  CHECK(plant_metadata{}.guidance({{"F"}, {"A"}, {"r1"}, rule::limit}) == nullptr);
}

TEST_CASE(
    "of equal rows the last says what is to be done, also where it says nothing; one with the facility goes whole") {
  const auto plant = plant_metadata::parse({}, R"({"sensor_id":"A","facility_id":"F","action":"old"}
{"sensor_id":"A","facility_id":"F"}
{"sensor_id":"A","action":"anywhere"}
)");
  CHECK(plant.guidance({{"F"}, {"A"}, {}, rule::limit}) == nullptr);
  CHECK(plant.guidance({{"G"}, {"A"}, {}, rule::limit})->action == "anywhere");
}

TEST_CASE("a unit's row may give its criticality, and is no sensor") {
  const auto plant = plant_metadata::parse({}, R"({"sensor_id":"A","facility_id":"F","equipment_id":"r1"}
{"equipment_id":"r1","facility_id":"F","criticality":"high"}
)");
  sensor_context context;
  context.key = {{"F"}, {"A"}};
  plant.fill(context);
  CHECK(context.how_critical == criticality::high);
  CHECK(plant.sensors().size() == 1);
  CHECK_FALSE(plant.lookup("F", ""));
}

TEST_CASE("what is written down of alarms is bounded text, and a row that has lost its sensor is no unit's") {
  const std::string begin = R"({"sensor_id":"S",)";
  const std::string longest(500, 'x');
  CHECK(complaint("", begin + R"("action":")" + longest + "\"}") == "accepted");
  CHECK(sensor_refused(begin + R"("action":")" + longest + "y\"}",
                       "expected `action` to have 500 characters at most: a page has to be read at once; it has 501"));
  CHECK(sensor_refused(begin + R"("cause":7})", "expected `cause` to be a text"));
  CHECK(sensor_refused(begin + R"("runbook":"\ud800"})", "not JSON: "));
  CHECK(sensor_refused(begin + R"("respond_within":"soon"})",
                       "expected `respond_within` to be a duration up to 30d, like 15min, got \"soon\""));
  CHECK(sensor_refused(begin + R"("respond_within":"0"})", "expected `respond_within` to be a duration"));
  CHECK(sensor_refused(begin + R"("respond_within":"31d"})", "expected `respond_within` to be a duration"));
  CHECK(sensor_refused(begin + R"("rules":{"stael":{"action":"x"}}})",
                       "unknown rule `stael` in `rules` (did you mean stale?)"));
  CHECK(sensor_refused(begin + R"("rules":{"ledger":{"action":"x"}}})", "unknown rule `ledger` in `rules`"));
  CHECK(sensor_refused(begin + R"("rules":{"stale":{"actoin":"x"}}})",
                       "unknown key `actoin` in `rules.stale` (did you mean action?)"));
  CHECK(sensor_refused(begin + R"("rules":{"stale":{"action":1}}})", "expected `rules.stale.action` to be a text"));
  CHECK(sensor_refused(begin + R"("rules":[]})", "expected `rules` to be an object"));
  CHECK(sensor_refused(R"({"equipment_id":"r1"})", "`sensor_id` is missing"));
  CHECK(
      sensor_refused(R"({"equipment_id":"r1","action":"x","alert_thresholds":{"high":1}})", "`sensor_id` is missing"));
  CHECK(sensor_refused(R"({"action":"x"})", "`sensor_id` is missing"));
}

TEST_CASE("what a former version stored without looking at what it says of alarms opens, whatever stands there") {
  const auto content = metadata_content(
      {},
      R"({"sensor_id":"A","action":7,"cause":"kept","respond_within":"soon","runbook":")" + std::string(900, 'x') +
          R"(","rules":[1]}
{"sensor_id":"B","rules":{"stael":{},"stale":{"action":1},"limit":{"action":"kept"}}}
)",
      "f", "s");
  CHECK_THROWS_AS(plant_metadata::from_content(content), failure);
  const auto plant = plant_metadata::from_stored(content);
  const auto a = plant.guidance({{"F"}, {"A"}, {}, rule::limit});
  REQUIRE(a);
  CHECK(*a == alarm_guidance{"", "kept", "", "", "", {}});
  CHECK(plant.guidance({{"F"}, {"B"}, {}, rule::limit})->action == "kept");
  CHECK(plant.guidance({{"F"}, {"B"}, {}, rule::stale}) == nullptr);
}

TEST_CASE("who pages without an action is counted, a sensor answered by its unit too") {
  const auto plant = plant_metadata::parse({}, R"({"sensor_id":"A","facility_id":"F","equipment_id":"r1"}
{"sensor_id":"B","facility_id":"F","equipment_id":"r2","action":"x"}
{"sensor_id":"C","facility_id":"F","equipment_id":"r3","alert_thresholds":{"high":1}}
{"sensor_id":"D","rules":{"limit":{"action":"x"}}}
{"equipment_id":"r1","facility_id":"F","action":"x"}
)");
  const auto all = plant.count_without_action([](const sensor_info&) { return true; });
  CHECK(all.sensors == 4);
  CHECK(all.sensors_without == 1);
  CHECK(all.first_sensor == "C of F");
  CHECK(all.units == 3);
  CHECK(all.units_without == 2);
  CHECK(all.first_unit == "r2 of F");
  const auto limits = plant.count_without_action([](const sensor_info& x) { return !std::isnan(x.thresholds.high); });
  CHECK(limits.sensors == 1);
  CHECK(limits.units == 1);
}

TEST_CASE("a sensor or facility that no file knows has nothing, in UTC") {
  const auto plant = plant_metadata::parse(R"({"facility_id":"F","timezone":null})", "");
  CHECK_FALSE(plant.lookup("F", "S"));
  CHECK(plant.facility("F")->known);
  CHECK(plant.facility("F")->timezone == "UTC");
  const auto other = plant.facility("G");
  CHECK(!other->known);
  CHECK(other->id.text == "G");
  CHECK(other->timezone == "UTC");
  CHECK(plant.facility("G") == other);
  sensor_context context;
  context.key = {{"G"}, {"S"}};
  context.equipment.text = "old";
  context.unit = "old";
  context.thresholds.high = 1;
  plant.fill(context);
  CHECK(context.equipment.empty());
  CHECK(context.unit.empty());
  CHECK(std::isnan(context.thresholds.high));
  CHECK_FALSE(plant_metadata{}.lookup("F", "S"));
}

TEST_CASE("a row with the facility goes whole before one without, wherever it stands; of equals the last wins") {
  const std::string with = R"({"sensor_id":"S","facility_id":"F","equipment_id":"with"})"
                           "\n";
  const std::string without = R"({"sensor_id":"S","equipment_id":"without","unit":"bar"})"
                              "\n";
  for (const std::string& text : {with + without, without + with}) {
    const auto plant = plant_metadata::parse("", text);
    CHECK(plant.lookup("F", "S")->equipment.text == "with");
    CHECK(plant.lookup("F", "S")->unit.empty());
    CHECK(plant.lookup("G", "S")->equipment.text == "without");
    CHECK_FALSE(plant.lookup("F", "T"));
  }
  const auto plant =
      plant_metadata::parse("", with + without +
                                    R"({"sensor_id":"S","facility_id":"F","equipment_id":"later"})"
                                    "\n" +
                                    R"({"sensor_id":"S","facility_id":null,"equipment_id":"later everywhere"})");
  CHECK(plant.lookup("F", "S")->equipment.text == "later");
  CHECK(plant.lookup("G", "S")->equipment.text == "later everywhere");
  CHECK(plant.lookup("G", "S")->unit.empty());
}

TEST_CASE("a threshold is the nearest double, however its number is written") {
  const auto high = [](const std::string& number) {
    return plant_metadata::parse("", with_thresholds("\"high\":" + number)).lookup("F", "S")->thresholds.high;
  };
  for (const char* zero : {"0e38", "0e104", "0.0e60", "-0e300", "0e400", "0e-60"})
    CHECK(high(zero) == 0);
  CHECK(high("12345678901234567890e-19") == 1.2345678901234567);
  CHECK(high(std::string(400, '1') + "e-399") == doctest::Approx(1.1111));
}

TEST_CASE("blank lines, line ends of Windows and a byte order mark are no rows") {
  const auto plant =
      plant_metadata::parse("\xef\xbb\xbf{\"facility_id\":\"F\"}\r\n\r\n  \n", "\n\n{\"sensor_id\":\"S\"}");
  CHECK(plant.facility_rows() == 1);
  CHECK(plant.sensor_rows() == 1);
  CHECK(plant.facility("F")->known);
}

TEST_CASE("a wrong facility row is refused with its line and reason") {
  CHECK(facility_refused("{\"facility_id\":\"B\"", "not JSON"));
  CHECK(facility_refused("{\"facility_id\":\"B\"} x", "not JSON"));
  CHECK(facility_refused("{\"facility_id\":\"\xff\"}", "not JSON"));
  CHECK(facility_refused("{\"facility_id\":\"\\udc00\"}", "not JSON"));
  CHECK(facility_refused("[1]", "expected a JSON object"));
  CHECK(facility_refused("{}", "`facility_id` is missing"));
  CHECK(facility_refused(R"({"facility_id":""})", "`facility_id` is missing"));
  CHECK(facility_refused(R"({"facility_id":null})", "`facility_id` is missing"));
  CHECK(facility_refused(R"({"facility_id":7})", "expected `facility_id` to be a text"));
  CHECK(facility_refused(R"({"facility_id":"B","facility_name":7})", "expected `facility_name` to be a text"));
  CHECK(facility_refused(R"({"facility_id":"B","location":{}})", "expected `location` to be a text"));
  CHECK(facility_refused(R"({"facility_id":"B","timezone":"Europe/Viena"})", "unknown time zone `Europe/Viena`"));
  CHECK(facility_refused(R"({"facility_id":"B","timezone":1})", "expected `timezone` to be a text"));
  CHECK(facility_refused(R"({"facility_id":"B","production_line":[]})", "expected `production_line` to be a text"));
}

TEST_CASE("a wrong sensor row is refused with its line and reason") {
  CHECK(sensor_refused("{", "not JSON"));
  CHECK(sensor_refused("{}", "`sensor_id` is missing"));
  CHECK(sensor_refused(R"({"sensor_id":7})", "expected `sensor_id` to be a text"));
  CHECK(sensor_refused(R"({"sensor_id":"S","facility_id":7})", "expected `facility_id` to be a text"));
  CHECK(sensor_refused(R"({"sensor_id":"S","equipment_id":7})", "expected `equipment_id` to be a text"));
  CHECK(sensor_refused(R"({"sensor_id":"S","unit":7})", "expected `unit` to be a text"));
  CHECK(sensor_refused(R"({"sensor_id":"S","calibration_date":7})", "expected `calibration_date` to be a text"));
  CHECK(sensor_refused(R"({"sensor_id":"S","criticality":1})", "expected `criticality` to be a text"));
  CHECK(sensor_refused(R"({"sensor_id":"S","criticality":"urgent"})",
                       "expected `criticality` to be low, medium or high, got `urgent`"));
  CHECK(sensor_refused(R"({"sensor_id":"S","alert_thresholds":[1]})", "expected `alert_thresholds` to be an object"));
  CHECK(sensor_refused(with_thresholds(R"("hihg":1)"), "unknown threshold `hihg`"));
  CHECK(sensor_refused(with_thresholds(R"("high":"1")"), "expected `high` to be a number"));
  CHECK(sensor_refused(with_thresholds(R"("high":true)"), "expected `high` to be a number"));
  CHECK(sensor_refused(with_thresholds(R"("high":NaN)"), "expected `high` to be finite"));
  CHECK(sensor_refused(with_thresholds(R"("high":-Infinity)"), "expected `high` to be finite"));
  for (const char* word : {"Infinity", "-Inf", "NaN"})
    for (const char* rest : {"e154", "E1", ".5"})
      CHECK(sensor_refused(with_thresholds(std::string{R"("high":)"} + word + rest),
                           "not JSON: a number goes on behind NaN or Infinity"));
  CHECK(sensor_refused(with_thresholds(R"("high":1e999)"), "a number is beyond a double"));
  CHECK(sensor_refused(with_thresholds(R"("rate":-1)"), "expected `rate` to be 0 or more"));
}

TEST_CASE("thresholds are in order: low_low <= low < high <= high_high, of those that are there") {
  const auto refused = [](const std::string& body) { return complaint("", with_thresholds(body)) != "accepted"; };
  CHECK(!refused(R"("low_low":1,"low":1,"high":2,"high_high":2)"));
  CHECK(!refused(R"("low_low":null,"high":2)"));
  CHECK(!refused(R"("high_high":-5)"));
  CHECK(!refused(R"("low_low":1,"high_high":1.5,"rate":0)"));
  CHECK(refused(R"("low_low":2,"low":1)"));
  CHECK(refused(R"("low":1,"high":1)"));
  CHECK(refused(R"("low":2,"high":1)"));
  CHECK(refused(R"("high":2,"high_high":1)"));
  CHECK(refused(R"("low_low":1,"high":1)"));
  CHECK(refused(R"("low_low":1,"high_high":1)"));
  CHECK(refused(R"("low":1,"high_high":1)"));
  CHECK(sensor_refused(with_thresholds(R"("low":2,"high":1)"),
                       "thresholds are out of order: `low` has to be below `high`"));
}

TEST_CASE("over a fifth fewer rows are refused") {
  const auto plant = [](int sensors) { return plant_metadata::parse("", rows(sensors)); };
  CHECK_NOTHROW(check_shrink(plant(100), plant(80)));
  CHECK_THROWS_WITH_AS(check_shrink(plant(100), plant(79)), doctest::Contains("79 rows instead of 100"), failure);
  CHECK_NOTHROW(check_shrink(plant(10), plant(100)));
  CHECK_NOTHROW(check_shrink(plant(0), plant(0)));
  CHECK_THROWS_AS(check_shrink(plant(1), plant(0)), failure);
  const auto two = plant_metadata::parse("{\"facility_id\":\"A\"}\n{\"facility_id\":\"B\"}", "");
  CHECK_THROWS_AS(check_shrink(two, plant_metadata::parse("{\"facility_id\":\"A\"}", "")), failure);
}

TEST_CASE("the content gives the same metadata again") {
  const std::string facilities = "config/sample-plant/facilities.jsonl", sensors = "config/sample-plant/sensors.jsonl";
  const auto plant = plant_metadata::load(facilities, sensors);
  const std::string content = read_metadata(facilities, sensors);
  const auto again = plant_metadata::from_content(content);
  CHECK(again.fingerprint() == plant.fingerprint());
  CHECK(again.fingerprint() == fingerprint_of(content));
  CHECK(again.fingerprint() != fingerprint_of(content + "x"));
  CHECK(again.sensor_rows() == plant.sensor_rows());
  CHECK(again.lookup("north-plant", "TI-101")->equipment.text == "furnace-2");
  for (size_t n = 0; n < content.size(); ++n)
    REQUIRE_THROWS_AS(plant_metadata::from_content(content.substr(0, n)), failure);
  REQUIRE_THROWS_AS(plant_metadata::from_content(content + "x"), failure);
}

TEST_CASE("a file that is not there is named") {
  CHECK_THROWS_WITH_AS(plant_metadata::load("no/such.jsonl", ""), doctest::Contains("no/such.jsonl: cannot be read"),
                       failure);
  CHECK_THROWS_WITH_AS(plant_metadata::load("", "config"), doctest::Contains("config: cannot be read"), failure);
  CHECK(plant_metadata::load("", "").sensor_rows() == 0);
}

TEST_CASE("damaged rows are refused or read, and never more") {
  std::mt19937_64 random{31};
  const std::string seed = R"({"sensor_id":"S","facility_id":"F","alert_thresholds":{"low":1,"high":2e0}})"
                           "\n";
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = seed + seed;
    for (uint64_t n = 1 + random() % 3; n > 0; --n) {
      if (random() % 2)
        text[random() % text.size()] = static_cast<char>(random());
      else
        text.erase(random() % text.size(), random() % 5);
    }
    refused += complaint("", text) != "accepted";
  }
  CHECK(refused > 10'000);
}

} // namespace plant_metadata_test

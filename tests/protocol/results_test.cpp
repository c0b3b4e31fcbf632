#include "protocol/alarm.hpp"
#include "protocol/page.hpp"
#include "protocol/result_catalogue.hpp"
#include "protocol/results.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace results_test {

using namespace millwright;

namespace {

struct fixture {
  fixture() {
    auto hall = std::make_shared<facility_info>();
    hall->id = {"north"};
    hall->name = "Hall \"N\"";
    context.key = {{"north"}, {"TI-1"}};
    context.facility = hall;
    context.equipment = {"pump-1"};
    types[0].name = "generic";
    types[1].name = "temperature";
  }

  sensor_context context;
  sensor_context stranger{.key = {{"south"}, {"X"}},
                          .facility = {},
                          .equipment = {},
                          .unit = {},
                          .when = {},
                          .calibration_date = {},
                          .thresholds = {}};
  std::vector<sensor_type> types{2};
};

template <class... Row>
std::string json_of(const Row&... row) {
  std::string out;
  append_json(out, row...);
  return out;
}

/// The fields of a row, outermost ones, in their order.
std::vector<std::string> fields_of(const std::string& json) {
  std::vector<std::string> out;
  int depth = 0;
  for (size_t at = 0; at < json.size(); ++at) {
    if (json[at] == '{' || json[at] == '[')
      ++depth;
    if (json[at] == '}' || json[at] == ']')
      --depth;
    if (json[at] != '"')
      continue;
    size_t end = at + 1;
    while (json[end] != '"')
      end += json[end] == '\\' ? 2 : 1;
    if (depth == 1 && json[end + 1] == ':')
      out.push_back(json.substr(at + 1, end - at - 1));
    at = end;
  }
  return out;
}

void check_fields(result_kind kind, const std::string& json) {
  std::vector<std::string> declared;
  for (const auto& column : schema_of(kind)->columns)
    declared.emplace_back(column.name);
  CAPTURE(name_of(kind));
  CHECK(fields_of(json) == declared);
}

constexpr event_time start = from_epoch_ms(0), end = from_epoch_ms(300'000);

} // namespace

TEST_CASE_FIXTURE(fixture, "the kinds of results have the names of the definitions, both ways") {
  const char* names[] = {"statistics",    "patterns",     "averages", "anomalies", "alarms",
                         "notifications", "dead-letters", "counts",   "scores"};
  for (size_t i = 0; i < built_in_result_kinds; ++i) {
    result_kind kind{};
    CHECK(name_of(result_kind_at(i)) == names[i]);
    CHECK(result_kind_named(names[i], kind));
    CHECK(place_of(kind) == i);
  }
  result_kind kind{};
  CHECK_FALSE(result_kind_named("dead_letters", kind));
}

TEST_CASE_FIXTURE(fixture, "a row of statistics has the fields of the definitions in their order") {
  statistics_row row{&context, start, end, 20.5, absent, 20, 21, 21, absent, 1, 1, severity::normal};
  CHECK(json_of(row, types) ==
        R"({"sensor_id":"TI-1","facility_id":"north","sensor_type":"temperature","equipment_id":"pump-1",)"
        R"("window_start":"1970-01-01T00:00:00.000Z","window_end":"1970-01-01T00:05:00.000Z",)"
        R"("avg":20.5,"stddev":null,"min":20,"max":21,"count":1,"last":21,"z":null,"severity":"normal"})");
  row.context = &stranger;
  row.type = 0;
  CHECK(json_of(row, types)
            .starts_with(R"({"sensor_id":"X","facility_id":"south","sensor_type":"generic","equipment_id":null,)"));
}

TEST_CASE_FIXTURE(fixture, "a row of patterns has the fields of the definitions in their order") {
  CHECK(
      json_of(patterns_row{&context, start, end, -11.25, 12, true, false}) ==
      R"({"sensor_id":"TI-1","facility_id":"north","equipment_id":"pump-1","window_start":"1970-01-01T00:00:00.000Z",)"
      R"("window_end":"1970-01-01T00:05:00.000Z","slope":-11.25,"count":12,"rapid_change":true,"stuck":false})");
}

TEST_CASE_FIXTURE(fixture, "a row of averages has the fields of the definitions in their order") {
  CHECK(json_of(averages_row{&context, start, end, 1, from_epoch_ms(1), 2}) ==
        R"({"sensor_id":"TI-1","facility_id":"north","window_start":"1970-01-01T00:00:00.000Z",)"
        R"("window_end":"1970-01-01T00:05:00.000Z","avg":1,"count":2,"latest_timestamp":"1970-01-01T00:00:00.001Z"})");
}

TEST_CASE_FIXTURE(fixture, "an anomaly has the fields of the definitions in their order") {
  const anomaly_row row{
      &context, end, 99, 0.75, {20, 0.5, 19, 21, 30}, start, end, rule::z, severity::critical, anomaly_origin::reading};
  CHECK(
      json_of(row) ==
      R"({"anomaly_id":")" + to_string(anomaly_id_of(row)) +
          R"(","timestamp":"1970-01-01T00:05:00.000Z","sensor_id":"TI-1","equipment_id":"pump-1","facility_id":"north",)"
          R"("facility_name":"Hall \"N\"","rule":"z","severity":"critical","value":99,"score":0.75,)"
          R"("baseline":{"avg":20,"stddev":0.5,"min":19,"max":21,"count":30},)"
          R"("window_start":"1970-01-01T00:00:00.000Z","window_end":"1970-01-01T00:05:00.000Z","origin":"reading"})");
  const anomaly_row bare{&stranger, end,   99,          absent,         {},
                         never,     never, rule::range, severity::high, anomaly_origin::window};
  const auto text = json_of(bare);
  CHECK(text.find(R"("equipment_id":null,"facility_id":"south","facility_name":null,)") != std::string::npos);
  CHECK(
      text.find(
          R"("score":null,"baseline":{"avg":null,"stddev":null,"min":null,"max":null,"count":0},"window_start":null,"window_end":null,"origin":"window"})") !=
      std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "a score names the rules in alarm") {
  rule_set states;
  CHECK(
      json_of(score_row{&context, end, 0, states}) ==
      R"({"sensor_id":"TI-1","facility_id":"north","timestamp":"1970-01-01T00:05:00.000Z","score":0,"states":[],"z":null,"novelty":null,"state":null})");
  states.put(rule::state);
  states.put(rule::limit);
  CHECK(json_of(score_row{&context, end, 0.75, states, 0.5, 0, 0.75})
            .ends_with(R"("score":0.75,"states":["limit","state"],"z":0.5,"novelty":0,"state":0.75})"));
}

TEST_CASE_FIXTURE(fixture, "an anomaly's id depends on condition, time and origin, and on nothing else") {
  anomaly_row row{&context, end, 99, 0.75, {}, start, end, rule::z, severity::critical, anomaly_origin::reading};
  const auto id = anomaly_id_of(row);
  auto other = row;
  other.value = 1;
  other.level = severity::medium;
  CHECK(anomaly_id_of(other) == id);
  other = row, other.which = rule::rate;
  CHECK(anomaly_id_of(other) != id);
  other = row, other.time = start;
  CHECK(anomaly_id_of(other) != id);
  other = row, other.origin = anomaly_origin::window;
  CHECK(anomaly_id_of(other) != id);
  other = row, other.context = &stranger;
  CHECK(anomaly_id_of(other) != id);
}

TEST_CASE("a transition has the fields of the definitions in their order") {
  alarm_transition x;
  x.condition = {{"north"}, {"TI-1"}, {"pump-1"}, rule::limit};
  x.alarm = alarm_id_of(x.condition, end, 1);
  x.number = 1;
  x.at = x.raised_at = end;
  x.level = severity::high;
  x.priority = 60;
  x.value = 99.5;
  std::string message;
  {
    const auto text = describe(x);
    for (char c : text)
      message += c == '"' ? std::string{"\\\""} : std::string(1, c);
  }
  CHECK(
      json_of(x) ==
      R"({"alarm_id":")" + to_string(x.alarm) +
          R"(","number":1,"timestamp":"1970-01-01T00:05:00.000Z","transition":"raised","reason":null,"sensor_id":"TI-1",)"
          R"("equipment_id":"pump-1","facility_id":"north","rule":"limit","severity":"high","priority":60,"value":99.5,"message":")" +
          message + "\"}");
}

TEST_CASE_FIXTURE(fixture, "the built-in kinds declare the fields that their rows have") {
  check_fields(result_kind::statistics,
               json_of(statistics_row{&context, start, end, 20, 1, 20, 21, 21, 0, 1, 1, severity::normal}, types));
  check_fields(result_kind::patterns, json_of(patterns_row{&context, start, end, -11.25, 12, true, false}));
  check_fields(result_kind::averages, json_of(averages_row{&context, start, end, 1, from_epoch_ms(1), 2}));
  check_fields(result_kind::anomalies, json_of(anomaly_row{&context,
                                                           end,
                                                           99,
                                                           0.75,
                                                           {20, 0.5, 19, 21, 30},
                                                           start,
                                                           end,
                                                           rule::z,
                                                           severity::critical,
                                                           anomaly_origin::reading}));
  check_fields(result_kind::scores, json_of(score_row{&context, end, 0, {}}));
  check_fields(result_kind::alarms, json_of(alarm_transition{}));
  std::string notified;
  append_notification_json(notified, notification{});
  check_fields(result_kind::notifications, notified);
}

} // namespace results_test

#include "runtime/message/alertmanager_request.hpp"
#include "runtime/message/pagerduty_request.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"
#include "tests/random_runs.hpp"
#include "tests/runtime/message/hostile_names.hpp"

#include <doctest/doctest.h>
#include <rapidjson/document.h>

namespace state_requests_test {

using namespace millwright;
using namespace millwright::testing;
using what = alarm_now::what;

namespace {

const pagerduty_service service{"https://events.pagerduty.com/v2/enqueue", "key-1"};
const alertmanager_server server{"http://am:9093", "", "tk"};

alarm_now state(what is, alarm_transition x, const std::string& by = {}) {
  return {is, std::move(x), !by.empty(), by};
}

alarm_now known(std::string runbook) {
  auto out = state(what::stands, raise("t1"));
  out.guidance = std::make_shared<const alarm_guidance>(
      alarm_guidance{"Feed", "Valve sticks", "Runaway", "Close V-12", std::move(runbook), std::chrono::minutes{90}});
  return out;
}

page message(std::vector<alarm_now> states) {
  page out{{"it"}, page_kind::alert, states.front().newest, false};
  out.states = std::make_shared<const std::vector<alarm_now>>(std::move(states));
  out.told_at = start + milliseconds{60'000};
  out.stands_until = start + milliseconds{300'000};
  return out;
}

rapidjson::Document json(const std::string& body) {
  rapidjson::Document out;
  out.Parse<rapidjson::kParseValidateEncodingFlag>(body.c_str(), body.size());
  REQUIRE(!out.HasParseError());
  return out;
}

std::string text(const rapidjson::Value& x, const char* name) {
  return x.HasMember(name) && x[name].IsString() ? x[name].GetString() : "";
}

rapidjson::Document event(const page& x) {
  return json(pagerduty_request(service, x).body);
}

} // namespace

TEST_CASE("PagerDuty gets a trigger with what a person needs, under the alarm's id") {
  const auto x = raise("t1");
  const auto request = pagerduty_request(service, message({state(what::stands, x)}));
  CHECK(request.url == service.url);
  CHECK(request.method == "POST");
  const auto body = json(request.body);
  CHECK(text(body, "routing_key") == "key-1");
  CHECK(text(body, "event_action") == "trigger");
  CHECK(text(body, "dedup_key") == to_string(x.alarm));
  const auto& payload = body["payload"];
  CHECK(text(payload, "summary") == describe(x));
  CHECK(text(payload, "source") == "t1 on reactor-1 at Main Works (main)");
  CHECK(text(payload, "severity") == "error");
  CHECK(text(payload, "timestamp") == "2027-01-15T08:00:01.000Z");
  CHECK(text(payload, "component") == "reactor-1");
  CHECK(text(payload, "group") == "Main Works");
  CHECK(text(payload, "class") == "limit");
  CHECK(text(payload["custom_details"], "Value") == "98.25 degC");
  CHECK(text(payload["custom_details"], "Acknowledge") == "millwright ack " + short_form(x.alarm));
}

TEST_CASE("each severity is one of PagerDuty's four, whatever becomes of the alarm its key stays") {
  auto x = raise("t1");
  const char* names[] = {"info", "info", "warning", "error", "critical"};
  for (int level = 0; level < 5; ++level) {
    x.level = static_cast<severity>(level);
    x.number = static_cast<uint32_t>(level + 1);
    const auto body = event(message({state(what::stands, x)}));
    CHECK(text(body["payload"], "severity") == names[level]);
    CHECK(text(body, "dedup_key") == to_string(x.alarm));
  }
}

TEST_CASE("PagerDuty hears of an acknowledgement and of an end by the key alone") {
  const auto x = raise("t1");
  for (const auto& [is, action] : {std::pair{what::acknowledged, "acknowledge"}, std::pair{what::over, "resolve"}}) {
    const auto body = event(message({state(is, x, "anna")}));
    CHECK(text(body, "event_action") == action);
    CHECK(text(body, "dedup_key") == to_string(x.alarm));
    CHECK(!body.HasMember("payload"));
  }
}

TEST_CASE(
    "PagerDuty gets what the plant says of the alarm among the details, and its runbook as a link where it is one") {
  const auto body = event(message({known("https://wiki/r1")}));
  const auto& details = body["payload"]["custom_details"];
  CHECK(text(details, "Do") == "Close V-12");
  CHECK(text(details, "Within") == "1 h 30 min, until 2027-01-15 10:30 CET");
  CHECK(text(details, "Otherwise") == "Runaway");
  CHECK(text(details, "Cause") == "Valve sticks");
  CHECK(text(details, "About") == "Feed");
  CHECK(text(details, "Runbook") == "https://wiki/r1");
  CHECK(text(details, "Value") == "98.25 degC");
  CHECK(text(body["payload"], "summary") == describe(raise("t1")));
  REQUIRE(body.HasMember("links"));
  REQUIRE(body["links"].Size() == 1);
  CHECK(text(body["links"][0], "href") == "https://wiki/r1");
  CHECK(text(body["links"][0], "text") == "Runbook");
  for (const auto* none : {"", "binder 7, page 3", "https://", "https://wiki/\"", "javascript:alert(1)"}) {
    const auto other = event(message({known(none)}));
    CHECK_MESSAGE(!other.HasMember("links"), none);
    CHECK(text(other["payload"]["custom_details"], "Runbook") == none);
  }
}

TEST_CASE("Alertmanager gets what the plant says of the alarm as annotations") {
  const auto body = json(alertmanager_request(server, message({known("https://wiki/r1"), known("binder 7")})).body);
  REQUIRE(body.Size() == 2);
  const auto& said = body[0]["annotations"];
  CHECK(text(said, "description") == "Feed");
  CHECK(text(said, "cause") == "Valve sticks");
  CHECK(text(said, "consequence") == "Runaway");
  CHECK(text(said, "action") == "Close V-12");
  CHECK(text(said, "respond_within") == "1 h 30 min");
  CHECK(text(said, "respond_by") == "2027-01-15 10:30 CET");
  CHECK(text(said, "runbook_url") == "https://wiki/r1");
  CHECK(!said.HasMember("runbook"));
  CHECK(text(said, "summary") == describe(raise("t1")));
  CHECK(text(body[1]["annotations"], "runbook") == "binder 7");
  CHECK(!body[1]["annotations"].HasMember("runbook_url"));
  CHECK(body[0]["labels"] == body[1]["labels"]);
}

TEST_CASE("a summary is no longer than PagerDuty takes") {
  auto x = raise("t1");
  x.reason = std::string(5000, 'r');
  CHECK(text(event(message({state(what::stands, x)}))["payload"], "summary").size() == 1000);
}

TEST_CASE("Alertmanager gets all states in one list; labels name the alarm and nothing that changes") {
  const auto x = raise("t1");
  auto worse = transition("t1", 2, transition_kind::updated);
  worse.level = severity::critical;
  const auto request =
      alertmanager_request(server, message({state(what::stands, x), state(what::stands, worse, "anna")}));
  CHECK(request.url == "http://am:9093/api/v2/alerts");
  CHECK(request.headers == std::vector<std::string>{"Content-Type: application/json", "Authorization: Bearer tk"});
  const auto body = json(request.body);
  REQUIRE(body.IsArray());
  REQUIRE(body.Size() == 2);
  CHECK(body[0]["labels"] == body[1]["labels"]);
  const auto& labels = body[0]["labels"];
  CHECK(text(labels, "alertname") == "limit");
  CHECK(text(labels, "alarm") == to_string(x.alarm));
  CHECK(text(labels, "facility") == "main");
  CHECK(text(labels, "equipment") == "reactor-1");
  CHECK(text(labels, "sensor") == "t1");
  CHECK(!labels.HasMember("severity"));
  CHECK(text(body[0]["annotations"], "severity") == "high");
  CHECK(text(body[0]["annotations"], "summary") == describe(x));
  CHECK(text(body[0]["annotations"], "acknowledge") == "millwright ack " + short_form(x.alarm));
  CHECK(text(body[1]["annotations"], "severity") == "critical");
  CHECK(text(body[1]["annotations"], "acknowledged") == "by anna");
  CHECK(!body[1]["annotations"].HasMember("acknowledge"));
  CHECK(text(body[0], "startsAt") == "2027-01-15T08:00:00.000Z");
  CHECK(text(body[0], "endsAt") == "2027-01-15T08:05:00.000Z");
}

TEST_CASE("each alert has the labels that a channel gives it") {
  auto night = server;
  night.labels = {{"team", "night \"shift\""}, {"job", "plant"}};
  const auto body = json(alertmanager_request(night, message({state(what::stands, raise("t1"))})).body);
  CHECK(text(body[0]["labels"], "team") == "night \"shift\"");
  CHECK(text(body[0]["labels"], "job") == "plant");
  CHECK(body[0]["labels"].MemberCount() == 7);
  CHECK(is_label_name("team_2"));
  for (const auto* wrong : {"", "2nd", "a-b", "a b"})
    CHECK_FALSE(is_label_name(wrong));
}

TEST_CASE("what is over has ended when it did, and never later than now or before it began") {
  auto x = clear("t1", 2);
  const auto ends = [&] {
    const auto body = json(alertmanager_request(server, message({state(what::over, x)})).body);
    return std::pair{text(body[0], "startsAt"), text(body[0], "endsAt")};
  };
  CHECK(ends() == std::pair<std::string, std::string>{"2027-01-15T08:00:00.000Z", "2027-01-15T08:00:02.000Z"});
  x.at = start + milliseconds{3'600'000};
  CHECK(ends().second == "2027-01-15T08:01:00.000Z");
  x.raised_at = start + milliseconds{1'800'000};
  CHECK(ends() == std::pair<std::string, std::string>{"2027-01-15T08:01:00.000Z", "2027-01-15T08:01:00.000Z"});
}

TEST_CASE("an alarm that nobody knows any more is no alert") {
  alarm_transition bare;
  bare.alarm = raise("t1").alarm;
  const auto body = json(alertmanager_request(server, message({state(what::over, bare)})).body);
  CHECK(body.Size() == 0);
  CHECK(text(event(message({state(what::over, bare)})), "event_action") == "resolve");
}

TEST_CASE("a page that tries the channel out says so, has a key of its own, and ends by itself at Alertmanager") {
  const auto x = test_page({"it"}, raise("t9").alarm, start, "anna");
  const auto triggered = event(x);
  CHECK(text(triggered, "event_action") == "trigger");
  CHECK(text(triggered["payload"], "severity") == "info");
  CHECK(text(triggered["payload"], "summary").starts_with("TEST of the channel it by anna"));
  const auto body = json(alertmanager_request(server, x).body);
  REQUIRE(body.Size() == 1);
  CHECK(text(body[0]["labels"], "alertname") == "test");
  CHECK(text(body[0]["annotations"], "summary").starts_with("TEST of the channel it by anna"));
  CHECK(text(body[0], "endsAt") == "2027-01-15T08:05:00.000Z");
}

TEST_CASE("whatever the plant says of an alarm, it ends no string of an event") {
  std::mt19937_64 random{8};
  for (uint64_t run = 0; run < random_runs(500); ++run) {
    alarm_guidance says;
    for (const auto& part : guidance_parts())
      says.*part.text = "x" + hostile_name(random);
    auto stands = state(what::stands, raise("t1"));
    stands.guidance = std::make_shared<const alarm_guidance>(says);
    const auto trigger = event(message({stands}));
    CHECK(trigger.MemberCount() == 5);
    CHECK(text(trigger["payload"]["custom_details"], "Alarm") == to_string(raise("t1").alarm));
    const auto body = json(alertmanager_request(server, message({stands})).body);
    REQUIRE(body.Size() == 1);
    CHECK(body[0].MemberCount() == 4);
    CHECK(body[0]["annotations"].HasMember("action"));
  }
}

TEST_CASE("whatever a sensor is called, it ends no string of an event") {
  std::mt19937_64 random{7};
  for (uint64_t run = 0; run < random_runs(500); ++run) {
    auto x = raise(hostile_name(random));
    x.condition.facility.text = hostile_name(random);
    x.condition.unit.text = hostile_name(random);
    x.reason = hostile_name(random);
    const auto trigger = event(message({state(what::stands, x)}));
    CHECK(trigger.MemberCount() == 5);
    CHECK(text(trigger, "dedup_key") == to_string(x.alarm));
    const auto body = json(alertmanager_request(server, message({state(what::stands, x, hostile_name(random))})).body);
    REQUIRE(body.Size() == 1);
    CHECK(body[0].MemberCount() == 4);
    CHECK(text(body[0]["labels"], "alarm") == to_string(x.alarm));
  }
}

} // namespace state_requests_test

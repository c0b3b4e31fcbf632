#include "runtime/message/answer_pattern.hpp"
#include "runtime/message/ntfy_request.hpp"
#include "runtime/message/teams_request.hpp"
#include "runtime/message/text_places.hpp"
#include "runtime/message/twilio_request.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"
#include "tests/random_runs.hpp"
#include "tests/runtime/message/hostile_names.hpp"

#include <doctest/doctest.h>
#include <rapidjson/document.h>

#include <algorithm>

namespace ready_gateways_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

const twilio_account account{"https://api.twilio.com", "AC1", "word", "+4940", 300};
const ntfy_topic topic{"https://ntfy.example", "plant", "", "tk_1", "https://plant.example/"};

page alert(const std::string& sensor = "t1") {
  return {{"sms"}, page_kind::alert, raise(sensor), false};
}

page end() {
  return {{"sms"}, page_kind::notice, clear("t1", 2), false};
}

page digest(size_t lines) {
  alarm_digest x;
  x.oldest = x.newest = start;
  for (size_t i = 0; i < lines; ++i) {
    const auto alarm = raise(numbered("t", static_cast<int>(i))).alarm;
    x.members.push_back({alarm, 1});
    x.critical.push_back({alarm, severity::critical, start, true, "critical limit: " + std::string(500, 'x')});
  }
  page out{{"sms"}, page_kind::digest, {}, false};
  out.about.level = severity::critical;
  out.digest = std::make_shared<const alarm_digest>(x);
  return out;
}

rapidjson::Document json(const http_request& request) {
  rapidjson::Document out;
  out.Parse(request.body.c_str(), request.body.size());
  REQUIRE(out.IsObject());
  return out;
}

std::string texts_in(const rapidjson::Value& x) {
  std::string out;
  if (x.IsArray())
    for (const auto& each : x.GetArray())
      out += texts_in(each);
  if (x.IsObject())
    for (const auto& each : x.GetObject())
      out += std::string_view{each.name.GetString()} == "text" ? each.value.GetString() + std::string{"\n"}
                                                               : texts_in(each.value);
  return out;
}

} // namespace

TEST_CASE("Twilio gets a form with an SMS of 300 characters, the acknowledgement among them") {
  auto x = alert();
  x.about.reason = std::string(500, 'r');
  const auto request = twilio_request(account, x, "+49170");
  CHECK(request.url == "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json");
  CHECK(request.headers == std::vector<std::string>{"Content-Type: application/x-www-form-urlencoded",
                                                    "Authorization: Basic QUMxOndvcmQ="});
  CHECK(request.body.starts_with("To=%2B49170&From=%2B4940&Body=high%20limit%3A%20t1"));
  const auto text = sms_text(x, 300);
  CHECK(text.size() == 300);
  CHECK(text.ends_with("...; millwright ack " + short_form(x.about.alarm)));
  CHECK(sms_text(end(), 300).find("millwright ack") == std::string::npos);
  auto service = account;
  service.from = "MG7";
  CHECK(twilio_request(service, x, "+49170").body.find("&MessagingServiceSid=MG7&") != std::string::npos);
}

TEST_CASE("an SMS has what, where, the value and what to do before all else") {
  auto x = alert();
  x.about.reason = std::string(500, 'r');
  alarm_guidance says;
  says.action = "Close V-12";
  says.respond_within = std::chrono::minutes{15};
  x.guidance = std::make_shared<const alarm_guidance>(says);
  const auto text = sms_text(x, 160);
  CHECK(text.size() == 160);
  CHECK(text.starts_with(
      "high limit: t1 on reactor-1 at Main Works (main): 98.25 degC; do: Close V-12; within 15 min, "));
  CHECK(text.ends_with("...; millwright ack " + short_form(x.about.alarm)));
  CHECK(sms_text(end(), 300).starts_with(short_form(end().about.alarm) + " high limit cleared: t1"));
}

TEST_CASE("an SMS of many alarms names the worst of them, and in its shortest form how many they are") {
  auto x = digest(3);
  const auto first = "[" + short_form(x.digest->critical.front().alarm) + "] critical limit: xxx";
  const auto text = sms_text(x, 300);
  CHECK(text.size() == 300);
  CHECK(text.starts_with("3 alarms told late, from "));
  CHECK(text.find(first) != std::string::npos);
  x.shortest = true;
  CHECK(shortest_text(x).starts_with("3 alarms told late, from "));
  CHECK(shortest_text(x).find('[') == std::string::npos);
}

TEST_CASE("a push and a card say what to do, however much the plant has written down") {
  auto x = alert();
  alarm_guidance says;
  std::string longest;
  for (size_t i = 0; i < longest_guidance; ++i)
    longest += "\U0001f525";
  for (const auto& part : guidance_parts())
    says.*part.text = longest;
  says.respond_within = std::chrono::minutes{15};
  x.guidance = std::make_shared<const alarm_guidance>(says);
  const auto push = std::string{json(ntfy_request(topic, x))["message"].GetString()};
  CHECK(push.size() < 4'000);
  CHECK(push.find("\nDo: \U0001f525") != std::string::npos);
  CHECK(push.ends_with("\nmillwright ack " + short_form(x.about.alarm)));
  const auto card = teams_request("u", x);
  CHECK(card.body.size() < 28'000);
  CHECK(texts_in(json(card)).find("Do: \n\U0001f525") != std::string::npos);
}

TEST_CASE("an answer in which Twilio took nothing is known") {
  const answer_pattern look{twilio_failure};
  CHECK(look.found_in("{\"status\": \"failed\", \"error_code\": 30007}"));
  CHECK(!look.found_in("{\"status\": \"queued\", \"error_code\": null}"));
}

TEST_CASE("ntfy gets title, message, tag, and the priority that the alarm deserves") {
  auto x = alert();
  x.about.level = severity::critical;
  const auto request = ntfy_request(topic, x);
  CHECK(request.url == "https://ntfy.example/");
  CHECK(request.headers.back() == "Authorization: Bearer tk_1");
  const auto body = json(request);
  CHECK(std::string{body["topic"].GetString()} == "plant");
  CHECK(std::string{body["title"].GetString()} == "critical limit: t1 on reactor-1 at Main Works (main)");
  CHECK(std::string{body["message"].GetString()}.ends_with("\nmillwright ack " + short_form(x.about.alarm)));
  CHECK(body["priority"].GetInt() == 5);
  CHECK(std::string{body["tags"][0].GetString()} == "rotating_light");
  CHECK(std::string{body["click"].GetString()} == "https://plant.example/");
  CHECK(json(ntfy_request(topic, alert()))["priority"].GetInt() == 4);
  CHECK(json(ntfy_request(topic, end()))["priority"].GetInt() == 2);
  CHECK(std::string{json(ntfy_request(topic, end()))["tags"][0].GetString()} == "white_check_mark");
  CHECK(json(ntfy_request(topic, digest(2)))["priority"].GetInt() == 4);
  CHECK(std::string{json(ntfy_request(topic, digest(90)))["message"].GetString()}.size() <= 4'000);
}

TEST_CASE("a topic is the last part of its URL") {
  CHECK(topic_of("https://ntfy.sh/plant-alarms").topic == "plant-alarms");
  CHECK(topic_of("https://ntfy.sh/plant-alarms").server == "https://ntfy.sh");
  CHECK(topic_of("http://h:81/push/a_1").server == "http://h:81/push");
  for (const auto* none : {"https://ntfy.sh", "https://ntfy.sh/", "https://ntfy.sh/a?b=c", "", "ntfy"})
    CHECK_MESSAGE(topic_of(none).topic.empty(), none);
}

TEST_CASE("Teams gets a card whose texts are no markup, of a size that it takes") {
  const auto body = json(teams_request("https://teams.example/x", alert("[a](http://evil.example) **b**")));
  CHECK(std::string{body["type"].GetString()} == "message");
  const auto& card = body["attachments"][0]["content"];
  CHECK(std::string{card["type"].GetString()} == "AdaptiveCard");
  const auto& items = card["body"][0]["items"];
  for (const auto& each : items.GetArray())
    CHECK(std::string{each["type"].GetString()} == "RichTextBlock");
  const auto text = texts_in(body);
  CHECK(text.find("[a](http://evil.example) **b**") != std::string::npos);
  CHECK(text.find("98.25 degC") != std::string::npos);
  CHECK(text.find("millwright ack ") != std::string::npos);
  auto longest = alert(std::string(20'000, 'x'));
  CHECK(teams_request("u", longest).body.size() < 28'000);
  CHECK(teams_request("u", digest(200)).body.size() < 28'000);
  CHECK(texts_in(json(teams_request("u", digest(200)))).find("and 170 more critical ones") != std::string::npos);
}

TEST_CASE("whatever a sensor is called, the ready gateways get one message of ours") {
  std::mt19937_64 random{9};
  const auto fields = json(teams_request("u", alert()))["attachments"][0]["content"]["body"][0]["items"].Size();
  for (uint64_t run = 0; run < random_runs(3'000); ++run) {
    auto x = alert("n" + hostile_name(random));
    x.about.condition.unit.text = hostile_name(random);
    x.about.evidence.facility_name = hostile_name(random);
    const auto line = one_line(x.about.condition.sensor.text);
    REQUIRE(json(ntfy_request(topic, x)).MemberCount() == 6);
    const auto card = json(teams_request("u", x));
    REQUIRE(card["attachments"][0]["content"]["body"][0]["items"].Size() == fields);
    REQUIRE(texts_in(card).find(cut_line(line, 200).substr(0, 50)) != std::string::npos);
    const auto form = twilio_request(account, x, "+49").body;
    REQUIRE(std::count(form.begin(), form.end(), '&') == 2);
    REQUIRE(std::count(form.begin(), form.end(), '=') == 3);
  }
}

} // namespace ready_gateways_test

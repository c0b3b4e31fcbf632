#include "runtime/message/answer_pattern.hpp"
#include "runtime/message/gateway_request.hpp"
#include "runtime/message/text_places.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"
#include "tests/random_runs.hpp"
#include "tests/runtime/message/hostile_names.hpp"

#include <doctest/doctest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <stdexcept>

namespace gateway_request_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

page alert(const std::string& sensor = "t1") {
  return {{"sms"}, page_kind::alert, raise(sensor), false};
}

std::string filled(const std::string& text, text_place where, const page& x = alert()) {
  return message_template{text}.filled(words_of(x), "+49 40", where);
}

} // namespace

TEST_CASE("a template's fields are filled, each for where it stands") {
  auto x = alert("t\"1\"");
  CHECK(filled("{sensor}: {value}, to {to}", text_place::plain, x) == "t\"1\": 98.25 degC, to +49 40");
  CHECK(filled("{\"text\":\"{sensor}\",\"p\":{priority}}", text_place::json, x) ==
        "{\"text\":\"t\\\"1\\\"\",\"p\":85}");
  CHECK(filled("text={sensor}&to={to}", text_place::form, x) == "text=t%221%22&to=%2B49%2040");
}

TEST_CASE("braces that hold no name stay, and a name that is none is told") {
  CHECK(filled("{} {A} {a b} {\"x\":{}} {", text_place::plain) == "{} {A} {a b} {\"x\":{}} {");
  const message_template wrong{"{wat} {what} {to} {valeu}"};
  CHECK(wrong.unknown_fields() == std::vector<std::string>{"wat", "valeu"});
  CHECK(wrong.has_field("to"));
  CHECK(!wrong.has_field("where"));
  CHECK(message_template::literal("{what}").filled(words_of(alert()), "", text_place::plain) == "{what}");
  for (const auto& name : field_names())
    CHECK_MESSAGE(message_template{'{' + name + '}'}.unknown_fields().empty(), name);
}

TEST_CASE("a gateway is asked as its form says") {
  gateway_form form;
  form.method = "PUT";
  form.url = message_template{"https://sms.example/send?to={to}"};
  form.headers = {{"X-Prio", message_template{"{priority}"}}, {"X-None", message_template{"{reason}"}}};
  form.body = message_template{"to={to}&text={message}"};
  form.format = text_place::form;
  form.user = "me";
  form.password = "word";
  form.longest = 20;
  const auto request = gateway_request(form, alert(), "+49");
  CHECK(request.method == "PUT");
  CHECK(request.url == "https://sms.example/send?to=%2B49");
  CHECK(request.headers == std::vector<std::string>{"Content-Type: application/x-www-form-urlencoded",
                                                    "Idempotency-Key: " + key_of(alert()) + "-+49",
                                                    "Authorization: Basic bWU6d29yZA==", "X-Prio: 85", "X-None;"});
  CHECK(request.body == "to=%2B49&text=" + short_form(alert().about.alarm) + "%20high%20lim...");
}

TEST_CASE("a gateway's text is cut by its characters, however many bytes each has") {
  gateway_form form;
  form.url = message_template{"https://h/"};
  form.body = message_template{"{message}"};
  std::string name;
  for (int i = 0; i < 40; ++i)
    name += "\u00fc";
  const auto x = alert(name);
  form.longest = describe_with_action(x).size() - 40;
  CHECK(gateway_request(form, x, "").body == describe_with_action(x));
  form.longest -= 1;
  const auto cut = gateway_request(form, x, "").body;
  CHECK(cut.starts_with(short_form(x.about.alarm) + " high limit: "));
  CHECK(cut.ends_with("..."));
}

TEST_CASE("a digest that a gateway cuts names the worst alarms") {
  gateway_form form;
  form.url = message_template{"https://h/"};
  form.body = message_template{"{message}"};
  alarm_digest many;
  many.oldest = many.newest = start;
  const auto worst = raise("t1").alarm;
  many.members = {{worst, 1}};
  many.critical = {{worst, severity::critical, start, true, std::string(500, 'x')}};
  page told{{"sms"}, page_kind::digest, {}, false};
  told.digest = std::make_shared<const alarm_digest>(many);
  form.longest = 300;
  CHECK(gateway_request(form, told, "").body.find("; [" + short_form(worst) + "] xxx") != std::string::npos);
}

TEST_CASE("a page that a gateway refused is short in all of its fields, not in {message} alone") {
  gateway_form form;
  form.url = message_template{"https://h/"};
  form.body = message_template{R"({"a":"{where}","b":"{reason}","c":"{sensor}","d":"{action}","e":"{message}"})"};
  auto x = alert("t\u00e9" + std::string(3'000, 'x'));
  x.about.reason = std::string(3'000, 'r');
  alarm_guidance says;
  says.action = std::string(400, 'a');
  x.guidance = std::make_shared<const alarm_guidance>(says);
  CHECK(gateway_request(form, x, "").body.size() > 6'000);
  x.shortest = true;
  const auto body = gateway_request(form, x, "").body;
  CHECK(body.size() < 450);
  CHECK(std::all_of(body.begin(), body.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
}

TEST_CASE("a gateway's own headers take the place of ours, and GET has no body") {
  gateway_form form;
  form.method = "GET";
  form.url = message_template{"https://sms.example/{short_id}"};
  form.headers = {{"idempotency-key", message_template{"{key}"}}};
  const auto request = gateway_request(form, alert(), "");
  CHECK(request.url == "https://sms.example/" + short_form(alert().about.alarm));
  CHECK(request.headers == std::vector<std::string>{"idempotency-key: " + key_of(alert())});
  CHECK(request.body.empty());
}

TEST_CASE("whatever a sensor is called, a gateway's request has its own headers, JSON and form") {
  std::mt19937_64 random{5};
  gateway_form form;
  form.url = message_template{"https://h/{sensor}?where={where}"};
  form.headers = {{"X-Where", message_template{"at {where}"}}, {"X-Unit", message_template{"{equipment}"}}};
  form.body = message_template{R"({"text":"{message}","sensor":"{sensor}","of":["{facility}"]})"};
  const message_template fields{"a={sensor}&b={facility}"};
  for (uint64_t run = 0; run < random_runs(5'000); ++run) {
    auto x = alert(hostile_name(random));
    x.about.condition.unit.text = hostile_name(random);
    x.about.evidence.facility_name = hostile_name(random);
    const auto request = gateway_request(form, x, "");
    REQUIRE(request.headers.size() == 4);
    for (const auto& line : request.headers)
      REQUIRE(std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
    REQUIRE(std::all_of(request.url.begin(), request.url.end(), [](char c) { return c > 0x20 && c < 0x7f; }));
    REQUIRE(std::count(request.url.begin(), request.url.end(), '/') == 3);
    rapidjson::Document body;
    body.Parse(request.body.c_str(), request.body.size());
    REQUIRE(body.IsObject());
    REQUIRE(body.MemberCount() == 3);
    REQUIRE(body["sensor"].GetString() == one_line(x.about.condition.sensor.text));
    const auto text = fields.filled(words_of(x), "", text_place::form);
    REQUIRE(std::count(text.begin(), text.end(), '&') == 1);
    REQUIRE(std::count(text.begin(), text.end(), '=') == 2);
  }
}

TEST_CASE("an answer that holds an error is found by an expression, which is told where it is none") {
  const answer_pattern look{"\"status\": *\"(error|failed)\"|^ERR"};
  CHECK(look.found_in("{\"status\":  \"failed\"}"));
  CHECK(look.found_in("ERR 12"));
  CHECK(!look.found_in("{\"status\": \"ok\"}"));
  CHECK(!answer_pattern{}.found_in("anything"));
  CHECK(answer_pattern{"b"}.found_in(std::string{"a\0b", 3}));
  CHECK_THROWS_AS(answer_pattern{"(a"}, std::invalid_argument);
  CHECK_THROWS_AS(answer_pattern{"(.*)(.*)\\1\\2x"}, std::invalid_argument);
  CHECK_THROWS_AS(answer_pattern{"((a{1,100}){1,100}){1,30}"}, std::invalid_argument);
  CHECK_THROWS_AS(answer_pattern{std::string(201, 'a')}, std::invalid_argument);
  CHECK(answer_pattern{"\\{\"failed\": ?[0-9]{3}"}.found_in("{\"failed\":502}"));
}

} // namespace gateway_request_test

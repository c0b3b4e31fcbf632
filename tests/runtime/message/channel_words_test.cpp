#include "protocol/json.hpp"
#include "runtime/message/channel_words.hpp"
#include "runtime/message/email_message.hpp"
#include "runtime/message/ntfy_request.hpp"
#include "runtime/message/teams_request.hpp"
#include "runtime/message/twilio_request.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"
#include "tests/random_runs.hpp"
#include "tests/runtime/message/hostile_names.hpp"
#include "tests/runtime/message/read_mail.hpp"

#include <doctest/doctest.h>
#include <rapidjson/document.h>

namespace channel_words_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

const channel_words own{"{severity} at {equipment}",
                        "Do: {action}\nBook: {runbook}\n{value}, was {previous}\n\nplain\n"};
const mail_addresses who{"alarms@plant.example", {"anna@plant.example"}};

page alert(const std::string& action = "Close V-12") {
  page x{{"own"}, page_kind::alert, raise("t1"), false};
  alarm_guidance says;
  says.action = action;
  x.guidance = std::make_shared<const alarm_guidance>(says);
  return x;
}

} // namespace

TEST_CASE("a channel's own words take the place of ours, and a line that has nothing to say is left out") {
  CHECK(own.title_of(alert(), words_of(alert())) == "high at reactor-1");
  CHECK(*own.lines_of(alert(), words_of(alert())) ==
        std::vector<std::string>{"Do: Close V-12", "98.25 degC, was 90.5 degC", "", "plain"});
  CHECK(own.line_of(alert(), words_of(alert())) == "Do: Close V-12; 98.25 degC, was 90.5 degC; plain");
  CHECK(own.lines_of(alert(""), words_of(alert("")))->front() == "98.25 degC, was 90.5 degC");
}

TEST_CASE("where a channel says nothing of its own, and for what is no alarm, our words hold") {
  CHECK(!channel_words{}.title_of(alert(), words_of(alert())));
  CHECK(!channel_words{}.line_of(alert(), words_of(alert())));
  auto x = alert();
  x.shortest = true;
  CHECK(!own.title_of(x, words_of(x)));
  CHECK(!own.lines_of(test_page({"own"}, raise("t1").alarm, start, "anna"),
                      words_of(test_page({"own"}, raise("t1").alarm, start, "anna"))));
  x.shortest = false;
  x.digest = std::make_shared<const alarm_digest>();
  CHECK(!own.lines_of(x, words_of(x)));
}

TEST_CASE("a field that is none is told, and so are recipients") {
  CHECK(own.unknown_fields().empty());
  CHECK(channel_words{"{valeu}", "{what}\n{to} {wat}"}.unknown_fields() ==
        std::vector<std::string>{"valeu", "wat", "to"});
}

TEST_CASE("every channel that has words of its own says them") {
  const auto mail = read_mail(email_message(alert(), who, start, own));
  CHECK(mail.headers.at("Subject") == "high at reactor-1");
  CHECK(mail.parts[0].text.starts_with("Do: Close V-12\r\n98.25 degC, was 90.5 degC\r\n\r\nplain\r\n"));
  CHECK(mail.parts[1].text.find("<b>high at reactor-1</b>") != std::string::npos);
  CHECK(mail.parts[1].text.find("<div>Do: Close V-12</div>") != std::string::npos);
  const auto push = ntfy_request({"https://h", "t", "", "", ""}, alert(), own).body;
  CHECK(push.find("\"title\":\"high at reactor-1\"") != std::string::npos);
  CHECK(push.find("\"message\":\"Do: Close V-12\\n98.25 degC, was 90.5 degC\\nplain\"") != std::string::npos);
  const auto card = teams_request("u", alert(), own).body;
  CHECK(card.find("\"text\":\"high at reactor-1\"") != std::string::npos);
  CHECK(card.find("\"text\":\"Do: Close V-12\"") != std::string::npos);
  CHECK(card.find("Priority") == std::string::npos);
  CHECK(sms_text(alert(), 300, own) == "Do: Close V-12; 98.25 degC, was 90.5 degC; plain");
  CHECK(sms_text(alert(), 17, own) == "Do: Close V-12...");
}

TEST_CASE("whatever the plant's people have written, a message with words of its own stays one message of ours") {
  std::mt19937_64 random{13};
  for (uint64_t run = 0; run < random_runs(2'000); ++run) {
    const auto x = alert(hostile_name(random));
    const auto mail = read_mail(email_message(x, who, start, own));
    REQUIRE(mail.parts.size() == 2);
    for (const auto& body :
         {ntfy_request({"https://h", "t", "", "", ""}, x, own).body, teams_request("u", x, own).body}) {
      rapidjson::Document json;
      json.Parse<rapidjson::kParseValidateEncodingFlag>(body.c_str(), body.size());
      REQUIRE(json.IsObject());
    }
    REQUIRE(sms_text(x, 300, own).find('\n') == std::string::npos);
  }
}

} // namespace channel_words_test

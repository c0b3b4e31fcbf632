#include "runtime/message/email_message.hpp"
#include "runtime/message/mail_encoding.hpp"
#include "runtime/message/text_places.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"
#include "tests/random_runs.hpp"
#include "tests/runtime/message/hostile_names.hpp"
#include "tests/runtime/message/read_mail.hpp"

#include <doctest/doctest.h>

namespace email_message_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

const mail_addresses who{"alarms@plant.example", {"anna@plant.example", "night-shift@plant.example"}};

page alert(const std::string& sensor = "t1") {
  return {{"mail"}, page_kind::alert, raise(sensor), false};
}

read_message mail_of(const page& x) {
  return read_mail(email_message(x, who, x.about.at));
}

std::string header(const std::string& text) {
  std::string out;
  append_mail_header(out, "Subject", text);
  return out;
}

} // namespace

TEST_CASE("a header of plain ASCII stays as it is, and is folded at spaces") {
  CHECK(header("high limit: t1") == "Subject: high limit: t1\r\n");
  CHECK(header("  a   b  ") == "Subject: a b\r\n");
  std::string words;
  for (int i = 0; i < 30; ++i)
    words += "word" + std::to_string(i) + ' ';
  const auto folded = header(words);
  for (const auto& line : lines_of_mail(folded))
    CHECK(line.size() <= 76);
  CHECK(folded.find("=?") == std::string::npos);
  size_t at = 0;
  CHECK(read_headers(lines_of_mail(folded), at)["Subject"] + ' ' == words);
}

TEST_CASE("a header of anything else is encoded words, and reads as it was") {
  for (const std::string text : {"K\u00fchlturm \u6e29\u5ea6 \U0001f525", "looks like =?utf-8?B?eA==?= one"}) {
    size_t at = 0;
    const auto written = header(text);
    CHECK(read_headers(lines_of_mail(written), at)["Subject"] == text);
  }
  std::string longer;
  for (int i = 0; i < 60; ++i)
    longer += "\u6e29";
  for (const auto& text : {longer, std::string(200, 'x')}) {
    const auto written = header(text);
    for (const auto& line : lines_of_mail(written))
      CHECK(line.size() <= 76);
    size_t at = 0;
    CHECK(read_headers(lines_of_mail(written), at)["Subject"] == text);
  }
}

TEST_CASE("quoted-printable keeps lines short and what stands at their ends") {
  CHECK(quoted_printable("a=b \n\tx\u00e9\n") == "a=3Db=20\r\n=09x=C3=A9\r\n");
  CHECK(quoted_printable(std::string(76, 'a') + "\n") == std::string(76, 'a') + "\r\n");
  CHECK(quoted_printable(std::string(77, 'a') + "\n") == std::string(75, 'a') + "=\r\naa\r\n");
  CHECK(from_quoted_printable(quoted_printable(std::string(500, '='))) == std::string(500, '='));
}

TEST_CASE("a mail says what happened in text and in HTML, to whom, and when") {
  const auto mail = mail_of(alert());
  CHECK(mail.headers.at("Date") == "Fri, 15 Jan 2027 08:00:01 +0000");
  CHECK(mail.headers.at("From") == "millwright <alarms@plant.example>");
  CHECK(mail.headers.at("To") == "anna@plant.example, night-shift@plant.example");
  CHECK(mail.headers.at("Subject") == "high limit: t1 on reactor-1 at Main Works (main): 98.25 degC");
  CHECK(mail.headers.at("Auto-Submitted") == "auto-generated");
  CHECK(!mail.headers.contains("Importance"));
  REQUIRE(mail.parts.size() == 2);
  CHECK(mail.parts[0].type == "text/plain; charset=utf-8");
  CHECK(mail.parts[1].type == "text/html; charset=utf-8");
  for (const auto& part : mail.parts) {
    CHECK(part.text.find("98.25 degC") != std::string::npos);
    CHECK(part.text.find("2027-01-15 09:00 CET") != std::string::npos);
    CHECK(part.text.find("millwright ack " + short_form(alert().about.alarm)) != std::string::npos);
  }
  auto critical = alert();
  critical.about.level = severity::critical;
  CHECK(mail_of(critical).headers.at("Importance") == "high");
}

TEST_CASE("a mail says what to do right below what happened, and where to look") {
  auto x = alert();
  alarm_guidance says;
  says.action = "Close <V-12>";
  says.respond_within = std::chrono::minutes{15};
  x.guidance = std::make_shared<const alarm_guidance>(says);
  const auto mail = mail_of(x);
  CHECK(mail.parts[0].text.find("CET\r\n\r\nDo: Close <V-12>\r\nWithin: 15 min, until 2027-01-15 09:15 CET\r\n\r\n"
                                "What: high limit\r\n") != std::string::npos);
  CHECK(mail.parts[0].text.find("\r\nLook: millwright plant main/reactor-1\r\n") != std::string::npos);
  CHECK(mail.parts[1].text.find("<tr><td>Do</td><td>Close &lt;V-12&gt;</td></tr>") != std::string::npos);
}

TEST_CASE("the Message-ID is the page's key, and mails of one alarm are one thread") {
  const auto first = mail_of(alert());
  page end{{"mail"}, page_kind::notice, clear("t1", 2), false};
  const auto second = mail_of(end);
  CHECK(first.headers.at("Message-ID") == " <" + key_of(alert()) + "@plant.example>");
  CHECK(first.headers.at("Message-ID") != second.headers.at("Message-ID"));
  CHECK(first.headers.at("References") == " <alarm-" + to_string(alert().about.alarm) + "@plant.example>");
  CHECK(first.headers.at("References") == second.headers.at("References"));
  CHECK(second.headers.at("In-Reply-To") == second.headers.at("References"));
  CHECK(mail_of(alert("t2")).headers.at("References") != first.headers.at("References"));
  CHECK(second.headers.at("Subject") == "high limit cleared: t1 on reactor-1 at Main Works (main): 98.25 degC");
  CHECK(second.parts[0].text.find("Acknowledge") == std::string::npos);
}

TEST_CASE("a repeat is the same bytes, but for the note that it may be one") {
  CHECK(email_message(alert(), who, start) == email_message(alert(), who, start));
  auto again = alert();
  again.may_repeat = true;
  CHECK(message_id_of(again, who) == message_id_of(alert(), who));
  CHECK(mail_of(again).headers.at("X-Millwright-May-Repeat") == "true");
}

TEST_CASE("a time that no calendar shows is left to the server") {
  for (const auto at : {never, forever, from_epoch_ms(-1), from_epoch_ms(253'402'300'800'000)})
    CHECK(!read_mail(email_message(alert(), who, at)).headers.contains("Date"));
  CHECK(read_mail(email_message(alert(), who, from_epoch_ms(951'782'400'000))).headers.at("Date") ==
        "Tue, 29 Feb 2000 00:00:00 +0000");
}

TEST_CASE("the shortest form is text alone, under an id of its own") {
  auto x = alert();
  x.shortest = true;
  const auto mail = mail_of(x);
  REQUIRE(mail.parts.size() == 1);
  CHECK(mail.parts[0].text.size() < 300);
  CHECK(mail.headers.at("Message-ID") == " <" + key_of(x) + "-short@plant.example>");
}

TEST_CASE("a digest names its alarms, a line each, and is no alarm's thread") {
  alarm_digest digest;
  digest.oldest = start - std::chrono::hours{2};
  digest.newest = start;
  digest.members = {{raise("t1").alarm, 1}, {raise("t2").alarm, 1}};
  digest.critical = {{raise("t1").alarm, severity::critical, start, true, "critical limit: t1"}};
  digest.others = {{raise("t2").alarm, severity::high, start, false, "high limit: t2 <b>"}};
  page x{{"mail"}, page_kind::digest, {}, false};
  x.about.at = start;
  x.digest = std::make_shared<const alarm_digest>(digest);
  const auto mail = mail_of(x);
  CHECK(mail.headers.at("Subject").starts_with("2 alarms told late, from 2027-01-15 06:00 UTC"));
  CHECK(!mail.headers.contains("References"));
  CHECK(mail.parts[0].text.find(", over] high limit: t2 <b>\r\n") != std::string::npos);
  CHECK(mail.parts[1].text.find("t2 &lt;b&gt;") != std::string::npos);
}

TEST_CASE("addresses are told from what would end a line or a command") {
  for (const auto* good : {"a@b", "anna.o'neil+night@mail.plant.example", "x_y@10-3.example"})
    CHECK_MESSAGE(is_mail_address(good), good);
  for (const auto* bad : {"", "a", "@b", "a@", "a b@c", "a@b c", "a@b\r\nRCPT TO:<x@y>", "a@b>", "<a@b>", "a@b@c",
                          ".a@b", "a..b@c", "a@b.", "a@b_c", "\u00e9@b", "a@\u00e9", "a,b@c", "a@b,c@d"})
    CHECK_MESSAGE(!is_mail_address(bad), bad);
  CHECK(!is_mail_address(std::string(65, 'a') + "@b"));
}

TEST_CASE("whatever a sensor is called, a mail has its own headers and parts, and the name in them") {
  std::mt19937_64 random{11};
  std::vector<std::string> order;
  for (uint64_t run = 0; run < random_runs(4'000); ++run) {
    auto x = alert(hostile_name(random));
    x.about.condition.unit.text = hostile_name(random);
    x.about.evidence.facility_name = hostile_name(random);
    x.about.evidence.unit = hostile_name(random);
    x.about.reason = hostile_name(random);
    x.channel.text = hostile_name(random);
    const auto mail = mail_of(x);
    if (run == 0)
      order = mail.header_order;
    REQUIRE(mail.header_order == order);
    REQUIRE(mail.parts.size() == 2);
    REQUIRE(mail.headers.at("To") == "anna@plant.example, night-shift@plant.example");
    REQUIRE(mail.parts[0].text.find("Value: 98.25 " + one_line(x.about.evidence.unit) + "\r\n") != std::string::npos);
    REQUIRE(mail.parts[1].text.find(html_place(describe(x))) != std::string::npos);
    REQUIRE(mail.parts[1].text.find("<b></b>") == std::string::npos);
  }
}

} // namespace email_message_test

#include "runtime/message/mail_reply.hpp"

#include "protocol/quantities.hpp"
#include "runtime/message/email_message.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace mail_reply_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

constexpr char thread[] = "References: <alarm-6ba7b810-9dad-11d1-80b4-00c04fd430c8@plant.example>\r\n";

uuid some_alarm() {
  uuid out;
  REQUIRE(parse_uuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8", out));
  return out;
}

mail_reply reply(const std::string& header) {
  return read_mail_reply(header, "Plant.Example");
}

std::string from(const std::string& text) {
  return reply("From: " + text + "\r\n").from;
}

} // namespace

TEST_CASE("an answer to a page names its alarm, as mail programs quote what we have sent") {
  page x{{"mail"}, page_kind::alert, raise("t1"), false};
  const mail_addresses who{"alarms@plant.example", {"anna@plant.example"}};
  const auto answer = std::string{"From: Anna <anna@plant.example>\r\nIn-Reply-To: "} + message_id_of(x, who) + "\r\n";
  CHECK(reply(answer).alarms == std::vector<uuid>{x.about.alarm});
  x.shortest = true;
  x.channel = {"night shift"};
  CHECK(reply(std::string{"In-Reply-To:\r\n "} + message_id_of(x, who) + "\r\n").alarms ==
        std::vector<uuid>{x.about.alarm});
  const auto sent = email_message(x, who, x.about.at);
  const auto at = sent.find("References:");
  const auto references = sent.substr(at, sent.find('>', at) + 1 - at);
  CHECK(reply(references + "\r\n " + message_id_of(x, who) + "\r\n").alarms == std::vector<uuid>{x.about.alarm});
}

TEST_CASE("ids of others, or that only look like ours, name no alarm") {
  CHECK(reply(thread).alarms == std::vector<uuid>{some_alarm()});
  for (const auto* each : {"References: <alarm-6ba7b810-9dad-11d1-80b4-00c04fd430c8@other.example>\r\n",
                           "References: <alarm-6ba7b810-9dad-11d1-80b4-00c04fd430c8-1@plant.example>\r\n",
                           "References: <6ba7b810-9dad-11d1-80b4-00c04fd430c8@plant.example>\r\n",
                           "References: <6ba7b810-9dad-11d1-80b4-00c04fd430c8x@plant.example>\r\n",
                           "References: <alarm-6ba7b810@plant.example>\r\n", "References: <\r\n", "References: <>\r\n",
                           "References: alarm-6ba7b810-9dad-11d1-80b4-00c04fd430c8@plant.example\r\n",
                           "Subject: <alarm-6ba7b810-9dad-11d1-80b4-00c04fd430c8@plant.example>\r\n",
                           "\r\nReferences: <alarm-6ba7b810-9dad-11d1-80b4-00c04fd430c8@plant.example>\r\n"})
    CHECK_MESSAGE(reply(each).alarms.empty(), each);
}

TEST_CASE("whose it is says its address, and no name that looks like another's") {
  CHECK(from("anna@plant.example") == "anna@plant.example");
  CHECK(from("Anna <Anna@Plant.Example>") == "anna@plant.example");
  CHECK(from("\"Berg, Anna\" <anna@plant.example>") == "anna@plant.example");
  CHECK(from("\"anna@plant.example\" <eve@other.example>") == "eve@other.example");
  CHECK(from("\"a\\\"<anna@plant.example>\" <eve@other.example>") == "eve@other.example");
  CHECK(from("(<anna@plant.example>) eve@other.example") == "eve@other.example");
  CHECK(from("anna@plant.example <eve@other.example>") == "eve@other.example");
  for (const auto* each : {"", "anna", "<anna@plant.example", "<eve@other.example> <anna@plant.example>",
                           "eve@other.example, anna@plant.example", "<eve@other.example>, <anna@plant.example>",
                           "anna@plant.example eve@other.example", "\"anna@plant.example"})
    CHECK_MESSAGE(from(each).empty(), each);
  CHECK(reply("From: anna@plant.example\r\nFrom: eve@other.example\r\n").from.empty());
}

TEST_CASE("what no person has written is told from what one has") {
  for (const auto* each :
       {"Auto-Submitted: auto-replied\r\n", "auto-submitted: Auto-Generated (away)\r\n", "Precedence: bulk\r\n",
        "Return-Path: <>\r\n", "Content-Type: multipart/report; report-type=delivery-status\r\n",
        "X-Autoreply: yes\r\n", "List-Id: <all.plant.example>\r\n"})
    CHECK_MESSAGE(reply(each).automatic, each);
  for (const auto* each : {"", "Auto-Submitted: no\r\n", "Precedence: normal\r\n",
                           "Return-Path: <anna@plant.example>\r\n", "Content-Type: multipart/alternative\r\n"})
    CHECK_FALSE_MESSAGE(reply(each).automatic, each);
}

TEST_CASE("when it was taken says our server, whose line is the first, and the sender only where there is none") {
  const auto nine = parse_time("2026-11-30T08:14:02Z").value();
  const std::string date = "Date: Mon, 30 Nov 2026 12:00:00 +0000\r\n";
  CHECK(reply(date + "Received: from a (b; c)\r\n by d; Mon, 30 Nov 2026 09:14:02 +0100 (CET)\r\n"
                     "Received: from e; Mon, 30 Nov 2026 07:00:00 +0000\r\n")
            .at == nine);
  CHECK(reply(date).at == parse_time("2026-11-30T12:00:00Z"));
  CHECK_FALSE(reply(date + "Received: by nobody who says when\r\n").at);
  CHECK_FALSE(reply("").at);
  CHECK(parse_mail_date("30 Nov 2026 08:14:02 GMT") == nine);
  CHECK(parse_mail_date("Mon, 30 Nov 2026 03:14:02 -0500") == nine);
  CHECK(parse_mail_date("Mon, 30 Nov 2026 08:14 +0000") == nine - std::chrono::seconds{2});
  for (const auto* each :
       {"", "Mon, 30 Nov 2026", "Mon, 31 Nov 2026 08:14:02 +0000", "Mon, 30 Nov 26 08:14:02 +0000",
        "Mon, 30 Nov 2026 24:14:02 +0000", "Mon, 30 Nov 2026 08:14:02 CET", "Mon, -3 Nov 2026 08:14:02 +0000",
        "Mon, 30 Now 2026 08:14:02 +0000", "Mon, 30 Nov 2026 08:14:02 +01:0"})
    CHECK_MESSAGE(!parse_mail_date(each), each);
}

TEST_CASE("whatever bytes a header has, it is read without harm") {
  const std::string whole = std::string{"From: \"a (\" <anna@plant.example>\r\n"} + thread +
                            "Received: by a; Mon, 30 Nov 2026 09:14:02 +0100\r\nAuto-Submitted: no\r\n";
  for (unsigned seed = 0; seed < 2000; ++seed) {
    std::mt19937 random{seed};
    auto x = whole;
    for (unsigned i = 0; i < 1 + random() % 6; ++i)
      x[random() % x.size()] = static_cast<char>(random());
    x.resize(random() % (x.size() + 1));
    const auto read = reply(x);
    CHECK((read.from.empty() || is_mail_address(read.from)));
    CHECK(read.alarms.size() <= 1);
  }
}

} // namespace mail_reply_test

#include "runtime/transport/email.hpp"
#include "runtime/transport/smtp_outcome.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"
#include "tests/random_runs.hpp"
#include "tests/runtime/message/hostile_names.hpp"
#include "tests/runtime/transport/mail_receiver.hpp"

#include <doctest/doctest.h>

#include <atomic>

namespace email_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
using answer = delivery_result::answer;

namespace {

page alert(const std::string& sensor = "t1") {
  return {{"mail"}, page_kind::alert, raise(sensor), false};
}

mail_server server_of(const mail_receiver& r, mail_security security = mail_security::none) {
  return {"127.0.0.1", r.port(), security, {}, {}};
}

email_transport way_to(const mail_receiver& r, const std::vector<std::string>& to,
                       const std::string& from = "alarms@plant.example", milliseconds timeout = 5000ms) {
  return {server_of(r), {from, to}, timeout};
}

delivery_result outcome(const mail_receiver& r, const std::string& to, const std::string& from = "alarms@plant.example",
                        milliseconds timeout = 5000ms) {
  return way_to(r, {to}, from, timeout).deliver(alert());
}

} // namespace

TEST_CASE("a mail comes as it was written, to each recipient, and reads as one") {
  mail_receiver r;
  auto way = way_to(r, {"anna@plant.example", "ben@plant.example"});
  auto x = alert();
  // Somewhere in there a line begins with one.
  x.about.reason = std::string(400, '.');
  const auto result = way.deliver(x);
  CHECK(result.what == answer::taken);
  CHECK(result.detail == "SMTP 250");
  const auto got = r.mails();
  REQUIRE(got.size() == 2);
  CHECK(got[0].from == "alarms@plant.example");
  CHECK(got[0].to == "anna@plant.example");
  CHECK(got[1].to == "ben@plant.example");
  CHECK(got[0].data ==
        email_message(x, {"alarms@plant.example", {"anna@plant.example", "ben@plant.example"}}, x.about.at));
  CHECK(got[0].data.find("\r\n.") != std::string::npos);
  CHECK(got[0].data == got[1].data);
  CHECK(got[0].defects == 0);
  CHECK(got[0].id == "<" + key_of(alert()) + "@plant.example>");
  CHECK(got[0].subject == "high limit: t1 on reactor-1 at Main Works (main): 98.25 degC");
}

TEST_CASE("a repeat has the same Message-ID and the same bytes") {
  mail_receiver r;
  CHECK(outcome(r, "leave.1@plant.example").what == answer::try_again);
  CHECK(outcome(r, "leave.1@plant.example").what == answer::taken);
  const auto got = r.mails();
  REQUIRE(got.size() == 2);
  CHECK(got[0].id == got[1].id);
  CHECK(got[0].data == got[1].data);
}

TEST_CASE("a mail server's answers are told apart: worth another try, this page refused, or the whole channel") {
  mail_receiver r;
  CHECK(outcome(r, "busy.1@plant.example").what == answer::try_again);
  CHECK(outcome(r, "busy.1@plant.example").what == answer::taken);
  CHECK(outcome(r, "later.1@plant.example").what == answer::try_again);
  CHECK(outcome(r, "later.1@plant.example").what == answer::taken);
  const auto refused = outcome(r, "refuse@plant.example");
  CHECK(refused.what == answer::refused_page);
  CHECK(refused.detail == "refuse@plant.example: SMTP, at the recipient: 550 5.1.1 no such user here");
  const auto spam = outcome(r, "spam@plant.example");
  CHECK(spam.what == answer::refused_page);
  CHECK(spam.detail == "spam@plant.example: SMTP, at the message: 554 5.7.1 this is spam");
  CHECK(outcome(r, "close@plant.example").what == answer::try_again);
  CHECK(outcome(r, "mute@plant.example", "alarms@plant.example", 1500ms).what == answer::try_again);
  const auto nobody = outcome(r, "anna@plant.example", "nobody@plant.example");
  CHECK(nobody.what == answer::refused_channel);
  CHECK(nobody.detail == "SMTP, at the sender: 553 5.7.1 not yours");
  CHECK(outcome(r, "anna@plant.example", "large@plant.example").what == answer::refused_page);
  r.stop();
  CHECK(outcome(r, "anna@plant.example").what == answer::try_again);
}

TEST_CASE("who is refused keeps a mail from nobody else, and who has it is not sent it again") {
  mail_receiver r;
  auto way = way_to(r, {"refuse@plant.example", "later.2@plant.example", "anna@plant.example"});
  CHECK(way.deliver(alert()).what == answer::try_again);
  CHECK(way.deliver(alert()).what == answer::try_again);
  const auto result = way.deliver(alert());
  CHECK(result.what == answer::taken);
  CHECK(result.warning == "not taken for refuse@plant.example: SMTP, at the recipient: 550 5.1.1 no such user here");
  size_t anna = 0;
  for (const auto& each : r.mails())
    anna += each.to == "anna@plant.example" ? 1 : 0;
  CHECK(anna == 1);
}

TEST_CASE("who has a mail is not sent it once more as one that is told late") {
  mail_receiver r;
  auto way = way_to(r, {"later.2@plant.example", "anna@plant.example"});
  auto x = alert();
  CHECK(way.deliver(x).what == answer::try_again);
  x.told_late = true;
  CHECK(way.deliver(x).what == answer::try_again);
  CHECK(way.deliver(x).what == answer::taken);
  size_t anna = 0;
  for (const auto& each : r.mails())
    anna += each.to == "anna@plant.example" ? 1 : 0;
  CHECK(anna == 1);
}

TEST_CASE("a login that is wrong or wanted concerns the channel, and no password comes into a message") {
  mail_receiver r{"starttls", "plant", "pass word\"\u00e9"};
  http_way trusting{5000ms};
  trusting.authority = r.certificate();
  const mail_addresses who{"alarms@plant.example", {"anna@plant.example"}};
  const auto deliver = [&](const std::string& user, const std::string& password) {
    auto server = server_of(r, mail_security::starttls);
    server.user = user;
    server.password = password;
    return email_transport{server, who, trusting}.deliver(alert());
  };
  const auto wrong = deliver("plant", "hunter2");
  CHECK(wrong.what == answer::refused_channel);
  CHECK(wrong.detail == "SMTP, at the login: 535 5.7.8 who are you");
  CHECK(deliver("", "").what == answer::refused_channel);
  CHECK(deliver("plant", "pass word\"\u00e9").what == answer::taken);
  const auto got = r.mails();
  REQUIRE(got.size() == 1);
  CHECK(got[0].user == "plant");
  CHECK(got[0].secured);
}

TEST_CASE("where TLS is wanted nothing goes without it, nor to a stranger") {
  const mail_addresses who{"alarms@plant.example", {"anna@plant.example"}};
  for (const auto* security : {"starttls", "tls"}) {
    CAPTURE(security);
    mail_receiver r{security};
    const auto server = server_of(r, *security == 's' ? mail_security::starttls : mail_security::tls);
    http_way trusting{5000ms};
    CHECK(email_transport{server, who, trusting}.deliver(alert()).what == answer::try_again);
    CHECK(r.mails().empty());
    trusting.authority = r.certificate();
    CHECK(email_transport{server, who, trusting}.deliver(alert()).what == answer::taken);
    REQUIRE(r.mails().size() == 1);
    CHECK(r.mails()[0].secured);
  }
  mail_receiver open;
  CHECK(email_transport{server_of(open, mail_security::starttls), who, 5000ms}.deliver(alert()).what ==
        answer::refused_channel);
  CHECK(email_transport{server_of(open, mail_security::tls), who, 5000ms}.deliver(alert()).what == answer::try_again);
  CHECK(open.mails().empty());
}

TEST_CASE("whatever a sensor is called, the server reads one message of ours") {
  mail_receiver r;
  std::mt19937_64 random{3};
  auto way = way_to(r, {"anna@plant.example"});
  for (uint64_t run = 0; run < random_runs(30); ++run) {
    auto x = alert(hostile_name(random));
    x.about.evidence.facility_name = hostile_name(random);
    CHECK(way.deliver(x).what == answer::taken);
  }
  const auto got = r.mails();
  CHECK(got.size() == random_runs(30));
  for (const auto& each : got) {
    CHECK(each.defects == 0);
    CHECK(each.to == "anna@plant.example");
    CHECK(each.text.find("Value: 98.25 degC") != std::string::npos);
    CHECK(each.data.find("\nBcc:") == std::string::npos);
  }
}

TEST_CASE("a mail that hangs ends when it is cancelled") {
  mail_receiver r;
  auto way = way_to(r, {"mute@plant.example"}, "alarms@plant.example", 25'000ms);
  std::atomic<bool> ended{false};
  std::thread delivering{[&] {
    CHECK(way.deliver(alert()).what == answer::try_again);
    ended = true;
  }};
  CHECK(eventually([&] { return r.mails().size() == 1; }));
  const auto from = std::chrono::steady_clock::now();
  way.cancel();
  CHECK(eventually([&] { return ended.load(); }));
  delivering.join();
  CHECK(std::chrono::steady_clock::now() - from < 2s);
}

TEST_CASE("what a server says means the same whatever was asked before it") {
  const auto kind = [](mail_stage stage, int status, bool no_session = false) {
    return outcome_of(mail_answer{false, stage, status, no_session, "x"}).what;
  };
  for (const auto stage :
       {mail_stage::connecting, mail_stage::login, mail_stage::sender, mail_stage::recipient, mail_stage::content}) {
    CHECK(kind(stage, 421) == answer::try_again);
    CHECK(kind(stage, 454, true) == answer::try_again);
    CHECK(kind(stage, 0) == answer::try_again);
    CHECK(kind(stage, 0, true) == answer::refused_channel);
  }
  CHECK(kind(mail_stage::connecting, 554) == answer::refused_channel);
  CHECK(kind(mail_stage::login, 535, true) == answer::refused_channel);
  CHECK(kind(mail_stage::sender, 550) == answer::refused_channel);
  CHECK(kind(mail_stage::recipient, 550) == answer::refused_page);
  CHECK(kind(mail_stage::content, 552) == answer::refused_page);
}

} // namespace email_test

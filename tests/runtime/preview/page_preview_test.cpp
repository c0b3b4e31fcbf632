#include "runtime/preview/page_preview.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>

namespace page_preview_test {

using namespace millwright;
using namespace millwright::testing;

namespace {

page alert() {
  page x{{}, page_kind::alert, raise("t1"), false};
  alarm_guidance says;
  says.action = "Close V-12";
  x.guidance = std::make_shared<const alarm_guidance>(says);
  return x;
}

channel_settings channel(channel_kind kind) {
  channel_settings out;
  out.name = "c";
  out.kind = kind;
  out.url = "https://h/plant";
  out.to = {"+49170"};
  return out;
}

bool holds(const std::string& text, const std::string& part) {
  const bool found = text.find(part) != std::string::npos;
  if (!found)
    MESSAGE(text);
  return found;
}

} // namespace

TEST_CASE("every type of channel shows what its receiver would get, with what to do") {
  for (const auto kind : {channel_kind::terminal, channel_kind::log, channel_kind::slack, channel_kind::webhook,
                          channel_kind::email, channel_kind::twilio, channel_kind::ntfy, channel_kind::teams,
                          channel_kind::pagerduty, channel_kind::alertmanager}) {
    const auto text = page_preview(channel(kind), alert());
    CAPTURE(static_cast<int>(kind));
    CHECK(holds(text, "Close V-12"));
    CHECK(holds(text, "98.25"));
    CHECK(text.ends_with('\n'));
  }
  CHECK(holds(page_preview(channel(channel_kind::email), alert()), "Subject: high limit: t1 on reactor-1"));
  CHECK(holds(page_preview(channel(channel_kind::webhook), alert()), "\"value\": 98.25"));
  CHECK(holds(page_preview(channel(channel_kind::log), alert()), " action=\"Close V-12\""));
}

TEST_CASE("a gateway's request is shown whole, and of its secrets where they are") {
  auto sms = channel(channel_kind::gateway);
  sms.url.clear();
  sms.url_secret = {"env:SMS_URL"};
  sms.headers = {{"X-Token", "file:/token"}, {"X-Prio", "{priority}"}};
  sms.body = R"({"text":"{message}","to":"{to}"})";
  const auto text = page_preview(sms, alert());
  CHECK(text.starts_with("POST env:SMS_URL\n"));
  CHECK(holds(text, "X-Token: file:/token\n"));
  CHECK(holds(text, "X-Prio: 85\n"));
  CHECK(holds(text, "\"to\": \"+49170\""));
}

TEST_CASE("a channel's own words are shown in the place of ours") {
  auto mail = channel(channel_kind::email);
  mail.words_title = "{short_id} {where}";
  mail.words_body = "Do: {action}\nBook: {runbook}\n";
  const auto text = page_preview(mail, alert());
  CHECK(holds(text, "Subject: " + short_form(raise("t1").alarm) + " t1 on reactor-1"));
  CHECK(holds(text, "\n\nDo: Close V-12\n\n-- \n"));
}

} // namespace page_preview_test

#include "runtime/transport/heartbeat.hpp"
#include "runtime/transport/line_transports.hpp"
#include "runtime/transport/reported_transport.hpp"
#include "runtime/transport/slack.hpp"
#include "runtime/transport/webhook.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"
#include "tests/runtime/transport/receiver.hpp"

#include <doctest/doctest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <algorithm>
#include <atomic>
#include <mutex>

namespace transport_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
using answer = delivery_result::answer;

namespace {

page sample() {
  return {{"hook"}, page_kind::alert, raise("t1"), false};
}

/// Where a log goes that may have no room.
class small_disk : public spdlog::sinks::base_sink<std::mutex> {
public:
  std::vector<std::string> lines;
  bool full = false, lost_at_flush = false;

protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (full)
      throw spdlog::spdlog_ex{"no space left"};
    lines.emplace_back(message.payload.data(), message.payload.size());
  }
  void flush_() override {
    if (lost_at_flush)
      throw spdlog::spdlog_ex{"it was not flushed"};
  }
};

} // namespace

TEST_CASE("HMAC-SHA256 is that of RFC 4231") {
  CHECK(hmac_sha256("Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("a webhook carries the whole page, signed, under its key") {
  receiver r;
  webhook_transport way{r.url("/ok"), "k", 5000ms};
  auto x = sample();
  CHECK(way.deliver(x).what == answer::taken);
  x.may_repeat = true;
  CHECK(way.deliver(x).what == answer::taken);
  const auto got = r.requests();
  REQUIRE(got.size() == 2);
  CHECK(got[0].is_signed);
  CHECK(got[0].key == key_of(x));
  CHECK(got[0].type == "application/json");
  CHECK(got[0].body == got[1].body);
  CHECK(got[0].may_repeat.empty());
  CHECK(got[1].may_repeat == "true");
  rapidjson::Document body;
  body.Parse(got[0].body.c_str());
  REQUIRE(body.IsObject());
  CHECK(body["value"].GetDouble() == 98.25);
  CHECK(body["z"].IsNull());
}

TEST_CASE("answers are told apart: worth another try, this page refused, or the whole channel") {
  receiver r;
  const auto outcome = [&](const std::string& path, milliseconds timeout = 5000ms) {
    return webhook_transport{r.url(path), "k", timeout}.deliver(sample());
  };
  CHECK(outcome("/fail/1").what == answer::try_again);
  CHECK(outcome("/fail/1").what == answer::taken);
  CHECK(outcome("/busy/1").retry_after == 1000ms);
  for (const auto* path : {"/status/400", "/status/413", "/status/422"})
    CHECK(outcome(path).what == answer::refused_page);
  for (const auto* path : {"/status/401", "/status/403", "/refuse", "/status/410"})
    CHECK(outcome(path).what == answer::refused_channel);
  CHECK(outcome("/refuse").detail == "HTTP 404: it is so: 404");
  CHECK(outcome("/redirect").what == answer::refused_channel);
  CHECK(outcome("/nonsense").what == answer::try_again);
  CHECK(outcome("/slow", 200ms).what == answer::try_again);
  CHECK(outcome("/reset").what == answer::try_again);
  CHECK(outcome("/rubbish").what == answer::taken);
  r.stop();
  CHECK(outcome("/ok").what == answer::try_again);
}

TEST_CASE("the status is the answer, whatever becomes of the body") {
  receiver r;
  const auto deliver = [&](const std::string& path, milliseconds timeout) {
    return webhook_transport{r.url(path), "k", timeout}.deliver(sample()).what;
  };
  const auto from = std::chrono::steady_clock::now();
  CHECK(deliver("/endless", 15'000ms) == answer::taken);
  CHECK(deliver("/cut", 15'000ms) == answer::taken);
  CHECK(std::chrono::steady_clock::now() - from < 10s);
  CHECK(deliver("/drip", 500ms) == answer::taken);
  CHECK(r.requests().size() == 3);
}

TEST_CASE("a channel's trouble is told when it begins, by the minute, and when it is over") {
  struct scripted : transport {
    delivery_result next{answer::try_again, "no\nanswer", {}};
    delivery_result deliver(const page&) override { return next; }
  };
  const auto inner = std::make_shared<scripted>();
  std::vector<std::pair<bool, std::string>> lines;
  reported_transport::clock::time_point now{};
  reported_transport way{"hook", inner, [&](bool wrong, const std::string& line) { lines.emplace_back(wrong, line); },
                         [&] { return now; }};
  for (int i = 0; i < 130; ++i, now += 1s)
    CHECK(way.deliver(sample()).what == answer::try_again);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == std::pair{true, std::string{"channel hook fails (1 in a row), its pages wait and are tried again: "
                                                "no?answer"}});
  CHECK(lines[2].second.find("(121 in a row)") != std::string::npos);
  inner->next = {answer::taken, {}, {}};
  CHECK(way.deliver(sample()).what == answer::taken);
  CHECK(way.deliver(sample()).what == answer::taken);
  REQUIRE(lines.size() == 4);
  CHECK(lines[3] == std::pair{false, std::string{"channel hook answers again, after 130 failed tries in 130 s"}});
  inner->next = {answer::refused_channel, "HTTP 403", {}};
  way.deliver(sample());
  CHECK(lines.back().second == "channel hook is refused (1 in a row; are its address and secret still right?), its "
                               "pages wait and are tried again: HTTP 403");
  inner->next = {answer::refused_page, "HTTP 413", {}};
  auto x = sample();
  way.deliver(x);
  CHECK(lines[5].second == "channel hook does not take page " + key_of(x) +
                               " as it is: it is sent once more in its shortest form: HTTP 413");
  CHECK(lines[6].second.starts_with("channel hook answers again"));
  x.shortest = true;
  way.deliver(x);
  CHECK(lines[7].second.find("in its shortest form either: it goes over the other channels: HTTP 413") !=
        std::string::npos);
  inner->next = {answer::taken, {}, {}, "not taken for ben: no such"};
  way.deliver(sample());
  CHECK(lines[8] ==
        std::pair{true, std::string{"channel hook, page "} + key_of(sample()) + ": not taken for ben: no such"});
}

TEST_CASE("the shortest form is a few words of plain ASCII, under a key of its own") {
  receiver r;
  auto x = sample();
  x.about.condition.sensor.text = "t\u00e9 <\"x\">" + std::string(300, 'x');
  x.shortest = true;
  webhook_transport way{r.url("/ok"), "k", 5000ms};
  CHECK(way.deliver(x).what == answer::taken);
  slack_transport other{r.url("/ok"), 5000ms};
  CHECK(other.deliver(x).what == answer::taken);
  const auto got = r.requests();
  REQUIRE(got.size() == 2);
  CHECK(got[0].key == key_of(x) + "-short");
  for (const auto& each : got) {
    CHECK(each.body.size() < 500);
    CHECK(std::all_of(each.body.begin(), each.body.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
  }
}

TEST_CASE("a digest says how many alarms, since when, and names the worst") {
  receiver r;
  alarm_digest digest;
  digest.oldest = start - 2h;
  digest.newest = start;
  digest.standing = 2;
  for (int i = 0; i < 60; ++i)
    digest.members.push_back({raise(numbered("t", i)).alarm, 1});
  digest.critical = {{raise("t1").alarm, severity::critical, start - 2h, true, "critical limit: t1"}};
  digest.others = {{raise("t2").alarm, severity::high, start - 1h, true, "high limit: t2 <b>"},
                   {raise("t3").alarm, severity::high, start - 1h, false, "high limit: t3"}};
  page x{{"hook"}, page_kind::digest, {}, false};
  x.about.level = severity::critical;
  x.digest = std::make_shared<const alarm_digest>(digest);
  webhook_transport way{r.url("/ok"), "k", 5000ms};
  CHECK(way.deliver(x).what == answer::taken);
  rapidjson::Document body;
  body.Parse(r.requests()[0].body.c_str());
  REQUIRE(body.IsObject());
  CHECK(body["count"].GetInt() == 60);
  CHECK(body["standing"].GetInt() == 2);
  CHECK(std::string{body["oldest"].GetString()} == "2027-01-15T06:00:00.000Z");
  CHECK(body["critical"].Size() == 1);
  CHECK(body["others"].Size() == 2);
  CHECK(body["alarms"].Size() == 60);
  CHECK(std::string{body["message"].GetString()}.starts_with(
      "60 alarms told late, from 2027-01-15 06:00 UTC to 2027-01-15 08:00 UTC, 2 of them still stand; ["));
  const auto message = slack_message(x);
  body.Parse(message.c_str());
  REQUIRE(body["blocks"].IsArray());
  CHECK(body["blocks"].Size() == 5);
  CHECK(message.find("t2 &lt;b&gt;") != std::string::npos);
}

TEST_CASE("a delivery that hangs ends when it is cancelled") {
  receiver r;
  webhook_transport way{r.url("/slow"), "k", 25'000ms};
  std::atomic<bool> ended{false};
  std::thread delivering{[&] {
    CHECK(way.deliver(sample()).what == answer::try_again);
    ended = true;
  }};
  CHECK(eventually([&] { return r.requests().size() == 1; }));
  const auto from = std::chrono::steady_clock::now();
  way.cancel();
  CHECK(eventually([&] { return ended.load(); }));
  delivering.join();
  CHECK(std::chrono::steady_clock::now() - from < 2s);
}

TEST_CASE("Slack gets text and blocks with every figure and how to acknowledge") {
  receiver r;
  auto x = sample();
  x.about.condition.sensor.text = "<!channel> & \"t1\"";
  slack_transport way{r.url("/ok"), 5000ms};
  CHECK(way.deliver(x).what == answer::taken);
  rapidjson::Document body;
  body.Parse(r.requests()[0].body.c_str());
  REQUIRE(body.IsObject());
  CHECK(std::string{body["text"].GetString()}.starts_with(":red_circle: high limit: &lt;!channel&gt; &amp; \"t1\""));
  REQUIRE(body["blocks"].IsArray());
  CHECK(body["blocks"].Size() == 5);
  CHECK(slack_message(x).find("millwright ack ") != std::string::npos);
  CHECK(slack_message(x).find("98.25 degC") != std::string::npos);
}

TEST_CASE("Slack says what to do before the figures, and a channel's own words in the place of all") {
  auto x = sample();
  alarm_guidance says;
  says.action = "Close <V-12>";
  says.runbook = "https://wiki/r1";
  x.guidance = std::make_shared<const alarm_guidance>(says);
  const auto text = slack_message(x);
  rapidjson::Document body;
  body.Parse(text.c_str());
  REQUIRE(body["blocks"].Size() == 6);
  CHECK(std::string{body["blocks"][1]["text"]["text"].GetString()} ==
        "*Do:* Close &lt;V-12&gt;\n*Runbook:* https://wiki/r1");
  CHECK(std::string{body["blocks"][4]["text"]["text"].GetString()}.find("Look: `millwright plant main/reactor-1`") !=
        std::string::npos);
  const auto own = slack_message(x, channel_words{"{value}", "Do: {action}\nWhy: {cause}\n{limit}"});
  body.Parse(own.c_str());
  CHECK(std::string{body["text"].GetString()} == ":red_circle: 98.25 degC");
  REQUIRE(body["blocks"].Size() == 3);
  CHECK(std::string{body["blocks"][1]["text"]["text"].GetString()} == "Do: Close &lt;V-12&gt;\n95 degC");
}

TEST_CASE("a text for Slack is cut between code points, however many escapes it has") {
  auto x = sample();
  for (const auto* piece : {"\u6e29", "<"}) {
    x.about.reason.clear();
    for (int i = 0; i < 5'000; ++i)
      x.about.reason += piece;
    const auto text = slack_message(x);
    rapidjson::Document body;
    body.Parse<rapidjson::kParseValidateEncodingFlag>(text.c_str(), text.size());
    REQUIRE(body.IsObject());
    CHECK(std::string_view{body["text"].GetString()}.size() < 3'000);
  }
}

TEST_CASE("a log has what the plant knows as pairs of their own, a terminal what to do in its line") {
  auto x = sample();
  alarm_guidance says;
  says.action = "Close \"V-12\"";
  says.respond_within = 15min;
  x.guidance = std::make_shared<const alarm_guidance>(says);
  CHECK(log_line(x).ends_with(" action=\"Close \\\"V-12\\\"\" respond_within=\"15 min\""));
  CHECK(page_line(x, false).find("; do: Close \"V-12\"; within 15 min; millwright ack ") != std::string::npos);
  CHECK(page_line(x, false, channel_words{"{what}", "{value}\n{action}"}) == "high limit; 98.25 degC; Close \"V-12\"");
  CHECK(page_line(x, false, channel_words{"{what}", ""}) == "high limit; millwright ack " + short_form(x.about.alarm));
}

TEST_CASE("a terminal's line cannot be broken by a sensor's name") {
  auto x = sample();
  x.about.condition.sensor.text = "a\nb\x1b[2J";
  std::vector<std::string> lines;
  terminal_transport way{[&](const std::string& line) {
                           lines.push_back(line);
                           return true;
                         },
                         false};
  CHECK(way.deliver(x).what == answer::taken);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].starts_with("high limit: a?b?[2J on reactor-1"));
  CHECK(lines[0].ends_with("; millwright ack " + short_form(x.about.alarm)));
}

TEST_CASE("a page that a terminal did not write is tried again") {
  bool written = false;
  terminal_transport way{[&](const std::string&) { return written; }, false};
  const auto result = way.deliver(sample());
  CHECK(result.what == answer::try_again);
  CHECK(result.detail == "the terminal takes no line");
  written = true;
  CHECK(way.deliver(sample()).what == answer::taken);
}

TEST_CASE("the log's level keeps no page from a log channel") {
  const auto disk = std::make_shared<small_disk>();
  const auto log = std::make_shared<spdlog::logger>("test", disk);
  for (const auto level : {spdlog::level::err, spdlog::level::off}) {
    log->set_level(level);
    disk->lines.clear();
    log_transport way{log};
    for (int i = 0; i < 2; ++i)
      CHECK(way.deliver(sample()).what == answer::taken);
    REQUIRE(disk->lines.size() == 2);
    CHECK(disk->lines[0].starts_with("page key=\""));
    CHECK(disk->lines[0].find(" severity=high ") != std::string::npos);
  }
}

TEST_CASE("a page that a log did not write is tried again") {
  const auto disk = std::make_shared<small_disk>();
  log_transport way{std::make_shared<spdlog::logger>("test", disk)};
  disk->full = true;
  auto result = way.deliver(sample());
  CHECK(result.what == answer::try_again);
  CHECK(result.detail == "the log cannot be written: no space left");
  disk->full = false;
  disk->lost_at_flush = true;
  result = way.deliver(sample());
  CHECK(result.what == answer::try_again);
  CHECK(result.detail == "the log cannot be written: it was not flushed");
  disk->lost_at_flush = false;
  CHECK(way.deliver(sample()).what == answer::taken);
}

TEST_CASE("the heartbeat calls while the node is well, and only then") {
  receiver r;
  std::atomic<bool> well{false};
  std::atomic<int> asked{0};
  heartbeat beat{r.url("/ok"),
                 [&] {
                   ++asked;
                   return well.load();
                 },
                 {},
                 5ms};
  CHECK(eventually([&] { return asked > 5; }));
  CHECK(r.requests().empty());
  well = true;
  CHECK(eventually([&] { return r.requests().size() > 2; }));
  CHECK(r.requests()[0].method == "GET");
}

} // namespace transport_test

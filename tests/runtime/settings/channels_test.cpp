#include "tests/runtime/settings/configuration_file.hpp"

#include <doctest/doctest.h>

namespace channels_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

TEST_CASE("without channels there is the terminal") {
  const auto s = loaded("");
  REQUIRE(s.channels.size() == 1);
  CHECK(s.channels[0].name == "terminal");
  CHECK(s.channels[0].kind == channel_kind::terminal);
  CHECK(loaded("channels:\n").channels.size() == 1);
  CHECK(loaded("channels: {}\n").channels.empty());
}

TEST_CASE("channels are read by name, in the order of the file") {
  const auto s = loaded(R"(
channels:
  pager: {type: webhook, url: "https://example.com/x", secret: env:KEY, timeout: 3s, ca: ca.pem, certificate: me.pem, key: me.key, proxy: "http://p:3128", backoff: 10ms, backoff_most: 1s}
  team: {type: slack, url: env:SLACK}
  file: {type: log}
)");
  REQUIRE(s.channels.size() == 3);
  CHECK(s.channels[0].name == "pager");
  CHECK(s.channels[0].kind == channel_kind::webhook);
  CHECK(s.channels[0].url == "https://example.com/x");
  CHECK(s.channels[0].secret.text == "env:KEY");
  CHECK(s.channels[0].timeout == 3s);
  CHECK(s.channels[0].authority == "ca.pem");
  CHECK(s.channels[0].certificate == "me.pem");
  CHECK(s.channels[0].certificate_key == "me.key");
  CHECK(s.channels[0].proxy == "http://p:3128");
  CHECK(s.channels[0].backoff == 10ms);
  CHECK(s.channels[0].backoff_most == 1s);
  CHECK(s.channels[1].url.empty());
  CHECK(s.channels[1].url_secret.text == "env:SLACK");
  CHECK(s.channels[2].kind == channel_kind::log);
}

TEST_CASE("an override changes one thing of a channel, or adds one") {
  const auto s =
      loaded("channels: {pager: {type: webhook, url: 'http://a/'}}\n",
             {"channels.pager.url=http://127.0.0.1:81/x", "channels.log.type=log", "channels.more={type: terminal}"});
  REQUIRE(s.channels.size() == 3);
  CHECK(s.channels[0].url == "http://127.0.0.1:81/x");
  CHECK(s.channels[1].kind == channel_kind::log);
  CHECK(s.channels[2].name == "more");
}

TEST_CASE("a plain text where a secret is expected is told and not shown") {
  const auto what = mistakes_of("channels:\n  a:\n    type: webhook\n    url: http://h/\n    secret: hunter2\n");
  CHECK(what == "FILE:5: channels.a.secret: expected env:NAME or file:PATH, got a plain text (not shown)");
  const auto url = mistakes_of("channels:\n  a:\n    type: slack\n    url: hooks.slack.com/T0/hunter2\n");
  CHECK(url.find("expected a URL (http:// or https://), env:NAME or file:PATH, got a plain text (not shown)") !=
        std::string::npos);
  CHECK(url.find("hunter2") == std::string::npos);
  const auto kafka = mistakes_of("source:\n  kafka:\n    properties:\n      sasl.password: hunter2\n");
  CHECK(kafka ==
        "FILE:4: source.kafka.properties.sasl.password: expected env:NAME or file:PATH, got a plain text (not shown)");
  CHECK(mistakes_of_overrides({"heartbeat=hunter2"}).find("hunter2") == std::string::npos);
}

TEST_CASE("the settings as text hold no secret") {
  const auto text =
      settings_text(loaded("channels: {a: {type: slack, url: 'https://me:hunter1@hooks.slack.com/T0/hunter2'}}\n"
                           "heartbeat: https://example.com/hunter3\n"));
  CHECK(text.find("hunter") == std::string::npos);
  CHECK(text.find("https://hooks.slack.com/...") != std::string::npos);
}

TEST_CASE("a channel that cannot work is told") {
  CHECK(mistakes_of("channels:\n  a:\n    type: webhook\n") ==
        "FILE:3: channels.a.type: expected also channels.a.url for a slack or webhook channel");
  CHECK(mistakes_of("channels:\n  a:\n    url: http://h/\n").find("expected also channels.a.type") !=
        std::string::npos);
  CHECK(mistakes_of("channels:\n  a: {}\n").find("expected also channels.a.type") != std::string::npos);
  CHECK(mistakes_of("channels:\n  a:\n    type: terminal\n    url: http://h/\n") ==
        "FILE:4: channels.a.url: expected no url for a terminal or log channel");
  CHECK(mistakes_of("channels:\n  a:\n    type: email\n")
            .find("expected terminal, log, slack or webhook, got \"email\"") != std::string::npos);
  CHECK(mistakes_of("channels:\n  a:\n    tpye: log\n").find("did you mean channels.a.type?") != std::string::npos);
  CHECK(mistakes_of("channels:\n  a b: {type: log}\n").find("letters, digits") != std::string::npos);
  CHECK(mistakes_of("channels:\n  a: {type: log}\n  a: {type: terminal}\n") ==
        "FILE:3: channels.a: expected each key once, got it again (first in line 2)");
  CHECK(mistakes_of("channels:\n  a: {type: log, backoff: 2min}\n") ==
        "FILE:2: channels.a.backoff: expected backoff to be at most backoff_most");
  CHECK(mistakes_of("channels:\n  a: {type: webhook, url: 'https://h/', key: me.key}\n") ==
        "FILE:2: channels.a.key: expected certificate and key together");
  CHECK(mistakes_of("channels:\n  a: {type: log, ca: ca.pem}\n") ==
        "FILE:2: channels.a.ca: expected no ca, certificate, key or proxy but for a slack or webhook channel");
  CHECK(mistakes_of("channels: [terminal]\n") ==
        "FILE:1: channels: expected channels by name, like pager: {type: terminal}, got a list");
}

} // namespace channels_test

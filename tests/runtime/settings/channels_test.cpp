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

TEST_CASE("the terminal that is there by itself takes settings without a type") {
  const auto s = loaded("source: {type: simulation}\n", {"channels.terminal.timeout=5s"});
  REQUIRE(s.channels.size() == 1);
  CHECK(s.channels[0].kind == channel_kind::terminal);
  CHECK(s.channels[0].timeout == 5s);
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

TEST_CASE("a channel has a rate and others that stand in for it") {
  const auto s = loaded(R"(
channels:
  day: {type: webhook, url: "http://h/", rate: {pages: 20, per: 1h}, fallback: night, fallback_after: 2min}
  night: {type: webhook, url: "http://h/", fallback: [day, log]}
  log: {type: log}
)");
  REQUIRE(s.channels.size() == 3);
  CHECK(s.channels[0].rate_pages == 20);
  CHECK(s.channels[0].rate_per == 1h);
  CHECK(s.channels[0].fallback == std::vector<std::string>{"night"});
  CHECK(s.channels[0].fallback_after == 2min);
  CHECK(s.channels[1].rate_pages == 0);
  CHECK(s.channels[1].fallback == std::vector<std::string>{"day", "log"});
  CHECK(s.channels[1].fallback_after == 5min);
  CHECK(mistakes_of("channels:\n  night: {type: log}\n  day: {type: log, fallback: nigth}\n") ==
        "FILE:3: channels.day.fallback: expected names of other channels, got \"nigth\" (did you mean night?)");
  CHECK(mistakes_of("channels:\n  day: {type: log, fallback: day}\n").find("expected names of other channels") !=
        std::string::npos);
  CHECK(mistakes_of("channels:\n  day: {type: log, rate: 5}\n").find("expected a section with pages or per") !=
        std::string::npos);
}

TEST_CASE("a channel that cannot work is told") {
  CHECK(mistakes_of("channels:\n  a:\n    type: webhook\n") ==
        "FILE:3: channels.a.type: expected also channels.a.url for a webhook channel");
  CHECK(mistakes_of("channels:\n  a:\n    url: http://h/\n") ==
        "FILE:3: channels.a.url: expected also channels.a.type: terminal, log, slack, webhook, email, gateway, twilio, "
        "ntfy, teams, pagerduty or alertmanager");
  CHECK(mistakes_of("channels:\n  a: {}\n").find("expected also channels.a.type") != std::string::npos);
  CHECK(mistakes_of("channels:\n  a:\n    timeout: 1s\n").find("expected also channels.a.type") != std::string::npos);
  CHECK(mistakes_of("channels:\n  a:\n    type: terminal\n    url: http://h/\n") ==
        "FILE:4: channels.a.url: expected no url for a terminal channel");
  CHECK(mistakes_of("channels:\n  a:\n    type: slack\n    url: http://h/\n    secret: env:X\n") ==
        "FILE:5: channels.a.secret: expected no secret for a slack channel");
  CHECK(mistakes_of("channels:\n  a:\n    type: fax\n    url: http://h/\n") ==
        "FILE:3: channels.a.type: expected terminal, log, slack, webhook, email, gateway, twilio, ntfy, teams, "
        "pagerduty or alertmanager, got \"fax\"");
  CHECK(mistakes_of("channels:\n  a:\n    tpye: log\n").find("did you mean channels.a.type?") != std::string::npos);
  CHECK(mistakes_of("channels:\n  a b: {type: log}\n").find("letters, digits") != std::string::npos);
  CHECK(mistakes_of("channels:\n  a: {type: log}\n  a: {type: terminal}\n") ==
        "FILE:3: channels.a: expected each key once, got it again (first in line 2)");
  CHECK(mistakes_of("channels:\n  a: {type: log, backoff: 2min}\n") ==
        "FILE:2: channels.a.backoff: expected backoff to be at most backoff_most");
  CHECK(mistakes_of("channels:\n  a: {type: webhook, url: 'https://h/', key: me.key}\n") ==
        "FILE:2: channels.a.key: expected certificate and key together");
  CHECK(mistakes_of("channels:\n  a: {type: log, ca: ca.pem}\n") ==
        "FILE:2: channels.a.ca: expected no ca for a log channel");
  CHECK(mistakes_of("channels: [terminal]\n") ==
        "FILE:1: channels: expected channels by name, like pager: {type: terminal}, got a list");
}

TEST_CASE("a mail channel is read whole") {
  const auto s = loaded(R"(
channels:
  mail: {type: email, server: mail.plant.example, port: 2525, tls: tls, user: plant, password: file:p, from: alarms@plant.example, to: [anna@plant.example, ben@plant.example], ca: ca.pem, proxy: "http://p:3128"}
  relay: {type: email, server: "[::1]", tls: none, from: a@b, to: c@d}
)");
  REQUIRE(s.channels.size() == 2);
  CHECK(s.channels[0].kind == channel_kind::email);
  CHECK(s.channels[0].server == "mail.plant.example");
  CHECK(s.channels[0].port == 2525);
  CHECK(s.channels[0].security == mail_security::tls);
  CHECK(s.channels[0].user == "plant");
  CHECK(s.channels[0].password.text == "file:p");
  CHECK(s.channels[0].from == "alarms@plant.example");
  CHECK(s.channels[0].to == std::vector<std::string>{"anna@plant.example", "ben@plant.example"});
  CHECK(s.channels[1].security == mail_security::none);
  CHECK(s.channels[1].to == std::vector<std::string>{"c@d"});
  CHECK(channel_settings{}.security == mail_security::starttls);
}

TEST_CASE("a mail channel that cannot work is told, and no password") {
  const auto with = [](const std::string& more) {
    return mistakes_of("channels:\n  a:\n    type: email\n    server: mail\n    from: a@b\n    to: c@d\n" + more);
  };
  CHECK(with("").empty());
  CHECK(mistakes_of("channels:\n  a:\n    type: email\n") ==
        "FILE:3: channels.a.type: expected also channels.a.server for an email channel\n"
        "FILE:3: channels.a.type: expected also channels.a.from for an email channel\n"
        "FILE:3: channels.a.type: expected also channels.a.to for an email channel");
  CHECK(with("    url: http://h/\n") == "FILE:7: channels.a.url: expected no url for an email channel");
  CHECK(with("    user: plant\n") == "FILE:7: channels.a.user: expected user and password together");
  CHECK(with("    user: plant\n    password: hunter2\n") ==
        "FILE:8: channels.a.password: expected env:NAME or file:PATH, got a plain text (not shown)");
  CHECK(with("    user: plant\n    password: env:P\n    tls: none\n") ==
        "FILE:9: channels.a.tls: expected tls: starttls or tls where there is a password: others could read it");
  CHECK(with("    tls: yes\n") == "FILE:7: channels.a.tls: expected starttls, tls or none, got \"yes\"");
  CHECK(with("    port: 70000\n").find("expected a whole number from 0 to 65535") != std::string::npos);
  CHECK(mistakes_of("channels: {a: {type: email, server: 'mail:25', from: a@b, to: c@d}}\n") ==
        "FILE:1: channels.a.server: expected the name or address of a mail server, like mail.plant.example");
  CHECK(mistakes_of("channels: {a: {type: email, server: m, from: Plant <a@b>, to: c@d}}\n") ==
        "FILE:1: channels.a.from: expected a mail address like alarms@plant.example");
  CHECK(mistakes_of("channels: {a: {type: email, server: m, from: a@b, to: [c@d, \"e@f\\r\\nBcc: x@y\"]}}\n") ==
        "FILE:1: channels.a.to: expected mail addresses like anna@plant.example, got \"e@f  Bcc: x@y\"");
}

TEST_CASE("receivers of states are read whole") {
  const auto s = loaded(R"(
channels:
  pd: {type: pagerduty, routing_key: env:KEY, url: "https://events.eu.pagerduty.com/v2/enqueue"}
  am: {type: alertmanager, url: "http://am:9093/", resend: 30s, password: file:t, labels: {team: maintenance}}
)");
  REQUIRE(s.channels.size() == 2);
  CHECK(s.channels[0].kind == channel_kind::pagerduty);
  CHECK(s.channels[0].routing_key.text == "env:KEY");
  CHECK(s.channels[0].url == "https://events.eu.pagerduty.com/v2/enqueue");
  CHECK(s.channels[1].kind == channel_kind::alertmanager);
  CHECK(s.channels[1].resend == std::chrono::seconds{30});
  CHECK(s.channels[1].labels == std::map<std::string, std::string>{{"team", "maintenance"}});
  CHECK(channel_settings{}.resend == std::chrono::minutes{1});
}

TEST_CASE("a mailbox for answers needs a server and a login, and a way that nobody reads") {
  const auto with = [](const std::string& more) {
    return "channels: {a: {type: email, server: mail.x, from: a@x.example, to: [b@x.example]" + more + "}}\n";
  };
  const auto s =
      loaded(with(", replies: {server: imap.x, user: u, password: env:P, from: [c@x.example]}, ask_every: 1min"));
  const auto& mail = s.channels[0];
  CHECK(mail.replies_server == "imap.x");
  CHECK(mail.replies_security == mail_security::tls);
  CHECK(mail.replies_folder == "INBOX");
  CHECK(mail.replies_from == std::vector<std::string>{"c@x.example"});
  CHECK(mail.ask_every == 60'000ms);
  CHECK(mistakes_of(with("")).empty());
  CHECK(mistakes_of(with(", replies: {user: u}"))
            .find("expected also channels.a.replies.server, without which nobody looks") != std::string::npos);
  CHECK(mistakes_of(with(", ask_every: 1min")).find("expected also channels.a.replies.server") != std::string::npos);
  CHECK(mistakes_of(with(", replies: {server: imap.x}")).find("expected also replies.user and replies.password") !=
        std::string::npos);
  const std::string login = "server: imap.x, user: u, password: env:P";
  CHECK(mistakes_of(with(", replies: {" + login + ", tls: none}")).find("others could read the password") !=
        std::string::npos);
  CHECK(mistakes_of(with(", replies: {" + login + ", from: [chief]}")).find("expected mail addresses") !=
        std::string::npos);
  CHECK(mistakes_of(with(", replies: {" + login + ", folder: 'a\"b'}")).find("expected a folder's name of ASCII") !=
        std::string::npos);
  CHECK(mistakes_of(with(", replies: {server: 'imap.x/a', user: u, password: env:P}"))
            .find("expected the name or address of an IMAP server") != std::string::npos);
  CHECK(mistakes_of("channels: {a: {type: slack, url: env:U, replies: {server: imap.x}}}\n")
            .find("expected no replies.server for a slack channel") != std::string::npos);
}

TEST_CASE("receivers of states that cannot work are told, and no key") {
  CHECK(mistakes_of("channels: {a: {type: pagerduty}}\n") ==
        "FILE:1: channels.a.type: expected also channels.a.routing_key for a pagerduty channel");
  CHECK(mistakes_of("channels: {a: {type: pagerduty, routing_key: R123}}\n") ==
        "FILE:1: channels.a.routing_key: expected env:NAME or file:PATH, got a plain text (not shown)");
  CHECK(mistakes_of("channels: {a: {type: pagerduty, routing_key: env:K, ask_every: 10s}}\n") ==
        "FILE:1: channels.a.ask_every: expected also channels.a.api_token, without which nothing is asked there");
  CHECK(mistakes_of("channels: {a: {type: pagerduty, routing_key: env:K, api_token: y_Nb}}\n")
            .find("channels.a.api_token: expected env:NAME or file:PATH") != std::string::npos);
  const auto asked = loaded("channels: {a: {type: pagerduty, routing_key: env:K, api_token: env:T, "
                            "api_url: 'https://api.eu.pagerduty.com'}}\n")
                         .channels[0];
  CHECK(asked.api_token.text == "env:T");
  CHECK(asked.api_url == "https://api.eu.pagerduty.com");
  CHECK(asked.ask_every == 30'000ms);
  CHECK(mistakes_of("channels: {a: {type: pagerduty, routing_key: env:K, resend: 5s}}\n") ==
        "FILE:1: channels.a.resend: expected no resend for a pagerduty channel");
  CHECK(mistakes_of("channels: {a: {type: alertmanager}}\n") ==
        "FILE:1: channels.a.type: expected also channels.a.url for an alertmanager channel");
  CHECK(mistakes_of("channels: {a: {type: alertmanager, url: 'http://h/', user: me}}\n") ==
        "FILE:1: channels.a.user: expected also channels.a.password; alone it is an access token");
  const auto with_label = [](const std::string& name) {
    return mistakes_of("channels: {a: {type: alertmanager, url: 'http://h/', labels: {" + name + ": x}}}\n");
  };
  CHECK(with_label("team").empty());
  CHECK(with_label("a-b") ==
        "FILE:1: channels.a.labels.a-b: expected a label's name of letters, digits and _, which does "
        "not begin with a digit");
  CHECK(with_label("sensor") ==
        "FILE:1: channels.a.labels.sensor: expected another name: by this one alarms are told apart");
  CHECK(mistakes_of("channels: {a: {type: alertmanager, url: 'http://h/', resend: 100ms}}\n")
            .find("expected a duration of at least 1s") != std::string::npos);
}

TEST_CASE("a rate and a fallback of a receiver of states are refused, their defaults too") {
  const auto with = [](const std::string& type, const std::string& more) {
    return mistakes_of("channels:\n  log: {type: log}\n  a:\n    type: " + type + "\n    " + more + '\n');
  };
  const std::string pagerduty = "pagerduty\n    routing_key: env:K", server = "alertmanager\n    url: http://h/";
  CHECK(with(pagerduty, "timeout: 5s").empty());
  CHECK(with(pagerduty, "rate: {pages: 5}") ==
        "FILE:6: channels.a.rate.pages: does nothing for a channel of type pagerduty, which is told each change of an "
        "alarm as it comes; take it away");
  CHECK(
      with(server, "rate: {per: 1min}").find("channels.a.rate.per: does nothing for a channel of type alertmanager") !=
      std::string::npos);
  CHECK(with(pagerduty, "fallback_after: 5min").starts_with("FILE:6: channels.a.fallback_after: does nothing for "));
  CHECK(with(server, "fallback: log") ==
        "FILE:6: channels.a.fallback: does nothing for a channel of type alertmanager, for which no other stands in; "
        "take it away");
  CHECK(with(server, "fallback: nobody").find("names of other channels") == std::string::npos);
  CHECK(mistakes_of("channels: {a: {type: pagerduty, routing_key: env:K}}\n", {"channels.a.rate.pages=5"})
            .starts_with("--set channels.a.rate.pages: does nothing for a channel of type pagerduty"));
  CHECK(with("ntfy\n    url: http://h/x", "rate: {pages: 5, per: 1h}\n    fallback: log").empty());
}

TEST_CASE("a channel's own words are read, and a field that is none is told with the nearest") {
  const auto s = loaded(R"(
channels:
  mail:
    type: email
    server: m
    from: a@b
    to: c@d
    words:
      title: "{what}: {where}"
      body: |
        Do: {action}
        {value}, was {previous}
)");
  CHECK(s.channels[0].words_title == "{what}: {where}");
  CHECK(s.channels[0].words_body == "Do: {action}\n{value}, was {previous}\n");
  const auto with = [](const std::string& type, const std::string& words) {
    return mistakes_of("channels:\n  a:\n    type: " + type + "\n    words:\n      " + words + '\n');
  };
  CHECK(with("terminal", "body: '{action}'").empty());
  CHECK(with("terminal", "title: '{acton}'")
            .starts_with(
                "FILE:5: channels.a.words.title: unknown field {acton} (did you mean action?); there are {key}, "));
  CHECK(with("terminal", "body: 'for {to}'").find("unknown field {to}") != std::string::npos);
  CHECK(with("terminal", "titel: x").find("did you mean channels.a.words.title?") != std::string::npos);
  CHECK(with("log", "body: x") == "FILE:5: channels.a.words.body: expected no words.body for a log channel");
  CHECK(with("terminal", "title: \"a\\nb\"").find("channels.a.words.title: expected a text, got") != std::string::npos);
  CHECK(with("terminal", "body: [a, b]").find("expected a text of one or more lines, got a list") != std::string::npos);
  CHECK(settings_text(s).find("words.body: Do: {action}\\n{value}, was {previous}\\n") != std::string::npos);
}

TEST_CASE("gateways are read whole") {
  const auto s = loaded(R"(
channels:
  sms:
    type: gateway
    method: PUT
    url: https://sms.example/send?to={to}
    headers: {X-Prio: "{priority}", Authorization: env:SMS_TOKEN}
    body: "text={message}"
    format: form
    longest: 160
    failed_when: '"error"'
    to: ["+49170"]
  twilio: {type: twilio, user: AC1, password: env:T, from: "+4940", to: ["+49170", "+49171"]}
  push: {type: ntfy, url: "https://ntfy.sh/plant", password: file:t, click: "https://plant.example/"}
  team: {type: teams, url: env:TEAMS}
)");
  REQUIRE(s.channels.size() == 4);
  const auto& sms = s.channels[0];
  CHECK(sms.kind == channel_kind::gateway);
  CHECK(sms.method == "PUT");
  CHECK(sms.headers ==
        std::map<std::string, std::string>{{"Authorization", "env:SMS_TOKEN"}, {"X-Prio", "{priority}"}});
  CHECK(sms.body == "text={message}");
  CHECK(sms.format == text_place::form);
  CHECK(sms.longest == 160);
  CHECK(sms.failed_when == "\"error\"");
  CHECK(s.channels[1].to.size() == 2);
  CHECK(s.channels[2].click == "https://plant.example/");
  CHECK(s.channels[3].url_secret.text == "env:TEAMS");
}

TEST_CASE("a gateway that cannot work is told, and no secret") {
  const auto with = [](const std::string& more) {
    return mistakes_of("channels:\n  a:\n    type: gateway\n    url: https://h/\n" + more);
  };
  CHECK(with("    body: '{\"text\": \"{message}\"}'\n").empty());
  CHECK(with("").find("FILE:3: channels.a.type: expected also channels.a.body, the template of what is sent") !=
        std::string::npos);
  const auto unknown = with("    body: '{\"text\": \"{mesage}\"}'\n");
  CHECK(unknown.starts_with(
      "FILE:5: channels.a.body: unknown field {mesage} (did you mean message?); there are {key}, "));
  CHECK(with("    body: '{\"text\": {message}'\n").find("expected JSON once its fields are filled") !=
        std::string::npos);
  CHECK(with("    body: x\n    format: form\n    to: ['+49']\n") ==
        "FILE:7: channels.a.to: expected {to} in url, headers or body, for there are recipients");
  CHECK(
      with("    body: 'to={to}'\n    format: form\n").find("expected also channels.a.to, for {to} names recipients") !=
      std::string::npos);
  CHECK(with("    body: x\n    format: form\n    method: GET\n").find("expected no body with method GET") !=
        std::string::npos);
  CHECK(with("    body: x\n    format: form\n    failed_when: '(a'\n").find("expected a regular expression: ") !=
        std::string::npos);
  CHECK(with("    body: x\n    format: form\n    headers: {\"X Y\": a}\n").find("expected a header's name") !=
        std::string::npos);
  const auto secret = with("    body: x\n    format: form\n    headers: {Authorization: Bearer hunter2}\n");
  CHECK(secret == "FILE:7: channels.a.headers.Authorization: expected env:NAME or file:PATH, got a plain text (not "
                  "shown)");
  CHECK(mistakes_of("channels: {a: {type: twilio, user: AC1, password: env:T, from: '+49', to: ['+49 40']}}\n") ==
        "FILE:1: channels.a.to: expected numbers like +4940123456, got \"+49 40\"");
  CHECK(mistakes_of("channels: {a: {type: ntfy, url: 'https://ntfy.sh/'}}\n") ==
        "FILE:1: channels.a.url: expected a URL that ends in a topic, like https://ntfy.sh/plant-alarms");
  CHECK(mistakes_of("channels: {a: {type: ntfy, url: 'https://ntfy.sh/x', user: me}}\n") ==
        "FILE:1: channels.a.user: expected also channels.a.password; alone it is an access token");
  CHECK(mistakes_of("channels: {a: {type: teams, url: 'https://h/', to: [x]}}\n") ==
        "FILE:1: channels.a.to: expected no to for a teams channel");
}

} // namespace channels_test

#include "runtime/settings/tables.hpp"

namespace millwright {

using namespace std::chrono_literals;
using namespace kinds;

namespace {

// Names of headers whose value opens something.
bool holds_secret(const std::string& header) {
  std::string name;
  for (const char c : header)
    name += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  for (const auto* part : {"auth", "token", "secret", "password", "cookie", "api-key", "apikey", "api_key"})
    if (name.find(part) != std::string::npos)
      return true;
  return false;
}

channel_settings& channel_named(node_settings& settings, const std::string& name) {
  for (auto& channel : settings.channels)
    if (channel.name == name)
      return channel;
  auto& fresh = settings.channels.emplace_back();
  fresh.name = name;
  return fresh;
}

field<node_settings> channels_row() {
  return named_sections<node_settings>(
      "channels", channel_named,
      [](const node_settings& from, const auto& visit) {
        for (const auto& each : from.channels)
          visit(each.name, each);
      },
      "channel", "channels by name, like pager: {type: terminal}", channel_table(), "who is told, and how");
}

} // namespace

const table<channel_settings>& channel_table() {
  using channel = channel_settings;
  static const table<channel> rows{
      setting<channel>("type", MILLWRIGHT_MEMBER(kind),
                       choice<channel_kind>({{"terminal", channel_kind::terminal},
                                             {"log", channel_kind::log},
                                             {"slack", channel_kind::slack},
                                             {"webhook", channel_kind::webhook},
                                             {"email", channel_kind::email},
                                             {"gateway", channel_kind::gateway},
                                             {"twilio", channel_kind::twilio},
                                             {"ntfy", channel_kind::ntfy},
                                             {"teams", channel_kind::teams},
                                             {"pagerduty", channel_kind::pagerduty},
                                             {"alertmanager", channel_kind::alertmanager}}),
                       "how it tells"),
      url_setting<channel>(
          "url", &channel::url, &channel::url_secret,
          "slack, teams: the incoming webhook; webhook, gateway: the receiver; ntfy: server and topic; "
          "alertmanager: the server; twilio, pagerduty: another server"),
      setting<channel>("secret", MILLWRIGHT_MEMBER(secret), secret(),
                       "webhook: key of the signature (HMAC-SHA256); empty: unsigned"),
      setting<channel>("timeout", MILLWRIGHT_MEMBER(timeout), duration(1ms),
                       "how long the receiver may take to answer"),
      setting<channel>("backoff", MILLWRIGHT_MEMBER(backoff), duration(1ms),
                       "pause after the first failed try; it doubles"),
      setting<channel>("backoff_most", MILLWRIGHT_MEMBER(backoff_most), duration(1ms), "up to this"),
      setting<channel>("rate.pages", MILLWRIGHT_MEMBER(rate_pages), whole<uint32_t>(0, 1'000'000),
                       "messages at once at most, and then so many in rate.per; what is over waits; 0: no limit"),
      setting<channel>("rate.per", MILLWRIGHT_MEMBER(rate_per), duration(1ms), "time in which so many go"),
      setting<channel>("fallback_after", MILLWRIGHT_MEMBER(fallback_after), duration(),
                       "having failed for so long, its alerts go over others; 0: never"),
      setting<channel>("fallback", MILLWRIGHT_MEMBER(fallback), texts("a list of channels", true, true),
                       "the channels that stand in for it; empty: all others but terminal and log"),
      setting<channel>("ca", MILLWRIGHT_MEMBER(authority), text(),
                       "PEM file of who signs the receiver's certificate; empty: the system's authorities"),
      setting<channel>("certificate", MILLWRIGHT_MEMBER(certificate), text(),
                       "PEM file of our own certificate; empty: none"),
      setting<channel>("key", MILLWRIGHT_MEMBER(certificate_key), text(), "PEM file of its private key"),
      url_setting<channel>("proxy", &channel::proxy, &channel::proxy_secret,
                           "HTTP proxy; empty: HTTPS_PROXY, HTTP_PROXY, NO_PROXY of the environment"),
      setting<channel>("server", MILLWRIGHT_MEMBER(server), text(), "email: name or address of the mail server"),
      setting<channel>("port", MILLWRIGHT_MEMBER(port), whole<int>(0, 65'535),
                       "its port; 0: 587 with starttls, 465 with tls, 25 with none"),
      setting<channel>(
          "tls", MILLWRIGHT_MEMBER(security),
          choice<mail_security>(
              {{"starttls", mail_security::starttls}, {"tls", mail_security::tls}, {"none", mail_security::none}}),
          "email: how the way to the server is secured; nothing goes out without it"),
      setting<channel>("user", MILLWRIGHT_MEMBER(user), text(), "who logs in; empty: nobody"),
      setting<channel>("password", MILLWRIGHT_MEMBER(password), secret(), "and the password"),
      setting<channel>("from", MILLWRIGHT_MEMBER(from), text(),
                       "email: the sender's address; twilio: number or messaging service"),
      setting<channel>("to", MILLWRIGHT_MEMBER(to), texts("a list of recipients", true, true),
                       "email: addresses; twilio: numbers; gateway: {to}; each gets a message of its own"),
      setting<channel>("method", MILLWRIGHT_MEMBER(method), one_of({"POST", "PUT", "GET"}), "gateway: how it is asked"),
      named_settings<channel>("headers", MILLWRIGHT_MEMBER(headers), "headers by name, like X-Priority: \"{priority}\"",
                              text(), "gateway: templates, or env:NAME or file:PATH", {}, holds_secret),
      setting<channel>("body", MILLWRIGHT_MEMBER(body), text(),
                       "gateway: template of the body, with fields like {what}, {where}, {value}, {message}"),
      setting<channel>(
          "format", MILLWRIGHT_MEMBER(format),
          choice<text_place>({{"json", text_place::json}, {"form", text_place::form}, {"plain", text_place::plain}}),
          "gateway: what the body is"),
      setting<channel>("longest", MILLWRIGHT_MEMBER(longest), whole<uint32_t>(0, 100'000),
                       "gateway, twilio: characters of a message; 0: all, of an SMS 300"),
      setting<channel>("failed_when", MILLWRIGHT_MEMBER(failed_when), text(),
                       "gateway: regular expression; an answer of 200 that has it is a failed try"),
      url_setting<channel>("click", &channel::click, &channel::click_secret, "ntfy: what a tap opens"),
      setting<channel>("routing_key", MILLWRIGHT_MEMBER(routing_key), secret(),
                       "pagerduty: integration key of a service (Events API v2)"),
      setting<channel>("api_token", MILLWRIGHT_MEMBER(api_token), secret(),
                       "pagerduty: key of its REST API: who acknowledges an incident there has acknowledged the alarm; "
                       "empty: it is not asked"),
      url_setting<channel>("api_url", &channel::api_url, &channel::api_url_secret,
                           "pagerduty: another server of that API"),
      setting<channel>("ask_every", MILLWRIGHT_MEMBER(ask_every), duration(1s),
                       "pagerduty, email: how often it is asked while alarms wait to be acknowledged"),
      setting<channel>("replies.server", MILLWRIGHT_MEMBER(replies_server), text(),
                       "email: IMAP server with the mailbox of `from`: who answers a mail has acknowledged its alarm; "
                       "empty: nobody looks"),
      setting<channel>("replies.port", MILLWRIGHT_MEMBER(replies_port), whole<int>(0, 65'535),
                       "its port; 0: 993 with tls, else 143"),
      setting<channel>(
          "replies.tls", MILLWRIGHT_MEMBER(replies_security),
          choice<mail_security>(
              {{"starttls", mail_security::starttls}, {"tls", mail_security::tls}, {"none", mail_security::none}}),
          "how the way to it is secured; nothing goes out without it"),
      setting<channel>("replies.user", MILLWRIGHT_MEMBER(replies_user), text(), "who logs in there"),
      setting<channel>("replies.password", MILLWRIGHT_MEMBER(replies_password), secret(), "and the password"),
      setting<channel>("replies.folder", MILLWRIGHT_MEMBER(replies_folder), name("a folder"),
                       "where answers come to rest"),
      setting<channel>("replies.from", MILLWRIGHT_MEMBER(replies_from), texts("a list of mail addresses", true, true),
                       "whose answers count beside those of `to`"),
      setting<channel>("resend", MILLWRIGHT_MEMBER(resend), duration(1s),
                       "alertmanager: what stands is told again so often, as standing for four times that"),
      setting<channel>(
          "words.title", MILLWRIGHT_MEMBER(words_title), text(),
          "terminal, slack, teams, email, ntfy: template of an alarm's headline or subject, like \"{what}: "
          "{where}\"; empty: ours"),
      setting<channel>(
          "words.body", MILLWRIGHT_MEMBER(words_body), lines(),
          "these and twilio: template of what is below it, line by line; one whose fields are all empty is "
          "left out; empty: ours"),
      named_settings<channel>("labels", MILLWRIGHT_MEMBER(labels), "labels by name, like team: maintenance", text(),
                              "alertmanager: beside those that name the alarm, for who routes by them"),
  };
  return rows;
}

table<node_settings> channel_rows() {
  return {
      channels_row(),
      url_setting<node_settings>(
          "heartbeat", &node_settings::heartbeat_url, &node_settings::heartbeat_secret,
          "called each minute while readings are judged, commits succeed and people can be paged; "
          "empty: off"),
  };
}

} // namespace millwright

#include "runtime/message/alertmanager_request.hpp"
#include "runtime/message/answer_pattern.hpp"
#include "runtime/message/channel_words.hpp"
#include "runtime/message/email_message.hpp"
#include "runtime/message/http_request.hpp"
#include "runtime/message/message_template.hpp"
#include "runtime/message/ntfy_request.hpp"
#include "runtime/message/text_places.hpp"
#include "runtime/settings/tables.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string_view>

namespace millwright {

namespace {

using key_names = std::vector<std::string_view>;

/// What a channel of a type needs, and what it may have beside what all of them have.
struct channel_keys {
  channel_kind kind;
  key_names wanted, allowed;
};

const std::vector<channel_keys>& all_channel_keys() {
  static const std::vector<channel_keys> all{
      {channel_kind::terminal, {}, {"words.title", "words.body"}},
      {channel_kind::log, {}, {}},
      {channel_kind::slack, {"url"}, {"ca", "certificate", "key", "proxy", "words.title", "words.body"}},
      {channel_kind::webhook, {"url"}, {"secret", "ca", "certificate", "key", "proxy"}},
      {channel_kind::email,
       {"server", "from", "to"},
       {"port", "tls", "user", "password", "ca", "certificate", "key", "proxy", "words.title", "words.body",
        "ask_every", "replies.server", "replies.port", "replies.tls", "replies.user", "replies.password",
        "replies.folder", "replies.from"}},
      {channel_kind::gateway,
       {"url"},
       {"method", "headers", "body", "format", "longest", "failed_when", "user", "password", "to", "ca", "certificate",
        "key", "proxy"}},
      {channel_kind::twilio,
       {"user", "password", "from", "to"},
       {"url", "longest", "ca", "certificate", "key", "proxy", "words.body"}},
      {channel_kind::ntfy,
       {"url"},
       {"user", "password", "click", "ca", "certificate", "key", "proxy", "words.title", "words.body"}},
      {channel_kind::teams, {"url"}, {"ca", "certificate", "key", "proxy", "words.title", "words.body"}},
      {channel_kind::pagerduty,
       {"routing_key"},
       {"url", "api_token", "api_url", "ask_every", "ca", "certificate", "key", "proxy"}},
      {channel_kind::alertmanager,
       {"url"},
       {"resend", "labels", "user", "password", "ca", "certificate", "key", "proxy"}},
  };
  return all;
}

bool has(const key_names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void check_keys(const channel_settings& channel, const std::string& key, settings_report& report) {
  constexpr std::string_view common[] = {"type",       "timeout",  "backoff",        "backoff_most",
                                         "rate.pages", "rate.per", "fallback_after", "fallback"};
  const auto& all = all_channel_keys();
  const auto kind = std::find_if(all.begin(), all.end(), [&](const auto& x) { return x.kind == channel.kind; });
  const auto name = channel_table().front().show(channel);
  const auto article = std::string{name == "email" || name == "alertmanager" ? "an " : "a "} + name + " channel";
  for (const auto& row : channel_table()) {
    if (std::find(std::begin(common), std::end(common), row.key) != std::end(common))
      continue;
    const bool is_set = row.show(channel) != row.show(channel_settings{});
    if (has(kind->wanted, row.key))
      require(is_set, {key + ".type", key + '.' + row.key}, "expected also " + key + '.' + row.key + " for " + article,
              report);
    else if (!has(kind->allowed, row.key))
      require(!is_set, {key + '.' + row.key, key + ".type"}, "expected no " + row.key + " for " + article, report);
  }
}

/// Its receiver keeps the state of each alarm, and is told states in the place of pages.
bool keeps_states(const channel_settings& channel) {
  return channel.kind == channel_kind::pagerduty || channel.kind == channel_kind::alertmanager;
}

// Written down they would promise something, their defaults too.
void refuse_keys_of_pages(const channel_settings& channel, const std::string& key, settings_report& report) {
  const auto refuse = [&](const char* name, const std::string& why) {
    const auto at = key + '.' + name;
    require(!report.given(at), {at},
            "does nothing for a channel of type " + channel_table().front().show(channel) + ", " + why +
                "; take it away",
            report);
  };
  refuse("rate.pages", "which is told each change of an alarm as it comes");
  refuse("rate.per", "which is told each change of an alarm as it comes");
  refuse("fallback_after", "for which no other stands in");
  refuse("fallback", "for which no other stands in");
}

bool is_host(const std::string& text) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  const auto inner = bracketed ? text.substr(1, text.size() - 2) : text;
  return inner.find_first_not_of(bracketed ? "0123456789abcdefABCDEF:." : allowed) == std::string::npos;
}

void check_login(const channel_settings& channel, const std::string& key, settings_report& report) {
  require(channel.user.empty() == channel.password.empty(), {key + ".user", key + ".password"},
          "expected user and password together", report);
}

void check_replies(const channel_settings& channel, const std::string& key, settings_report& report) {
  const auto server = key + ".replies.server";
  if (channel.replies_server.empty()) {
    for (const auto* each : {".replies.port", ".replies.tls", ".replies.user", ".replies.password", ".replies.folder",
                             ".replies.from", ".ask_every"})
      require(!report.given(key + each) || report.wrong(server), {key + each},
              "expected also " + server + ", without which nobody looks for answers", report);
    return;
  }
  require(is_host(channel.replies_server), {server},
          "expected the name or address of an IMAP server, like imap.plant.example", report);
  require(!channel.replies_user.empty() && !channel.replies_password.empty(),
          {key + ".replies.user", key + ".replies.password", server}, "expected also replies.user and replies.password",
          report);
  require(channel.replies_security != mail_security::none, {key + ".replies.tls"},
          "expected starttls or tls: others could read the password", report);
  const auto& folder = channel.replies_folder;
  require(
      std::all_of(folder.begin(), folder.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }),
      {key + ".replies.folder"}, "expected a folder's name of ASCII, without quotes and backslashes", report);
  for (const auto& each : channel.replies_from)
    require(is_mail_address(each), {key + ".replies.from"},
            "expected mail addresses like anna@plant.example, got \"" + one_line(each) + '"', report);
}

void check_email(const channel_settings& channel, const std::string& key, settings_report& report) {
  require(is_host(channel.server), {key + ".server"},
          "expected the name or address of a mail server, like mail.plant.example", report);
  require(channel.from.empty() || is_mail_address(channel.from), {key + ".from"},
          "expected a mail address like alarms@plant.example", report);
  for (const auto& each : channel.to)
    require(is_mail_address(each), {key + ".to"},
            "expected mail addresses like anna@plant.example, got \"" + one_line(each) + '"', report);
  check_login(channel, key, report);
  require(channel.password.empty() || channel.security != mail_security::none, {key + ".tls", key + ".password"},
          "expected tls: starttls or tls where there is a password: others could read it", report);
  check_replies(channel, key, report);
}

void check_template(const message_template& x, const std::string& key, settings_report& report) {
  for (const auto& each : x.unknown_fields())
    require(false, {key},
            "unknown field {" + each + '}' + did_you_mean(each, field_names()) + "; there are {" +
                fmt::format("{}", fmt::join(field_names(), "}, {")) + '}',
            report);
}

// As it would be with every field filled.
bool is_json(const message_template& body) {
  rapidjson::Document read;
  const auto text = body.filled(page_words{}, "", text_place::json);
  read.Parse<rapidjson::kParseIterativeFlag>(text.c_str(), text.size());
  return !read.HasParseError();
}

void check_gateway(const channel_settings& channel, const std::string& key, settings_report& report) {
  const message_template url{channel.url}, body{channel.body};
  bool names_recipient = url.has_field("to") || body.has_field("to");
  check_template(url, key + ".url", report);
  check_template(body, key + ".body", report);
  for (const auto& [name, value] : channel.headers) {
    const message_template header{value};
    names_recipient = names_recipient || header.has_field("to");
    const auto where = key + ".headers." + name;
    require(is_header_name(name), {where, key + ".headers"}, "expected a header's name, like X-Priority", report);
    check_template(header, where, report);
  }
  check_login(channel, key, report);
  const bool knows_all = channel.url_secret.empty();
  require(!names_recipient || !channel.to.empty(), {key + ".to", key + ".body", key + ".url", key + ".headers"},
          "expected also " + key + ".to, for {to} names recipients", report);
  require(names_recipient || channel.to.empty() || !knows_all, {key + ".to"},
          "expected {to} in url, headers or body, for there are recipients", report);
  require(channel.method != "GET" || channel.body.empty(), {key + ".body", key + ".method"},
          "expected no body with method GET", report);
  require(channel.method == "GET" || !channel.body.empty(), {key + ".body", key + ".type"},
          "expected also " + key + ".body, the template of what is sent", report);
  require(channel.body.empty() || channel.format != text_place::json || is_json(body), {key + ".body"},
          "expected JSON once its fields are filled; texts in quotes, like {\"text\": \"{message}\"}", report);
  try {
    const answer_pattern look{channel.failed_when};
  } catch (const std::invalid_argument& wrong) {
    require(false, {key + ".failed_when"}, std::string{"expected a regular expression: "} + wrong.what(), report);
  }
}

bool is_recipient(const std::string& text) {
  return text.size() <= 100 && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

void check_recipients(const channel_settings& channel, const std::string& key, settings_report& report) {
  for (const auto& each : channel.to)
    require(is_recipient(each), {key + ".to"}, "expected numbers like +4940123456, got \"" + one_line(each) + '"',
            report);
}

void check_token(const channel_settings& channel, const std::string& key, settings_report& report) {
  require(channel.user.empty() || !channel.password.empty(), {key + ".user", key + ".password"},
          "expected also " + key + ".password; alone it is an access token", report);
}

void check_words(const channel_settings& channel, const std::string& key, settings_report& report) {
  const auto check = [&](const channel_words& own, const std::string& where) {
    for (const auto& each : own.unknown_fields())
      require(false, {where},
              "unknown field {" + each + '}' + did_you_mean(each, word_names()) + "; there are {" +
                  fmt::format("{}", fmt::join(word_names(), "}, {")) + '}',
              report);
  };
  check({channel.words_title, {}}, key + ".words.title");
  check({{}, channel.words_body}, key + ".words.body");
}

void check_labels(const channel_settings& channel, const std::string& key, settings_report& report) {
  for (const auto& [name, value] : channel.labels) {
    const auto where = key + ".labels." + name;
    require(is_label_name(name), {where, key + ".labels"},
            "expected a label's name of letters, digits and _, which does not begin with a digit", report);
    require(!names_alarm(name), {where, key + ".labels"}, "expected another name: by this one alarms are told apart",
            report);
    require(!value.empty(), {where, key + ".labels"}, "expected a text", report);
  }
}

void check_api(const channel_settings& channel, const std::string& key, settings_report& report) {
  for (const auto* each : {".api_url", ".ask_every"})
    require(!report.given(key + each) || !channel.api_token.empty(), {key + each, key + ".api_token"},
            "expected also " + key + ".api_token, without which nothing is asked there", report);
}

void check_kind(const channel_settings& channel, const std::string& key, settings_report& report) {
  switch (channel.kind) {
  case channel_kind::email:
    return check_email(channel, key, report);
  case channel_kind::gateway:
    check_recipients(channel, key, report);
    return check_gateway(channel, key, report);
  case channel_kind::twilio:
    return check_recipients(channel, key, report);
  case channel_kind::pagerduty:
    return check_api(channel, key, report);
  case channel_kind::alertmanager:
    check_labels(channel, key, report);
    return check_token(channel, key, report);
  case channel_kind::ntfy:
    check_token(channel, key, report);
    return require(channel.url.empty() || !topic_of(channel.url).topic.empty(), {key + ".url"},
                   "expected a URL that ends in a topic, like https://ntfy.sh/plant-alarms", report);
  default:
    return;
  }
}

void check_fallback(const channel_settings& channel, const std::vector<channel_settings>& all, const std::string& key,
                    settings_report& report) {
  std::vector<std::string> others;
  for (const auto& each : all)
    if (each.name != channel.name)
      others.push_back(each.name);
  for (const auto& each : channel.fallback)
    require(std::find(others.begin(), others.end(), each) != others.end(), {key + ".fallback"},
            "expected names of other channels, got \"" + one_line(each) + '"' + did_you_mean(each, others), report);
}

} // namespace

void check_channels(const std::vector<channel_settings>& channels, settings_report& report) {
  for (const auto& channel : channels) {
    const auto key = "channels." + channel.name;
    std::vector<std::string> keys;
    for (const auto& row : channel_table())
      keys.push_back(key + '.' + row.key);
    keys.push_back(key);
    const bool given = std::any_of(keys.begin(), keys.end(), [&](const auto& x) { return report.given(x); });
    const auto type = key + ".type";
    if (report.wrong(type))
      continue;
    // The terminal is there without a word.
    if (given && !report.given(type) && channel.name != "terminal") {
      require(false, keys, "expected also " + type + ": " + channel_table().front().expected, report);
      continue;
    }
    check_keys(channel, key, report);
    check_kind(channel, key, report);
    check_words(channel, key, report);
    require(channel.certificate.empty() == channel.certificate_key.empty(), {key + ".certificate", key + ".key"},
            "expected certificate and key together", report);
    if (keeps_states(channel))
      refuse_keys_of_pages(channel, key, report);
    else
      check_fallback(channel, channels, key, report);
    require(channel.backoff <= channel.backoff_most, {key + ".backoff", key + ".backoff_most"},
            "expected backoff to be at most backoff_most", report);
  }
}

} // namespace millwright

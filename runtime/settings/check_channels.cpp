#include "runtime/message/email_message.hpp"
#include "runtime/message/text_places.hpp"
#include "runtime/settings/tables.hpp"

#include <algorithm>
#include <string_view>

namespace millwright {

namespace {

using key_names = std::vector<std::string_view>;

/// What a channel of a type needs, and what it may have beside what all of them have.
struct channel_keys {
  channel_kind kind;
  std::string name;
  key_names wanted, allowed;
};

const std::vector<channel_keys>& all_channel_keys() {
  static const std::vector<channel_keys> all{
      {channel_kind::terminal, "terminal", {}, {}},
      {channel_kind::log, "log", {}, {}},
      {channel_kind::slack, "slack", {"url"}, {"ca", "certificate", "key", "proxy"}},
      {channel_kind::webhook, "webhook", {"url"}, {"secret", "ca", "certificate", "key", "proxy"}},
      {channel_kind::email,
       "email",
       {"server", "from", "to"},
       {"port", "tls", "user", "password", "ca", "certificate", "key", "proxy"}},
  };
  return all;
}

bool has(const key_names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void check_keys(const channel_settings& channel, const std::string& key, settings_report& report) {
  constexpr std::string_view common[] = {"type", "timeout", "backoff", "backoff_most"};
  const auto& all = all_channel_keys();
  const auto kind = std::find_if(all.begin(), all.end(), [&](const auto& x) { return x.kind == channel.kind; });
  const auto article = std::string{kind->name == "email" ? "an " : "a "} + kind->name + " channel";
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

bool is_host(const std::string& text) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  const auto inner = bracketed ? text.substr(1, text.size() - 2) : text;
  return inner.find_first_not_of(bracketed ? "0123456789abcdefABCDEF:." : allowed) == std::string::npos;
}

void check_email(const channel_settings& channel, const std::string& key, settings_report& report) {
  require(is_host(channel.server), {key + ".server"},
          "expected the name or address of a mail server, like mail.plant.example", report);
  require(channel.from.empty() || is_mail_address(channel.from), {key + ".from"},
          "expected a mail address like alarms@plant.example", report);
  for (const auto& each : channel.to)
    require(is_mail_address(each), {key + ".to"},
            "expected mail addresses like anna@plant.example, got \"" + one_line(each) + '"', report);
  require(channel.user.empty() == channel.password.empty(), {key + ".user", key + ".password"},
          "expected user and password together", report);
  require(channel.password.empty() || channel.security != mail_security::none, {key + ".tls", key + ".password"},
          "expected tls: starttls or tls where there is a password: others could read it", report);
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
    if (given && !report.given(type)) {
      require(false, keys, "expected also " + type + ": " + channel_table().front().expected, report);
      continue;
    }
    check_keys(channel, key, report);
    if (channel.kind == channel_kind::email)
      check_email(channel, key, report);
    require(channel.certificate.empty() == channel.certificate_key.empty(), {key + ".certificate", key + ".key"},
            "expected certificate and key together", report);
    require(channel.backoff <= channel.backoff_most, {key + ".backoff", key + ".backoff_most"},
            "expected backoff to be at most backoff_most", report);
  }
}

} // namespace millwright

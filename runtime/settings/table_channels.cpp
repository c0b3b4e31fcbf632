#include "runtime/settings/tables.hpp"

namespace millwright {

using namespace std::chrono_literals;
using namespace kinds;

namespace {

bool is_channel_name(const std::string& name) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !name.empty() && name.size() <= 64 && name.find_first_not_of(allowed) == std::string::npos;
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
  field<node_settings> row{"channels",
                           "channels by name, like pager: {type: terminal}",
                           "who is told, and how",
                           {},
                           {},
                           {},
                           below(".*.", describe_table(channel_table(), channel_settings{}))};
  row.read_below = [](node_settings& target, const std::string& path, const setting_value& at,
                      settings_report& report) {
    const auto dot = path.find('.');
    const auto name = path.substr(0, dot);
    if (!is_channel_name(name))
      return report.mistake(at, "expected a channel's name of letters, digits, - and _, got \"" + name + '"');
    auto& channel = channel_named(target, name);
    if (dot != std::string::npos)
      return read_at(channel, channel_table(), path.substr(dot + 1), at, report);
    if (at.node.IsMap())
      return read_section(channel, channel_table(), "", at, report);
    report_wrong(report, at, "a section with " + alternatives(names_below(channel_table(), "")), false);
  };
  row.read = [expected = row.expected, read_below = row.read_below](node_settings& target, const setting_value& at,
                                                                    settings_report& report) {
    if (at.node.IsNull())
      return;
    if (!at.node.IsMap())
      return report_wrong(report, at, expected, false);
    for (const auto& entry : at.node) {
      const auto child =
          at.below(entry.first.IsScalar() ? entry.first.Scalar() : "?", entry.second, entry.first.Mark());
      if (!entry.first.IsScalar() || entry.first.Scalar().find('.') != std::string::npos)
        report.mistake(child,
                       "expected a channel's name of letters, digits, - and _, got " + description_of(entry.first));
      else if (report.first_time(child))
        read_below(target, entry.first.Scalar(), child, report);
    }
  };
  row.show = [](const node_settings& from) {
    std::string out = "{";
    for (const auto& channel : from.channels)
      out += (out.size() > 1 ? ", " : "") + channel.name + ": " + show_table(channel_table(), channel);
    return out + '}';
  };
  return row;
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
                                             {"email", channel_kind::email}}),
                       "how it tells"),
      url_setting<channel>("url", &channel::url, &channel::url_secret,
                           "slack: the incoming webhook; webhook: the receiver"),
      setting<channel>("secret", MILLWRIGHT_MEMBER(secret), secret(),
                       "webhook: key of the signature (HMAC-SHA256); empty: unsigned"),
      setting<channel>("timeout", MILLWRIGHT_MEMBER(timeout), duration(1ms),
                       "how long the receiver may take to answer"),
      setting<channel>("backoff", MILLWRIGHT_MEMBER(backoff), duration(1ms),
                       "pause after the first failed try; it doubles"),
      setting<channel>("backoff_most", MILLWRIGHT_MEMBER(backoff_most), duration(1ms), "up to this"),
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
      setting<channel>("from", MILLWRIGHT_MEMBER(from), text(), "email: the sender's address"),
      setting<channel>("to", MILLWRIGHT_MEMBER(to), texts("a list of recipients", true, true),
                       "email: addresses; each gets a mail of its own"),
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

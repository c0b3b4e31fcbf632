#include "runtime/transport/make_transport.hpp"

#include "protocol/failure.hpp"
#include "runtime/message/alertmanager_request.hpp"
#include "runtime/message/gateway_request.hpp"
#include "runtime/message/mail_reply.hpp"
#include "runtime/message/ntfy_request.hpp"
#include "runtime/message/pagerduty_request.hpp"
#include "runtime/message/teams_request.hpp"
#include "runtime/message/twilio_request.hpp"
#include "runtime/transport/email.hpp"
#include "runtime/transport/http_outcome.hpp"
#include "runtime/transport/limited_transport.hpp"
#include "runtime/transport/mail_source.hpp"
#include "runtime/transport/pagerduty_source.hpp"
#include "runtime/transport/request_transport.hpp"
#include "runtime/transport/slack.hpp"
#include "runtime/transport/state_transport.hpp"
#include "runtime/transport/webhook.hpp"

#include <spdlog/spdlog.h>

#include <fstream>
#include <utility>
#include <vector>

namespace millwright {

namespace {

// A terminal, and a log: longer than whoever writes waits for one that is frozen.
constexpr milliseconds line_limit{5000};

// Alerts of one request: some 500 KB.
constexpr size_t most_alerts = 500;

std::string web_address(const channel_settings& settings, const char* what, const std::string& open,
                        const secret_reference& secret) {
  auto url = secret.empty() ? open : secret.resolve();
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    throw failure{failure_code::bad_configuration, "channel " + settings.name,
                  std::string{"its "} + what + " must begin with http:// or https://"};
  return url;
}

std::string url_of(const channel_settings& settings) {
  return web_address(settings, "url", settings.url, settings.url_secret);
}

std::string readable(const channel_settings& settings, const std::string& path, const char* what) {
  if (!path.empty() && !std::ifstream{path})
    throw failure{failure_code::bad_configuration, "channel " + settings.name,
                  std::string{"its "} + what + ' ' + path + " cannot be read"};
  return path;
}

http_way way_of(const channel_settings& settings) {
  http_way way;
  way.timeout = settings.timeout;
  way.authority = readable(settings, settings.authority, "ca");
  way.certificate = readable(settings, settings.certificate, "certificate");
  way.certificate_key = readable(settings, settings.certificate_key, "key");
  way.proxy = settings.proxy_secret.empty() ? settings.proxy : settings.proxy_secret.resolve();
  return way;
}

std::string password_of(const channel_settings& settings) {
  return settings.password.empty() ? std::string{} : settings.password.resolve();
}

mail_server server_of(const channel_settings& settings) {
  return {settings.server, settings.port, settings.security, settings.user, password_of(settings)};
}

// What a template does not know in a secret URL can be told only here.
message_template known_fields(const channel_settings& settings, const std::string& text) {
  message_template out{text};
  if (!out.unknown_fields().empty())
    throw failure{failure_code::bad_configuration, "channel " + settings.name,
                  "its url, which is secret, has an unknown field in braces"};
  if (out.has_field("to") && settings.to.empty())
    throw failure{failure_code::bad_configuration, "channel " + settings.name,
                  "its url has {to}, and there is no `to`"};
  return out;
}

std::shared_ptr<transport> gateway_of(const channel_settings& settings) {
  gateway_form form;
  form.method = settings.method;
  form.url = known_fields(settings, url_of(settings));
  for (const auto& [name, value] : settings.headers)
    form.headers.emplace_back(name, secret_reference::is_one(value)
                                        ? message_template::literal(secret_reference{value}.resolve())
                                        : message_template{value});
  form.body = message_template{settings.body};
  form.format = settings.format;
  form.user = settings.user;
  form.password = password_of(settings);
  form.longest = settings.longest;
  return std::make_shared<request_transport>(
      [form = std::move(form)](const page& x, const std::string& to) { return gateway_request(form, x, to); },
      settings.to, answer_pattern{settings.failed_when}, way_of(settings));
}

std::string without_slash(std::string url) {
  while (url.ends_with('/'))
    url.pop_back();
  return url;
}

std::shared_ptr<transport> twilio_of(const channel_settings& settings) {
  twilio_account account;
  if (!settings.url.empty() || !settings.url_secret.empty())
    account.server = without_slash(url_of(settings));
  account.user = settings.user;
  account.password = password_of(settings);
  account.from = settings.from;
  if (settings.longest > 0)
    account.longest = settings.longest;
  return std::make_shared<request_transport>(
      [account = std::move(account), own = own_words_of(settings)](const page& x, const std::string& to) {
        return twilio_request(account, x, to, own);
      },
      settings.to, answer_pattern{twilio_failure}, way_of(settings));
}

std::shared_ptr<transport> ntfy_of(const channel_settings& settings) {
  auto topic = topic_of(url_of(settings));
  if (topic.topic.empty())
    throw failure{failure_code::bad_configuration, "channel " + settings.name,
                  "its url must end in a topic, like https://ntfy.sh/plant-alarms"};
  topic.user = settings.user;
  topic.password = password_of(settings);
  topic.click = settings.click_secret.empty() ? settings.click : settings.click_secret.resolve();
  return std::make_shared<request_transport>(
      [topic = std::move(topic), own = own_words_of(settings)](const page& x, const std::string&) {
        return ntfy_request(topic, x, own);
      },
      std::vector<std::string>{}, answer_pattern{}, way_of(settings));
}

std::shared_ptr<transport> pagerduty_of(const channel_settings& settings) {
  pagerduty_service service;
  if (!settings.url.empty() || !settings.url_secret.empty())
    service.url = url_of(settings);
  service.routing_key = settings.routing_key.resolve();
  return std::make_shared<state_transport>(
      [service = std::move(service)](const page& x) { return pagerduty_request(service, x); }, pagerduty_outcome,
      way_of(settings));
}

std::shared_ptr<transport> alertmanager_of(const channel_settings& settings) {
  alertmanager_server server{without_slash(url_of(settings)), settings.user, password_of(settings), settings.labels};
  return std::make_shared<state_transport>(
      [server = std::move(server)](const page& x) { return alertmanager_request(server, x); },
      [](const http_answer& x) { return outcome_of(x); }, way_of(settings));
}

} // namespace

std::unique_ptr<acknowledgement_source> acknowledgement_source_of(const channel_settings& settings) {
  if (settings.kind == channel_kind::pagerduty && !settings.api_token.empty()) {
    pagerduty_api where;
    if (!settings.api_url.empty() || !settings.api_url_secret.empty())
      where.url = without_slash(web_address(settings, "api_url", settings.api_url, settings.api_url_secret));
    where.token = settings.api_token.resolve();
    return std::make_unique<pagerduty_source>(std::move(where), way_of(settings));
  }
  if (settings.kind == channel_kind::email && !settings.replies_server.empty()) {
    reply_terms terms;
    terms.domain = settings.from.substr(settings.from.rfind('@') + 1);
    for (const auto* all : {&settings.to, &settings.replies_from})
      for (const auto& each : *all)
        terms.people.insert(in_small_letters(each));
    return std::make_unique<mail_source>(mail_server{settings.replies_server, settings.replies_port,
                                                     settings.replies_security, settings.replies_user,
                                                     settings.replies_password.resolve()},
                                         settings.replies_folder, way_of(settings), std::move(terms));
  }
  return nullptr;
}

stateful_receivers stateful_of(const std::vector<channel_settings>& channels) {
  stateful_receivers out;
  for (const auto& each : channels) {
    stateful_receiver how;
    if (each.kind == channel_kind::pagerduty)
      how.acknowledges = true;
    else if (each.kind == channel_kind::alertmanager)
      how = {most_alerts, each.resend, false};
    else
      continue;
    out.emplace(channel_name{each.name}, how);
  }
  return out;
}

channel_words own_words_of(const channel_settings& settings) {
  return {settings.words_title, settings.words_body};
}

std::shared_ptr<transport> make_transport(const channel_settings& settings, const channel_surroundings& around) {
  switch (settings.kind) {
  case channel_kind::terminal:
    return std::make_shared<limited_transport>(
        std::make_shared<terminal_transport>(around.print, around.colour, own_words_of(settings)), line_limit);
  case channel_kind::log:
    return std::make_shared<limited_transport>(
        std::make_shared<log_transport>(around.log ? around.log : spdlog::default_logger()), line_limit);
  case channel_kind::slack:
    return std::make_shared<slack_transport>(url_of(settings), way_of(settings), own_words_of(settings));
  case channel_kind::email:
    return std::make_shared<email_transport>(server_of(settings), mail_addresses{settings.from, settings.to},
                                             way_of(settings), own_words_of(settings));
  case channel_kind::gateway:
    return gateway_of(settings);
  case channel_kind::twilio:
    return twilio_of(settings);
  case channel_kind::ntfy:
    return ntfy_of(settings);
  case channel_kind::teams:
    return std::make_shared<request_transport>(
        [url = url_of(settings), own = own_words_of(settings)](const page& x, const std::string&) {
          return teams_request(url, x, own);
        },
        std::vector<std::string>{}, answer_pattern{}, way_of(settings));
  case channel_kind::pagerduty:
    return pagerduty_of(settings);
  case channel_kind::alertmanager:
    return alertmanager_of(settings);
  case channel_kind::webhook:
    break;
  }
  return std::make_shared<webhook_transport>(
      url_of(settings), settings.secret.empty() ? std::string{} : settings.secret.resolve(), way_of(settings));
}

} // namespace millwright

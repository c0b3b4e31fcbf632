#include "runtime/transport/make_transport.hpp"

#include "protocol/failure.hpp"
#include "runtime/transport/email.hpp"
#include "runtime/transport/limited_transport.hpp"
#include "runtime/transport/slack.hpp"
#include "runtime/transport/webhook.hpp"

#include <spdlog/spdlog.h>

#include <fstream>

namespace millwright {

namespace {

// A terminal, and a log: longer than whoever writes waits for one that is frozen.
constexpr milliseconds line_limit{5000};

std::string url_of(const channel_settings& settings) {
  auto url = settings.url_secret.empty() ? settings.url : settings.url_secret.resolve();
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    throw failure{failure_code::bad_configuration, "channel " + settings.name,
                  "its url must begin with http:// or https://"};
  return url;
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

mail_server server_of(const channel_settings& settings) {
  return {settings.server, settings.port, settings.security, settings.user,
          settings.password.empty() ? std::string{} : settings.password.resolve()};
}

} // namespace

std::shared_ptr<transport> make_transport(const channel_settings& settings, const channel_surroundings& around) {
  switch (settings.kind) {
  case channel_kind::terminal:
    return std::make_shared<limited_transport>(std::make_shared<terminal_transport>(around.print, around.colour),
                                               line_limit);
  case channel_kind::log:
    return std::make_shared<limited_transport>(
        std::make_shared<log_transport>(around.log ? around.log : spdlog::default_logger()), line_limit);
  case channel_kind::slack:
    return std::make_shared<slack_transport>(url_of(settings), way_of(settings));
  case channel_kind::email:
    return std::make_shared<email_transport>(server_of(settings), mail_addresses{settings.from, settings.to},
                                             way_of(settings));
  case channel_kind::webhook:
    break;
  }
  return std::make_shared<webhook_transport>(
      url_of(settings), settings.secret.empty() ? std::string{} : settings.secret.resolve(), way_of(settings));
}

} // namespace millwright

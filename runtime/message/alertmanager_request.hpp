#pragma once

#include "protocol/page.hpp"
#include "runtime/message/http_request.hpp"

#include <map>
#include <string>
#include <string_view>

namespace millwright {

struct alertmanager_server {
  /// "http://alertmanager:9093", with its path prefix where it has one, without a slash at its end.
  std::string url;
  /// A password alone is a bearer token; empty: no login.
  std::string user, password;
  /// Labels that each alert has beside those that name its alarm.
  std::map<std::string, std::string> labels = {};
};

/// As Alertmanager has them: letters, digits and _, no digit first.
bool is_label_name(std::string_view text);

/// A label of this name says which alarm it is.
bool names_alarm(std::string_view label);

/// The page's states as alerts for POST /api/v2/alerts. Labels name the alarm and nothing that changes while it lives:
/// of other labels it would be another alert. Severity and words are annotations, and what the plant
/// says of it (`runbook_url` where the runbook is a link, else `runbook`). What stands ends at the page's
/// `stands_until` unless it is told again; what is over has ended. Pure.
http_request alertmanager_request(const alertmanager_server& where, const page& x);

} // namespace millwright

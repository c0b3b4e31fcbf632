#pragma once

#include "protocol/page.hpp"
#include "runtime/message/http_request.hpp"

#include <string>

namespace millwright {

struct alertmanager_server {
  /// "http://alertmanager:9093", with its path prefix where it has one, without a slash at its end.
  std::string url;
  /// A password alone is a bearer token; empty: no login.
  std::string user, password;
};

/// The page's states as alerts for POST /api/v2/alerts. Labels name the alarm and nothing that changes while it lives:
/// of other labels it would be another alert. Severity and words are annotations. What stands ends at the page's
/// `stands_until` unless it is told again; what is over has ended. Pure.
http_request alertmanager_request(const alertmanager_server& where, const page& x);

} // namespace millwright

#pragma once

#include "protocol/page.hpp"
#include "runtime/message/http_request.hpp"

#include <string>

namespace millwright {

struct pagerduty_service {
  std::string url = "https://events.pagerduty.com/v2/enqueue";
  /// The integration key of a service.
  std::string routing_key;
};

/// The first state of the page as an event of PagerDuty's Events API v2, under the alarm's id as dedup_key: trigger
/// while it stands, with what the plant says of it among its details and the runbook as a link, acknowledge, resolve. A
/// page that tries the channel out triggers an incident of its own. Pure.
http_request pagerduty_request(const pagerduty_service& where, const page& x);

} // namespace millwright

#pragma once

#include "protocol/ids.hpp"
#include "protocol/time.hpp"
#include "runtime/message/http_request.hpp"

#include <string>
#include <string_view>

namespace millwright {

/// PagerDuty's REST API, where incidents can be asked for; the events go elsewhere.
struct pagerduty_api {
  std::string url = "https://api.pagerduty.com";
  /// Of an API key that may read.
  std::string token;
};

/// Asks for the alarm's incident, where it is acknowledged. By its key: of an incident with alerts PagerDuty shows
/// none, but finds it by theirs. Pure.
http_request pagerduty_question(const pagerduty_api& where, const uuid& alarm);

/// What PagerDuty says to that.
struct pagerduty_acknowledgement {
  /// False: this is no answer of PagerDuty's.
  bool readable = false;
  /// Who has acknowledged it, the newest one; empty: nobody has.
  std::string by;
};

/// Only people count, not our own acknowledgement that has come there, and only those who knew what is so now.
/// @param since the alarm waits for an acknowledgement; PagerDuty's clock has seconds.
pagerduty_acknowledgement acknowledgement_in(std::string_view answer, event_time since);

} // namespace millwright

#pragma once

#include "protocol/page.hpp"
#include "runtime/message/channel_words.hpp"
#include "runtime/message/http_request.hpp"

#include <string>

namespace millwright {

struct ntfy_topic {
  /// "https://ntfy.sh", without a slash at its end.
  std::string server;
  std::string topic;
  /// A password alone is an access token; empty: no login.
  std::string user, password;
  /// What a tap on the notification opens; empty: nothing.
  std::string click;
};

/// Server and topic of a URL like https://ntfy.sh/plant-alarms; an empty topic where it has none that ntfy would take.
ntfy_topic topic_of(const std::string& url);

/// The page as JSON for ntfy: a critical alert has its highest priority, what is over a low one. Pure.
/// @param own in the place of our title and message.
http_request ntfy_request(const ntfy_topic& where, const page& x, const channel_words& own = {});

} // namespace millwright

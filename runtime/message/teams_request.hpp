#pragma once

#include "protocol/page.hpp"
#include "runtime/message/channel_words.hpp"
#include "runtime/message/http_request.hpp"

#include <string>

namespace millwright {

/// The page as an Adaptive Card for a workflow of Microsoft Teams that "posts to a channel when a webhook request is
/// received". Its texts are text runs, in which nothing is markup. Pure.
/// @param own in the place of our headline and what is below it.
http_request teams_request(const std::string& url, const page& x, const channel_words& own = {});

} // namespace millwright

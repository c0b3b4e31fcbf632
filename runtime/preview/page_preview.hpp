#pragma once

#include "protocol/page.hpp"
#include "runtime/settings/settings.hpp"

#include <string>

namespace millwright {

/// The page as the channel would have it, in lines for a person: what a terminal or log prints, a mail's subject and
/// text, an SMS, the body of a request. Pure: nothing is sent, and no secret is read; its reference stands in its
/// place.
/// @param x its channel is set to this one.
std::string page_preview(const channel_settings& channel, page x);

} // namespace millwright

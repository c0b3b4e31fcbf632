#pragma once

#include "actors/alarm/page_rate.hpp"
#include "protocol/page.hpp"

#include <cstdint>
#include <vector>

namespace millwright {

/// What is agreed with the receiver of one channel, and with the people behind it. As it stands: nothing is.
struct channel_terms {
  page_rate rate;
  /// More than so many pages at once are one message (critical alerts go by themselves); 0: each goes by itself.
  uint32_t together_over = 0;
  /// "At once": within this. No more than `together_over` single pages and one such message go in it.
  milliseconds together_within{10'000};
  /// An alert that the channel has not delivered goes over others when the channel has failed for so long; 0: never.
  milliseconds fallback_after{0};
  /// Over these, while they are configured.
  std::vector<channel_name> fallback;
};

} // namespace millwright

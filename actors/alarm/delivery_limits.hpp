#pragma once

#include "protocol/time.hpp"

#include <algorithm>

namespace millwright {

/// How long pages wait, for what (semantics 8, delivery). All of it is wall time.
struct delivery_limits {
  /// A page whose event is older than this when it is due is old news, and told by a digest.
  milliseconds told_late{15 * 60'000};
  /// A channel gets one digest in this time at most.
  milliseconds digest_every{5 * 60'000};
  /// An end is told this long after it: until then the alarm may reopen.
  milliseconds clear_after{5 * 60'000};
  /// A page that cannot be delivered is given up this long after it was first due.
  milliseconds give_up_after{24 * 3'600'000};
  /// A channel that has failed for this long is down.
  milliseconds down_after{60'000};

  /// What waits is looked at this often, or nobody could try: a machine that slept, a clock that was set forward. Of
  /// such a time no more than this counts towards giving up.
  milliseconds looked_at_least() const { return std::max(milliseconds{600'000}, give_up_after / 12); }

  /// Where one alarm is old news others follow at once: a digest waits for them so long.
  milliseconds digest_gathers() const { return std::min(milliseconds{10'000}, digest_every / 30); }
};

} // namespace millwright

#include "actors/alarm/alarm_book.hpp"

#include <algorithm>
#include <utility>

// Alarms that become ones that page, by themselves or with others: how many are more than people can follow.

namespace millwright {

void alarm_book::sound(alarm_record& record, event_time now) {
  // A group is a message; what it tells of has sounded.
  if (record.members)
    return;
  flooding(now);
  record.sounded_at = now;
  floods_.take(std::max(now, floods_.newest()));
}

const flood_watch& alarm_book::flooding(event_time now) {
  std::sort(sounded_.begin(), sounded_.end());
  for (const auto at : std::exchange(sounded_, {}))
    floods_.take(std::min(at, now));
  // By a clock that was ahead and is set back nothing ends: it is counted anew.
  if (floods_.newest() > now + rate_period)
    floods_ = flood_watch{};
  floods_.pass(std::max(now, floods_.newest()));
  return floods_;
}

} // namespace millwright

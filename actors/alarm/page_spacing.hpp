#pragma once

#include "protocol/alarm_record.hpp"
#include "protocol/reading.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace millwright {

/// A sensor whose noise is of a new kind leaves its band again and again, and people who were called for it once know.
/// By the rules that learn a sensor pages once in a time at most, unless somebody has acknowledged the page before and
/// its alarm is over. This knows, of what the records say, which sensor paged when and whose page is held back. Pure.
///
/// The time is the sensor's own, from event to event, so that a replay and a backlog decide as the live node did. That
/// the clock of a sensor may jump costs nobody a page: what has passed on the wall clock has passed as well.
class page_spacing {
public:
  /// `at` in the sensor's time, `wall` on the clock: when it paged last.
  struct last_page {
    uuid alarm;
    event_time at, wall;
    /// Acknowledged, and over.
    bool settled = false;
  };

  explicit page_spacing(milliseconds again_after) : again_after_{again_after} {}

  static bool concerns(const condition_key& x) { return x.which == rule::state && !x.sensor.empty(); }

  /// A record is known from now on, or no more.
  void add(const alarm_record& x);
  void remove(const alarm_record& x);

  /// The page because of which this one is held back at `now`; none: it may go.
  std::optional<last_page> blocks(const alarm_transition& x, event_time now) const;
  /// Until when, on the wall clock. Of a backlog that is over already.
  event_time until(const last_page& x) const { return std::min(x.at, x.wall) + again_after_; }

  /// When to ask `next`; `forever`: nothing is held back.
  event_time due() const;
  /// An alarm whose page need not be held back any longer.
  std::optional<uuid> next(event_time now) const;

private:
  event_time held_until(const alarm_record& x) const;
  void look(const sensor_key& sensor);

  milliseconds again_after_;
  std::unordered_map<sensor_key, last_page> last_;
  std::unordered_map<sensor_key, uuid> held_;
  std::set<std::pair<event_time, uuid>> until_;
  /// Held back, and nothing is there any more that holds it.
  std::set<uuid> free_;
};

} // namespace millwright

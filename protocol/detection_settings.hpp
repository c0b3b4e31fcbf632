#pragma once

#include "protocol/criticality.hpp"
#include "protocol/rules.hpp"
#include "protocol/time.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millwright {

/// Every constant of windows, detectors and alarms, with the defaults of semantics 3, 4, 8 and 11. Durations in ms.
struct window_settings {
  milliseconds pane{30'000};
  milliseconds statistics_length{300'000}, statistics_slide{60'000}, statistics_delay{60'000};
  milliseconds patterns_length{120'000}, patterns_slide{30'000}, patterns_delay{30'000};
  milliseconds averages_length{60'000}, averages_slide{30'000}, averages_delay{300'000};
  /// abs(slope) above this is a rapid change.
  double rapid_slope = 10;
  uint32_t stuck_count = 10;
  /// How far behind its sensor's newest a repeat is still recognised.
  milliseconds repeat_horizon{60'000};
};

struct z_settings {
  double medium = 3, high = 4, critical = 5;
  double clear_below = 2.5;
  milliseconds clear_after{60'000};
  uint32_t least_readings = 10;
  /// Weight of the exponential mean and variance of a slow sensor.
  double slow_weight = 2.0 / 31;
  /// Of the last three readings.
  int votes = 2;
};

struct novelty_settings {
  uint32_t warm = 50;
  double value_scale = 0.01, seasonal_scale = 0.03;
  double bin_weight = 0.05, residual_weight = 2.0 / 41;
  milliseconds seasonal_after{24 * 3'600'000};
  milliseconds peak_forgotten_after{12 * 3'600'000};
};

/// The state rule (semantics 11): what is normal for a sensor, and how far outside of it is news.
struct state_settings {
  /// Readings that teach the first bands, and of these the first that are left out.
  uint32_t learn = 400, skip = 20;
  /// So long after a sensor's first reading it pages nobody, and every day's extremes count as normal.
  milliseconds learning_time{7 * 24 * 3'600'000};
  /// The same for what a person had it learn anew: a day, unless that is less.
  milliseconds relearning_time() const { return std::min(milliseconds{24 * 3'600'000}, learning_time); }
  /// A band that was tried out T times is left by more than margin + margin_turns / T of its width: that is shown. By
  /// more than pages_at times that, and somebody is paged. Not judged before it was tried out `turns` times.
  double margin = 0.25, margin_turns = 3, pages_at = 2;
  uint32_t turns = 2;
  /// Of its width: how far the level's band follows at a reading outside of it on the first day, and what a band
  /// forgets in a day of what lies beyond that day's extremes.
  double give_way = 0.001, forget = 0.05;
  /// A band that is so many times as wide as it was has not been tried out.
  double doubled = 2;
  /// Usual steps that a single one counts as at most.
  double clip = 7;
  /// Least weights of the newest reading.
  double level_weight = 0.1, change_weight = 0.02, trend_weight = 0.004, spread_weight = 0.01;
  milliseconds clear_after{60'000};
  /// While it is only shown; what pages has the rule's own.
  int shown_score = 50;
};

/// How far inside its limits a value has to come for a limit alarm to clear. The share of the limits' distance is the
/// sensor type's.
struct deadband_settings {
  /// At most this share of the limit itself.
  double of_limit = 0.05;
  /// At least so many times the type's resolution, and so many usual steps of the sensor.
  double resolutions = 2, steps = 3;
};

/// When a sensor's clock counts as set back.
struct set_back_settings {
  /// Out of order while none was in order, over at least this long.
  uint32_t readings = 10;
  milliseconds over{60'000};
  /// Their distance from the split's time changes by less.
  milliseconds steady{60'000};
};

/// How one rule becomes an alarm: the row of the table in semantics 8.
struct alarm_rule {
  bool alarm = true;
  bool pages = true;
  int score = 0;
  severity level = severity::medium;

  /// Somebody hears of it.
  bool tells() const { return alarm && pages; }
};

struct detection_settings {
  window_settings windows;
  z_settings z;
  novelty_settings novelty;
  state_settings state;
  deadband_settings deadband;
  set_back_settings set_back;
  double bad_quality_below = 0.5;
  milliseconds bad_quality_after{60'000};
  double stale_intervals = 3;
  milliseconds stale_least{30'000};
  /// Where the second largest interval is more than so many usual ones, so many of that one instead.
  double stale_irregular_above = 2, stale_irregular_intervals = 6;
  /// Silence pages after this, and after so many of its limits.
  milliseconds stale_page_after{600'000};
  double stale_page_limits = 6;
  /// Intervals that must be known before a usual one is.
  uint32_t usual_least = 3;
  /// Equal values for at least this long are stuck, whatever the type says.
  milliseconds stuck_least{120'000};
  double rate_gap_intervals = 10;
  milliseconds rate_least_interval{1000};
  milliseconds rate_clear_after{300'000};
  /// In a row, in the same direction.
  uint32_t rate_readings = 2;
  milliseconds novelty_clear_after{300'000};
  uint32_t range_readings = 3;
  milliseconds reopen_within{300'000};
  uint32_t chatter_raises = 3;
  milliseconds chatter_within{600'000};

  /// limit's row is that of high and low; high_high and low_low use the two fields below.
  alarm_rule rules[rule_count] = {
      {true, true, 60, severity::high},    // limit
      {true, false, 0, severity::medium},  // z: score int(10 z); where it pages, then when critical only
      {true, true, 70, severity::high},    // state: once it pages
      {true, true, 50, severity::medium},  // rate
      {true, true, 40, severity::high},    // range
      {true, true, 40, severity::medium},  // stale
      {true, false, 40, severity::medium}, // bad_quality
      {true, false, 20, severity::medium}, // stuck
      {false, false, 30, severity::low},   // novelty
      {false, false, 30, severity::low},   // rapid_change
      {true, true, 80, severity::high},    // source_silent
      {true, true, 80, severity::high},    // bad_input
      {true, true, 80, severity::high},    // quarantined
      {true, true, 80, severity::high},    // ledger
      {true, true, 80, severity::high},    // clock_skew
      {true, true, 80, severity::high},    // misconfigured
      {true, true, 80, severity::high},    // performance
      {true, true, 80, severity::high},    // channel_down
  };
  int limit_critical_score = 90;

  /// Of process rules, what is added to the score: by the sensor's criticality where the metadata gives one, else for
  /// each of unit and facility whose id has one of the texts as a whole word.
  std::vector<std::string> priority_units{"reactor", "turbine"};
  int priority_unit_bonus = 50;
  std::vector<std::string> priority_facilities{"main"};
  int priority_facility_bonus = 25;
  int priority_low = -25, priority_medium = 0, priority_high = 50;

  const alarm_rule& of(rule r) const { return rules[static_cast<int>(r)]; }
  alarm_rule& of(rule r) { return rules[static_cast<int>(r)]; }
};

/// What makes an alarm more urgent than another of the same rule.
struct urgency {
  criticality how = criticality::unknown;
  /// Ids.
  std::string_view unit, facility;
};

/// 0..100: the priority of an alarm of `which` with base score `score`. That a process is wrong is worse at a reactor
/// than at a fan; that an instrument or the node itself is wrong is not.
int priority_of(const detection_settings& settings, rule which, int score, const urgency& of);

/// What `priority_of` adds up.
struct priority_parts {
  int score = 0, bonus = 0;
  /// Where the bonus comes from, or why there is none, for a person: "criticality high".
  std::string because;
};
priority_parts priority_parts_of(const detection_settings& settings, rule which, int score, const urgency& of);

/// With which severities and base scores a rule pages, or would if its settings let it; the usual one first. Of z,
/// whose score is its value, some.
std::vector<std::pair<severity, int>> paged_as(const detection_settings& settings, rule which);

/// The base score of an alarm of `which` at `level`; of z the least.
int score_of(const detection_settings& settings, rule which, severity level);

} // namespace millwright

#include "runtime/settings/tables.hpp"

namespace millwright {

using namespace std::chrono_literals;
using namespace kinds;

namespace {

field<node_settings> span(std::string key, auto access, std::string meaning, milliseconds least = 0ms) {
  return setting<node_settings>(std::move(key), access, duration(least), std::move(meaning));
}

field<node_settings> count(std::string key, auto access, int64_t least, int64_t most, std::string meaning) {
  using value = std::decay_t<std::invoke_result_t<decltype(access), node_settings&>>;
  return setting<node_settings>(std::move(key), access, whole<value>(least, most), std::move(meaning));
}

field<node_settings> figure(std::string key, auto access, kind<double> how, std::string meaning) {
  return setting<node_settings>(std::move(key), access, std::move(how), std::move(meaning));
}

/// What every rule has: a row of the table of semantics 8.
void add_alarm_rows(table<node_settings>& rows, rule which) {
  const auto of = [i = static_cast<int>(which)](auto& s) -> auto& {
    return s.detection.rules[i];
  };
  const std::string key = "rules." + std::string{name_of(which)} + '.';
  rows.push_back(setting<node_settings>(
      key + "alarm", [of](auto& s) -> auto& { return of(s).alarm; }, boolean(), "it is an alarm, not only an anomaly"));
  rows.push_back(setting<node_settings>(
      key + "pages", [of](auto& s) -> auto& { return of(s).pages; }, boolean(),
      which == rule::z ? "its alarm calls somebody, when critical" : "its alarm calls somebody"));
  // z's score and severity follow from z itself.
  if (which == rule::z)
    return;
  rows.push_back(count(
      key + "score", [of](auto& s) -> auto& { return of(s).score; }, 0, 100, "base of its priority"));
  rows.push_back(setting<node_settings>(
      key + "severity", [of](auto& s) -> auto& { return of(s).level; }, alarm_severity(), "its severity"));
}

#define D(path) MILLWRIGHT_MEMBER(detection.path)

/// What a rule has beside that.
table<node_settings> detector_rows() {
  return {
      count("rules.limit.critical_score", D(limit_critical_score), 0, 100,
            "base of the priority of high_high and low_low"),
      figure("rules.limit.deadband_of_limit", D(deadband.of_limit), share(),
             "the deadband is at most this share of the limit itself"),
      figure("rules.limit.deadband_resolutions", D(deadband.resolutions), number(0),
             "and at least so many times the sensor type's resolution"),
      figure("rules.limit.deadband_steps", D(deadband.steps), number(0),
             "and at least so many usual steps of the sensor"),

      span("rules.state.page_again_after", MILLWRIGHT_MEMBER(alarms.page_again_after),
           "a sensor that has paged pages again after this, unless that page is acknowledged and over"),

      figure("rules.z.medium", D(z.medium), positive(), "z above this is medium"),
      figure("rules.z.high", D(z.high), positive(), "z above this is high"),
      figure("rules.z.critical", D(z.critical), positive(), "z above this is critical"),
      figure("rules.z.clear_below", D(z.clear_below), positive(), "z must be below this to clear"),
      span("rules.z.clear_after", D(z.clear_after), "and for this long"),
      count("rules.z.least_readings", D(z.least_readings), 2, 100'000, "readings that a baseline needs"),
      figure("rules.z.slow_weight", D(z.slow_weight), share(),
             "weight of the newest reading in a slow sensor's baseline"),
      count("rules.z.votes", D(z.votes), 1, 3, "of the last three readings, how many must be beyond"),

      count("rules.state.learn", D(state.learn), 10, 1'000'000, "readings that teach the normal range"),
      count("rules.state.skip", D(state.skip), 0, 1'000'000, "first readings that are left out of it"),
      span("rules.state.learning_time", D(state.learning_time),
           "a sensor's first time, in which it pages nobody by this and all that it does is normal"),
      figure("rules.state.margin", D(state.margin), number(0),
             "how far outside of its range is shown, in widths of it, for a range that was tried out for long"),
      figure("rules.state.margin_turns", D(state.margin_turns), number(0),
             "and this much more, divided by how often it was tried out"),
      figure("rules.state.pages_at", D(state.pages_at), number(1), "so many times as far outside calls somebody"),
      count("rules.state.turns", D(state.turns), 1, 1'000'000, "a range is judged by once it was tried out so often"),
      figure("rules.state.give_way", D(state.give_way), share(),
             "how far the range gives way at each reading outside, in widths, on the first day"),
      figure("rules.state.forget", D(state.forget), share(),
             "what a range forgets in a day of what it no longer needs"),
      figure("rules.state.doubled", D(state.doubled), number(1),
             "a range that grew by more than this has to be tried out anew"),
      figure("rules.state.clip", D(state.clip), positive(), "a step counts as so many usual ones at most"),
      figure("rules.state.level_weight", D(state.level_weight), share(), "weight of the newest reading in its level"),
      figure("rules.state.change_weight", D(state.change_weight), share(),
             "in what the level's change is measured from"),
      figure("rules.state.trend_weight", D(state.trend_weight), share(), "in its trend"),
      figure("rules.state.spread_weight", D(state.spread_weight), share(), "in its usual step"),
      span("rules.state.clear_after", D(state.clear_after), "back inside for this long, the alarm clears"),
      count("rules.state.shown_score", D(state.shown_score), 0, 100, "base of its priority while it is only shown"),

      figure("rules.rate.gap_intervals", D(rate_gap_intervals), positive(),
             "no rate across a gap of more than so many usual intervals"),
      span("rules.rate.least_interval", D(rate_least_interval), "a rate is taken over at least this", 1ms),
      count("rules.rate.readings", D(rate_readings), 1, 100, "readings in a row, in the same direction, that raise"),
      span("rules.rate.clear_after", D(rate_clear_after), "clears after this long without another"),
      count("rules.range.readings", D(range_readings), 1, 1000,
            "readings in a row that raise, and good ones that clear"),
      figure("rules.stale.intervals", D(stale_intervals), positive(), "silent for so many usual intervals"),
      span("rules.stale.least", D(stale_least), "and at least this long"),
      figure("rules.stale.irregular_above", D(stale_irregular_above), positive(),
             "irregular: its second largest interval is more than so many usual ones"),
      figure("rules.stale.irregular_intervals", D(stale_irregular_intervals), positive(),
             "such a sensor is silent for so many of that interval"),
      span("rules.stale.page_after", D(stale_page_after), "silent for this long it calls somebody"),
      figure("rules.stale.page_limits", D(stale_page_limits), number(0), "and for so many times what made it stale"),
      count("rules.stale.usual_least", D(usual_least), 1, 15, "intervals between readings before a usual one is known"),
      span("rules.stuck.least", D(stuck_least), "equal for at least this long, whatever the sensor type says"),
      figure("rules.bad_quality.below", D(bad_quality_below), share(), "quality below this is bad"),
      span("rules.bad_quality.after", D(bad_quality_after), "bad for this long raises, good for this long clears"),

      count("rules.novelty.warm", D(novelty.warm), 1, 1'000'000, "readings before anything can be new"),
      figure("rules.novelty.value_scale", D(novelty.value_scale), positive(),
             "share of the range seen so far that counts as new"),
      figure("rules.novelty.seasonal_scale", D(novelty.seasonal_scale), positive(),
             "the same for the deviation from the hour's usual value"),
      figure("rules.novelty.bin_weight", D(novelty.bin_weight), share(),
             "least weight of a reading in its hour's usual value"),
      figure("rules.novelty.residual_weight", D(novelty.residual_weight), share(),
             "least weight in the smoothed deviation"),
      span("rules.novelty.seasonal_after", D(novelty.seasonal_after), "hours of the day are compared from then on"),
      span("rules.novelty.peak_forgotten_after", D(novelty.peak_forgotten_after),
           "a lower peak is new again after this"),
      span("rules.novelty.clear_after", D(novelty_clear_after), "clears after this; rapid_change too"),

      count("rules.set_back.readings", D(set_back.readings), 2, 250,
            "readings behind the sensor's newest that mean its clock was set back"),
      span("rules.set_back.over", D(set_back.over), "and over at least this", 1ms),
      span("rules.set_back.steady", D(set_back.steady),
           "if their distance from the partition's time changes by less (a buffer that is flushed comes closer)", 1ms),
      span("rules.reopen_within", D(reopen_within), "raised again within this: the same alarm"),
      count("rules.chatter_raises", D(chatter_raises), 2, 1000, "so many raises make it chattering: held, paged once"),
      span("rules.chatter_within", D(chatter_within), "within this", 1ms),

      setting<node_settings>("priority.units", D(priority_units), texts("a list of texts", true, true),
                             "units whose id has one of these as a word"),
      count("priority.unit_bonus", D(priority_unit_bonus), 0, 100, "are this much more urgent"),
      setting<node_settings>("priority.facilities", D(priority_facilities), texts("a list of texts", true, true),
                             "facilities whose id has one of these as a word"),
      count("priority.facility_bonus", D(priority_facility_bonus), 0, 100, "are this much more urgent"),
      count("priority.criticality.low", D(priority_low), -100, 100,
            "in place of both, for sensors whose metadata says criticality: low"),
      count("priority.criticality.medium", D(priority_medium), -100, 100, "the same for medium"),
      count("priority.criticality.high", D(priority_high), -100, 100, "the same for high"),
  };
}

} // namespace

table<node_settings> window_rows() {
  return {
      span("windows.pane", D(windows.pane),
           "what windows are built of; other windows.* than in the run before: open windows begin anew", 1ms),
      span("windows.repeat_horizon", D(windows.repeat_horizon), "how far back a repeated reading is recognised"),
      span("windows.statistics.length", D(windows.statistics_length), "length: average, deviation, z", 1ms),
      span("windows.statistics.slide", D(windows.statistics_slide), "a window starts this often", 1ms),
      span("windows.statistics.delay", D(windows.statistics_delay), "how long late readings are waited for"),
      span("windows.patterns.length", D(windows.patterns_length), "length: slope, rapid change, stuck", 1ms),
      span("windows.patterns.slide", D(windows.patterns_slide), "a window starts this often", 1ms),
      span("windows.patterns.delay", D(windows.patterns_delay), "how long late readings are waited for"),
      figure("windows.patterns.rapid_slope", D(windows.rapid_slope), number(0),
             "a slope a reading beyond this is a rapid change"),
      count("windows.patterns.stuck_count", D(windows.stuck_count), 1, 1'000'000,
            "more equal readings than this are stuck"),
      span("windows.averages.length", D(windows.averages_length), "length: average for dashboards", 1ms),
      span("windows.averages.slide", D(windows.averages_slide), "a window starts this often", 1ms),
      span("windows.averages.delay", D(windows.averages_delay), "how long late readings are waited for"),
  };
}

#undef D

table<node_settings> rule_rows() {
  table<node_settings> rows;
  for (int i = 0; i < rule_count; ++i)
    add_alarm_rows(rows, static_cast<rule>(i));
  auto more = detector_rows();
  std::move(more.begin(), more.end(), std::back_inserter(rows));
  return rows;
}

} // namespace millwright

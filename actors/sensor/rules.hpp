#pragma once

#include "actors/sensor/condition.hpp"
#include "actors/sensor/interval_habit.hpp"
#include "actors/sensor/lessons.hpp"
#include "actors/sensor/novelty.hpp"
#include "actors/sensor/own_clock.hpp"
#include "actors/sensor/recent_panes.hpp"
#include "actors/sensor/rule_account.hpp"
#include "actors/sensor/rule_book.hpp"
#include "actors/sensor/sensor_output.hpp"
#include "actors/sensor/state_detector.hpp"

namespace millwright {

/// What the windows said of a reading.
struct judged {
  /// Of the panes that end after the reading's time - 5 min, the reading itself left out; count 0 if there are none.
  recent_panes recent;
  event_time recent_start = never, recent_end = never;
};

/// Every rule of one sensor (semantics 4, 8, 11): pure, from its own state and the call alone, in the sensor's own
/// order and time (`own_clock`). However late or old a reading is by the split's time, it is judged and pages.
///
/// A value holds until the sensor's next reading, so what waits ends at its own deadline, however often and whenever
/// `advance` is called. For that, before a reading (and at a sweep), for each row that closes by then `advance` to the
/// time at which it fell due (end + delay) and then `window_closed`; then `advance` to the time itself; then `judge`.
class sensor_rules {
public:
  /// @param book outlives this.
  explicit sensor_rules(const rule_book& book) : book_{&book} {}

  /// Windows close up to `closing`, and the split's activity clock stands at `activity`: what waited for it is raised
  /// or cleared, dated at its deadline. Nothing at `forever`, the end of a replay: what is unknown is not decided.
  /// @param fresh the split was read to its end.
  void advance(event_time closing, milliseconds activity, const sensor_context& context, uint16_t split,
               uint64_t position, sensor_output& out, bool fresh = false) {
    const auto silent = clock_.silent(split, activity);
    if (silent < book_->settings->stale_least && conditions_.next_deadline() > clock_.heard() + silent &&
        !conditions_.live(rule::rapid_change))
      return;
    pass(closing, silent, {*book_, context, type(), split, position, out, last_value_, previous_value_, fresh});
  }

  /// The mode of its machine, from here on: whether the rules that the context's `when` names judge and learn. Before
  /// anything else of a reading or a tick that says so. What stands of them ends when they do not any more; what still
  /// is wrong when they do again is judged anew.
  void follow_mode(sensor_tick::judging how, const sensor_context& context, uint16_t split, milliseconds activity,
                   uint64_t position, sensor_output& out, event_time of_reading = never, bool fresh = false) {
    const bool not_judged = how == sensor_tick::judging::as_before ? mode_ && mode_->not_judged.bits != 0
                                                                   : how == sensor_tick::judging::not_judged;
    // Nearly every sensor has none.
    if (!mode_ ? !not_judged : not_judged == (mode_->not_judged.bits != 0) && mode_->of == context.when)
      return;
    const auto at = std::max(of_reading, clock_.started() ? clock_.now(split, activity) : never);
    follow_mode(not_judged, at, {*book_, context, type(), split, position, out, last_value_, previous_value_, fresh});
  }

  /// Judges an accepted reading that is no duplicate.
  void judge(const reading& r, const judged& windows, sensor_output& out);

  /// A window's z is evidence of the reading's condition: it may worsen it, but 2 of 3 readings raise it.
  void window_closed(const statistics_row& row, uint16_t split, uint64_t position, sensor_output& out);
  void window_closed(const patterns_row& row, uint16_t split, uint64_t position, sensor_output& out);

  /// Tells of every alarm that stands once more, under the number that it was last told with: for a router that knows
  /// nothing of it. Changes nothing.
  void tell_again(std::string_view reason, const sensor_context& context, uint16_t split, uint64_t position,
                  sensor_output& out) const;

  /// Each rule, its numbers against its thresholds, for people. Changes nothing.
  /// @param recent as for a reading that came now. @param silent so long nothing has come.
  sensor_account account(const sensor_context& context, const baseline& recent, milliseconds silent) const;

  /// Ends every alarm, dated `at`: its sensor is forgotten, or taken out of service, as `reason` says.
  void forget(event_time at, std::string_view reason, const sensor_context& context, uint16_t split, uint64_t position,
              sensor_output& out);

  /// The readings so far were lessons (recordings), and they are over: what was learned stays, and nothing goes on: no
  /// alarm, no delay, no silence, and whatever comes next is in order.
  void end_lessons();
  /// The next readings come so long after the lessons; nobody lived that time.
  void skip(milliseconds time) { move_back(-time); }
  lessons learned() const;

  /// A person has it learn anew what is normal: the state rule and novelty begin as with its first reading, the former
  /// with a learning time of a day; their alarms end, dated by its own time now.
  void learn_anew(milliseconds activity, const sensor_context& context, uint16_t split, uint64_t position,
                  sensor_output& out);

  /// False for a reading that teaches no rule: out of its type's range, or of bad quality.
  bool fit(const reading& r) const {
    const auto& type = (*book_->types)[r.type];
    return !(r.quality < book_->settings->bad_quality_below) && r.value >= type.range_min && r.value <= type.range_max;
  }

  const rule_book& book() const { return *book_; }

  /// Rules in alarm now.
  rule_set states() const { return conditions_.active(); }

  /// Nothing waits that an `advance` could end.
  bool idle() const;

  size_t heap_bytes() const { return conditions_.heap_bytes(); }

  void encode(binary_writer& out) const { encode(out, false); }
  /// False when `in` is damaged or of a newer version; then this is as new.
  bool decode(binary_reader& in) { return decode(in, false); }

  /// As with sensor_windows: all but the hours' habits and the normal ranges changes with each reading.
  void kept() {
    novelty_.kept();
    state_.kept();
  }
  void encode_changes(binary_writer& out) const { encode(out, true); }
  bool decode_changes(binary_reader& in) { return decode(in, true); }

private:
  void encode(binary_writer& out, bool changes) const;
  bool decode(binary_reader& in, bool changes);
  struct step;
  class accounting;
  /// Of a sensor whose rules hold in some modes of its machine alone.
  struct mode_memory {
    /// Neither raised nor taught now.
    rule_set not_judged;
    /// Since when rules judge again, by the sensor's own time: what windows hold of before says nothing.
    event_time returned = never;
    /// Nothing has come since.
    bool comes_back = false;
    /// What the context said of it.
    shared_text of = {};
  };

  void follow_mode(bool not_judged, event_time at, const occasion& when);
  void leave(rule which);
  void return_to(rule which, event_time at, const occasion& when);
  void encode_mode(binary_writer& out, event_time newest) const;
  void decode_mode(binary_reader& in, event_time newest);
  bool judges(rule which) const { return !mode_ || !mode_->not_judged.has(which); }
  /// What began then says something of the mode in which rules judge now.
  bool of_this_mode(event_time begin) const { return !mode_ || mode_->returned == never || begin >= mode_->returned; }

  void pass(event_time closing, milliseconds silent, const occasion& when);
  /// Fires what is due by `until`, in the sensor's own time.
  void fire_until(event_time until, const occasion& when);
  void fire(condition& c, const occasion& when);
  void move_back(milliseconds by);

  /// Silence of so long is stale, and of so long pages.
  milliseconds stale_limit() const;
  milliseconds stale_page_limit() const;
  bool watches_silence() const;
  void note_interval(const reading& r);
  void notice_silence(event_time at, const occasion& when);
  /// Unless it has.
  void page_silence(event_time at, const occasion& when);
  void end_silence(event_time at, const occasion& when);

  const sensor_type* type() const;
  void take_type(sensor_type_index kind);
  /// A value stands until the sensor sends another one: nothing more need come for it to be true.
  static bool reports_on_change(const sensor_type* kind) { return kind && kind->report == report_kind::on_change; }

  bool judge_quality(step& s);
  bool judge_range(step& s);
  void judge_limit(step& s);
  baseline usual(const step& s) const;
  void raise_limit(event_time at, severity level, double limit, const baseline& before, const occasion& when);
  void raise_standing(const condition& waiting, occasion when);
  bool at_stop(const step& s) const;
  void come_back(const step& s);
  void judge_process(step& s);
  /// In range and in order.
  void judge_measured(step& s);
  void judge_z(step& s);
  void judge_rate(step& s);
  void judge_stuck(step& s);
  void judge_novelty(step& s);
  void judge_state(step& s);
  void raise_state(step& s, const state_verdict& said);
  void judge_in_mode(step& s);
  void teach(const step& s);
  void teach_mean(double x);
  void note_taken(const step& s);
  void score(const step& s);

  void found(step& s, rule which, severity level, double score, const baseline& against = {}, event_time start = never,
             event_time end = never);
  bool alarms(rule which) const { return book_->settings->of(which).alarm; }

  // A reading within its limits and ranges touches it from the front; what it does not is with the state rule's bands,
  // and the other hours' habits at the end.
  const rule_book* book_;
  own_clock clock_;
  seldom<mode_memory> mode_;
  condition_list conditions_;
  /// The newest reading in order that the process rules took, and the value before it.
  event_time last_time_ = never;
  double last_value_ = absent, previous_value_ = absent;
  /// Of a slow sensor: exponential mean and variance.
  double mean_ = 0, variance_ = 0;
  double run_value_ = absent;
  event_time run_start_ = never;
  uint32_t run_count_ = 0;
  sensor_type_index type_ = 0;
  /// Counted no further than they matter.
  uint8_t readings_ = 0, taught_ = 0;
  uint8_t z_votes_ = 0, out_of_range_ = 0, in_range_ = 0;
  /// Readings outside of a limit that waits to be raised.
  uint8_t outside_ = 0;
  /// Too fast in a row: so many up, or, negative, down.
  int8_t too_fast_ = 0;
  /// `silence_paged_`: its time to page is over, whether it did or not.
  bool typed_ : 1 = false, silence_noticed_ : 1 = false, silence_paged_ : 1 = false, run_noticed_ : 1 = false,
                state_noticed_ : 1 = false;
  /// The newest value outside of a limit was below one.
  bool low_side_ : 1 = false;
  interval_habit intervals_;
  state_detector state_;
  novelty_detector novelty_;
};

} // namespace millwright

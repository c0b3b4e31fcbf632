#pragma once

#include "actors/sensor/state_bands.hpp"

#include <vector>

namespace millwright {

/// What the state detector says of a reading.
struct state_verdict {
  /// Nothing can be said yet.
  bool learning = true;
  /// The feature that is furthest outside; s 0 where none is.
  state_departure departure;
  /// Its first reading is at least the learning time ago: what it finds is worth a page.
  bool experienced = false;
  /// Outside of nothing now: for so long, and what it was outside of has become its normal range.
  milliseconds inside_for{0};
  bool adapted = false;

  bool outside() const { return departure.s > 0; }
};

/// The state rule of semantics 11: the machine has left its normal range. Learns as it goes, and renews what it has
/// learned once a day. On the heap is only what its bands keep there.
class state_detector {
public:
  /// Judges x and learns from it. @param at never goes back.
  state_verdict take(double x, event_time at, const state_settings& settings);
  /// The sensor's clock was set back: so are the times that are kept of it.
  void move_back(milliseconds by);

  /// The next readings come from elsewhere, after a while: the ranges stay, what was under way does not. Its level
  /// begins anew, and nothing is judged or learned before it stands for more than one reading.
  void end_lessons();

  /// A person says that what was normal is so no more: as new, but for the learning time, which is a day, or what the
  /// settings say where that is less.
  void learn_anew() {
    *this = {};
    anew_by_person_ = true;
  }
  /// So long after its first reading it pages nobody.
  milliseconds learning_time(const state_settings& settings) const {
    return anew_by_person_ ? settings.relearning_time() : settings.learning_time;
  }
  /// A person had it learn anew.
  bool told_to_learn_anew() const { return anew_by_person_; }

  /// Time of the first reading; `never` before it.
  event_time first() const { return first_; }
  /// It knows the normal ranges.
  bool learned() const { return bands_.learned(); }

  /// Readings taken, and how many of them are left out after recordings until it judges again.
  uint32_t readings() const { return features_.readings(); }
  bool begins_anew() const { return anew_ > 0; }
  /// What it judges, each beside its band: on the first day the level alone. Empty before anything is learned.
  std::vector<state_standing> standing(const state_settings& settings) const;

  /// How far the sensor usually moves from one reading to the next; 0 before it is known.
  double usual_step() const { return features_.usual_step(); }

  /// Whole, or what changed since `kept`. @param last what the decoder will know as the newest reading.
  void encode(binary_writer& out, event_time origin, double last, bool changes) const;
  void decode(binary_reader& in, event_time origin, double last, bool changes);
  void kept() { bands_.kept(); }

private:
  static constexpr milliseconds day{24 * 3'600'000};

  state_departure judge(const state_figures& v, const state_settings& settings) const {
    return renewed_ ? bands_.judge(v, settings) : bands_.judge_level(v[0], lo_, hi_, settings);
  }
  void begin_anew(double x, const state_settings& settings);
  void conclude(const state_figures& v);
  void renew(event_time at, const state_settings& settings);
  void give_way(double level, const state_settings& settings);

  // What a reading does not touch is at the end, with the bands.
  event_time first_ = never, next_renewal_ = never, last_outside_ = never;
  bool renewed_ = false, adapting_ = false, anew_by_person_ = false;
  /// Readings still to come until the level, begun anew, counts; `not_begun`: all of them.
  uint8_t anew_ = 0;
  static constexpr uint8_t not_begun = 255;
  /// The level's band on the first day.
  double lo_ = 0, hi_ = 0;
  state_features features_;
  state_bands bands_;
};

// Of it a reading within the ranges touches 248 bytes: widths and far extremes come last.
static_assert(sizeof(state_detector) <= 288);

} // namespace millwright

#pragma once

#include "actors/kit/seldom.hpp"
#include "actors/sensor/pane.hpp"
#include "actors/sensor/recent_panes.hpp"
#include "actors/sensor/recent_readings.hpp"
#include "actors/sensor/sensor_output.hpp"
#include "protocol/binary.hpp"
#include "protocol/detection_settings.hpp"
#include "protocol/reading.hpp"
#include "protocol/results.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace millwright {

/// What became of a reading (semantics 1 and 3).
struct intake {
  /// A repeat of one taken before, with the same value or with another: nothing was changed.
  bool duplicate = false, conflict = false;
  /// In no window of that kind.
  bool late_statistics = false, late_patterns = false, late_averages = false;
  /// Its time is at or after every time that moved the sensor's newest before.
  bool newest = false;

  bool taken() const { return !duplicate && !conflict; }
  bool late() const { return late_statistics || late_patterns || late_averages; }
};

/// A sensor's panes, and the stretch of event time that these cover (`never` where there is none).
struct recent_stretch {
  recent_panes panes;
  event_time start = never, end = never;

  baseline figures() const { return panes.figures(); }
};

/// Tells windows by their settings: open windows that were stored under another mark cannot be gone on with.
uint32_t window_mark(const window_settings& settings);

/// The windows of one sensor: repeats, lateness, statistics, patterns and averages. Made of panes that all kinds
/// share: a reading that is late for the kinds of smaller delay only goes into an extra pane of its stretch.
///
/// What it decides follows from the stamped readings alone; it makes no difference when, or whether, a tick closes
/// windows between two readings. Every slide and length must be a multiple of the pane.
class sensor_windows {
public:
  /// The settings outlive this and do not change.
  explicit sensor_windows(const detection_settings& settings) : settings_{&settings} {}

  /// Closes every window whose end is at or before `closing` less its kind's delay. Appends a row for each that holds a
  /// reading, by end, then statistics, patterns, averages. `forever` closes all.
  void close(event_time closing, const sensor_context& context, sensor_output& out) {
    if (closing <= closed_)
      return;
    if (closes_by(closing)) [[unlikely]]
      close_windows(closing, context, out);
    closed_ = closing;
    drop_panes();
  }
  /// Whether that may append a row.
  bool closes_by(event_time closing) const { return closing >= next_close_; }

  /// `r.closing` must have been passed to close(). @param is_fit false for a reading that teaches no rule (out of
  /// range, of bad quality): it counts in every window, but not in `recent`.
  intake take(const reading& r, bool is_fit = true);

  /// Of the fit readings in the statistics panes whose end is after `at` less the length of a statistics window. For
  /// the z rule: call it with the judged reading's time after close() and before take(). Readings older than the
  /// sensor's newest find the panes that are still held.
  recent_stretch recent(event_time at) const;

  /// Largest time taken that was not ahead; `never` if none.
  event_time newest() const { return newest_; }

  /// No window is open: there is nothing to close.
  bool idle() const { return next_close_ == nothing_due; }

  /// The state; the caller puts a version in front. Sensor types are in it by index: see map_types.
  void encode(binary_writer& out) const { encode(out, never); }
  /// False when `in` is damaged; then this is as new. Leaves what follows unread. What was read counts as kept.
  /// @param other_mark it was written under another `window_mark`: open windows and their readings are given up, and
  /// how far time has come is kept.
  bool decode(binary_reader& in, bool other_mark = false) { return decode(in, other_mark, false); }

  /// What encode() wrote is kept somewhere: encode_changes() may refer to it.
  void kept() { changed_from_ = nothing_due; }
  /// What has changed since: panes and readings from the earliest stretch that did, and all that is not of a stretch.
  void encode_changes(binary_writer& out) const { encode(out, changed_from_); }
  /// Applied to the state that encode() had, or to that with older changes: gives the state of encode_changes(). Of
  /// what is kept it changes nothing: the next changes are those since encode() as well.
  bool decode_changes(binary_reader& in, bool other_mark = false) { return decode(in, other_mark, true); }

  /// Replaces each type index by f(index): after decode(), where the node's table of types has changed since.
  template <class F>
  void map_types(F&& f) {
    for (auto& p : panes_)
      p.type = f(p.type);
  }

  /// Asks the memory for what the next reading in order will touch beside this object.
  void prefetch() const {
    if (!panes_.empty())
      __builtin_prefetch(&panes_.back(), 1);
    on_time_.prefetch();
  }

  /// Gives spare memory back.
  void shrink();
  /// Heap bytes held.
  size_t heap_bytes() const;

private:
  enum kind : uint8_t { statistics, patterns, averages };
  static constexpr std::array all_kinds{statistics, patterns, averages};
  static constexpr event_time nothing_due = event_time::max();

  struct shape {
    milliseconds length, slide, delay;
  };
  shape shape_of(kind k) const;
  bool holds(kind k, uint8_t level) const { return level == 0 || level <= rank_of(k); }
  bool holds(kind k, const pane& p) const { return holds(k, p.level); }
  /// By delay.
  uint8_t rank_of(kind k) const;
  event_time start_of(const pane& p) const { return align_down(p.last_time, settings_->windows.pane); }

  event_time first_window(kind k, event_time pane_start, event_time closed_until) const;
  event_time next_window(kind k, event_time closed_until) const;
  void close_windows(event_time closing, const sensor_context& context, sensor_output& out);
  void append_row(kind k, event_time start, event_time end, const sensor_context& context, sensor_output& out) const;
  void find_next_close();
  void seal_panes();
  void drop_panes() {
    if (closed_ >= droppable_from_)
      drop_old_panes();
  }
  void drop_old_panes();
  milliseconds reach() const;
  bool is_usual(const reading& r, bool is_fit) const;
  void note_edges();
  /// @param from `never` for everything, else only stretches from there on.
  void encode(binary_writer& out, event_time from) const;
  bool decode(binary_reader& in, bool other_mark, bool changes);
  bool read(binary_reader& in, bool other_mark, bool changes, const sensor_windows& before);
  size_t pane_index(event_time start, uint8_t level);
  moments statistics_of(event_time start) const;
  void note_fitness(event_time start, double value, bool fit);
  recent_stretch recent_fit(event_time after) const;
  void find_before_last(event_time key) const;
  std::optional<double> value_at(event_time time) const;
  event_time keep_from() const;
  void take_ahead(const reading& r);
  double rise_of(event_time start, double mean, uint32_t count) const;
  event_time newest_of_all() const { return ahead() ? std::max(newest_, ahead()->newest) : newest_; }

  /// Readings that were ahead, in a live split: no repeat is known by them, and so they go when their pane is sealed.
  struct readings_ahead {
    recent_readings readings;
    event_time newest = never;
  };
  using fit_panes = std::vector<std::pair<event_time, moments>>;
  /// What most sensors never have.
  struct parts_apart {
    std::unique_ptr<recent_readings> late;
    std::unique_ptr<readings_ahead> ahead;
    /// By start: of the stretches with an unfit reading, the statistics panes without such readings.
    std::unique_ptr<fit_panes> fit;
  };
  recent_readings* late() const { return apart_ ? apart_->late.get() : nullptr; }
  readings_ahead* ahead() const { return apart_ ? apart_->ahead.get() : nullptr; }
  fit_panes* fit() const { return apart_ ? apart_->fit.get() : nullptr; }
  void drop_empty_parts();

  const detection_settings* settings_;
  std::vector<pane> panes_; // by (start, level)
  recent_readings on_time_; // for patterns
  seldom<parts_apart> apart_;
  event_time newest_ = never;
  event_time closed_ = never; // largest `closing` so far
  // Start of the earliest stretch of which a pane or a reading has changed since kept().
  event_time changed_from_ = nothing_due;
  // The rest follows from the above.
  event_time next_close_ = nothing_due;
  event_time unsealed_from_ = nothing_due;
  event_time last_start_ = nothing_due; // of the panes
  // The first pane is in no window that is open, once `closed_` is here.
  event_time droppable_from_ = nothing_due;
  // What recent() found in all panes but the last, from before_last_key_ on; kept so that a reading in order touches
  // the last pane only.
  mutable moments before_last_;
  mutable event_time before_last_key_ = nothing_due, before_last_start_ = never;
};

} // namespace millwright

#include "actors/sensor/windows.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace millwright {

namespace {

// A sensor that has been silent, or only far ahead, for so long keeps no baseline.
constexpr milliseconds baseline_kept{24 * 3'600'000};

} // namespace

uint8_t sensor_windows::rank_of(kind k) const {
  return static_cast<uint8_t>(std::count_if(all_kinds.begin(), all_kinds.end(), [&](kind other) {
    return shape_of(other).delay < shape_of(k).delay || (shape_of(other).delay == shape_of(k).delay && other < k);
  }));
}

void sensor_windows::drop_empty_parts() {
  if (apart_ && !apart_->late && !apart_->ahead && !apart_->fit)
    apart_.reset();
}

sensor_windows::shape sensor_windows::shape_of(kind k) const {
  const auto& w = settings_->windows;
  switch (k) {
  case statistics:
    return {w.statistics_length, w.statistics_slide, w.statistics_delay};
  case patterns:
    return {w.patterns_length, w.patterns_slide, w.patterns_delay};
  default:
    return {w.averages_length, w.averages_slide, w.averages_delay};
  }
}

// --- windows that close

// Start of the first window over that pane that ends after `closed_until`; the last one may start after the pane.
event_time sensor_windows::first_window(kind k, event_time pane_start, event_time closed_until) const {
  const auto [length, slide, delay] = shape_of(k);
  return align_down(std::max(pane_start, closed_until) - length, slide) + slide;
}

// Start of the first window that holds a reading and ends after `closed_until`.
event_time sensor_windows::next_window(kind k, event_time closed_until) const {
  const auto length = shape_of(k).length;
  for (const auto& p : panes_) {
    if (!holds(k, p) || p.last_time + length <= closed_until)
      continue;
    const auto start = start_of(p), window = first_window(k, start, closed_until);
    if (window <= start)
      return window;
  }
  return nothing_due;
}

void sensor_windows::close_windows(event_time closing, const sensor_context& context, sensor_output& out) {
  const event_time before = std::exchange(closed_, closing);
  seal_panes();
  std::array<event_time, 3> starts;
  for (const auto k : all_kinds)
    starts[k] = next_window(k, before - shape_of(k).delay);
  for (;;) {
    kind next = statistics;
    event_time next_end = nothing_due;
    for (const auto k : all_kinds) {
      const auto [length, slide, delay] = shape_of(k);
      if (starts[k] == nothing_due || starts[k] + length > closing - delay)
        continue;
      if (starts[k] + length < next_end) {
        next = k;
        next_end = starts[k] + length;
      }
    }
    if (next_end == nothing_due)
      break;
    append_row(next, starts[next], next_end, context, out);
    starts[next] = next_window(next, next_end);
  }
  next_close_ = nothing_due;
  for (const auto k : all_kinds)
    if (starts[k] != nothing_due)
      next_close_ = std::min(next_close_, starts[k] + shape_of(k).length + shape_of(k).delay);
}

void sensor_windows::append_row(kind k, event_time start, event_time end, const sensor_context& context,
                                sensor_output& out) const {
  trend window;
  const pane* newest = nullptr;
  event_time stretch = never;
  moments part;
  double rise = 0;
  // Panes of one stretch are merged first: their readings lie mixed in the order of the slope.
  for (const auto& p : panes_) {
    if (!holds(k, p) || p.last_time < start)
      continue;
    if (p.last_time >= end)
      break;
    if (k == patterns) {
      const auto here = start_of(p);
      if (here != stretch) {
        window.append(part, rise);
        part = {};
        rise = 0;
        stretch = here;
      }
      rise += p.rise;
      part.merge(p);
    } else {
      window.all.merge(p);
    }
    if (newest == nullptr || p.last_time >= newest->last_time)
      newest = &p;
  }
  window.append(part, rise);

  const moments& all = window.all;
  const auto& s = *settings_;
  switch (k) {
  case statistics: {
    const double avg = all.avg(), stddev = all.stddev();
    const double z = stddev > 0 ? finite_or_absent(std::abs(newest->last - avg) / stddev) : absent;
    const severity level = z > s.z.critical ? severity::critical
                           : z > s.z.high   ? severity::high
                           : z > s.z.medium ? severity::medium
                                            : severity::normal;
    out.statistics.push_back(
        {&context, start, end, avg, stddev, all.min, all.max, newest->last, z, all.count, newest->type, level});
    break;
  }
  case patterns: {
    const double slope = window.slope();
    out.patterns.push_back({&context, start, end, slope, all.count, std::abs(slope) > s.windows.rapid_slope,
                            all.count > s.windows.stuck_count && all.flat()});
    break;
  }
  case averages:
    out.averages.push_back({&context, start, end, all.avg(), newest->last_time, all.count});
    break;
  }
}

void sensor_windows::find_next_close() {
  next_close_ = nothing_due;
  for (const auto k : all_kinds) {
    const auto [length, slide, delay] = shape_of(k);
    if (const auto start = next_window(k, closed_ - delay); start != nothing_due)
      next_close_ = std::min(next_close_, start + length + delay);
  }
}

// --- panes

// Of the readings of a stretch in the order of (time, value): the sum of index, from the middle, times value.
double sensor_windows::rise_of(event_time start, double mean, uint32_t count) const {
  const auto end = start + settings_->windows.pane;
  const double middle = (count - 1.0) / 2;
  double rise = 0, index = 0;
  const auto add = [&](event_time, double value) {
    rise += (index - middle) * (value - mean);
    index += 1;
  };
  if (!ahead() || ahead()->readings.empty()) {
    on_time_.each(start, end, add);
    return rise;
  }
  std::vector<std::pair<event_time, double>> both;
  const auto keep = [&](event_time time, double value) { both.emplace_back(time, value); };
  on_time_.each(start, end, keep);
  ahead()->readings.each(start, end, keep);
  std::sort(both.begin(), both.end());
  for (const auto& [time, value] : both)
    add(time, value);
  return rise;
}

// Once no reading can be on time for a pane's patterns, its readings are in their final order.
void sensor_windows::seal_panes() {
  const auto& w = settings_->windows;
  if (unsealed_from_ == nothing_due || unsealed_from_ + w.pane > closed_ - w.patterns_delay)
    return;
  unsealed_from_ = nothing_due;
  for (size_t i = 0; i < panes_.size(); ++i) {
    if (panes_[i].sealed)
      continue;
    const auto start = start_of(panes_[i]);
    if (start + w.pane > closed_ - w.patterns_delay) {
      unsealed_from_ = start;
      break;
    }
    // The first pane of a stretch takes the rise of all.
    moments all;
    size_t n = 0;
    for (size_t j = i; j < panes_.size() && panes_[j].last_time < start + w.pane; ++j, ++n)
      if (holds(patterns, panes_[j]))
        all.merge(panes_[j]);
    panes_[i].rise = rise_of(start, all.mean, all.count);
    changed_from_ = std::min(changed_from_, start);
    for (size_t j = i; j < i + n; ++j)
      panes_[j].sealed = true;
    i += n - 1;
  }
}

// Behind the end of a pane, until no window holds it.
milliseconds sensor_windows::reach() const {
  const auto& w = settings_->windows;
  return std::max({w.statistics_length + w.statistics_delay, w.patterns_length + w.patterns_delay,
                   w.averages_length + w.averages_delay}) -
         w.pane;
}

void sensor_windows::note_edges() {
  droppable_from_ = panes_.empty() ? nothing_due : start_of(panes_.front()) + settings_->windows.pane + reach();
  last_start_ = panes_.empty() ? nothing_due : start_of(panes_.back());
  before_last_key_ = nothing_due;
}

// What is dropped follows from closed_ and newest_ alone, so that recent() sees the same panes with and without ticks.
void sensor_windows::drop_old_panes() {
  const auto& w = settings_->windows;
  const auto for_windows = closed_ - reach();
  const auto newest = newest_of_all();
  const auto for_baseline =
      newest == never ? for_windows : std::max(newest - w.statistics_length, closed_ - baseline_kept);
  const auto until = std::min(for_windows, for_baseline);
  if (droppable_from_ > until + reach())
    return;
  const auto kept =
      std::find_if(panes_.begin(), panes_.end(), [&](const pane& p) { return start_of(p) + w.pane > until; });
  panes_.erase(panes_.begin(), kept);
  if (auto* const kept_fit = fit()) {
    std::erase_if(*kept_fit, [&](const auto& each) { return panes_.empty() || each.first < start_of(panes_.front()); });
    if (kept_fit->empty()) {
      apart_->fit.reset();
      drop_empty_parts();
    }
  }
  note_edges();
}

// Index of that pane, which is made if need be.
// All readings of the stretch that are in time for statistics.
moments sensor_windows::statistics_of(event_time start) const {
  moments all;
  for (const auto& p : panes_)
    if (p.count > 0 && holds(statistics, p) && start_of(p) == start)
      all.merge(p);
  return all;
}

void sensor_windows::note_fitness(event_time start, double value, bool fit) {
  auto& kept = apart_.made().fit;
  if (!kept)
    kept = std::make_unique<fit_panes>();
  auto it = std::lower_bound(kept->begin(), kept->end(), start,
                             [](const auto& each, event_time wanted) { return each.first < wanted; });
  const bool known = it != kept->end() && it->first == start;
  if (known && fit)
    it->second.add(value);
  else if (!known && !fit)
    kept->insert(it, {start, statistics_of(start)});
}

recent_stretch sensor_windows::recent_fit(event_time after) const {
  recent_stretch result;
  const auto& w = settings_->windows;
  moments all;
  event_time done = never;
  for (const auto& p : panes_) {
    const auto start = start_of(p);
    if (!holds(statistics, p) || start + w.pane <= after || start == done)
      continue;
    done = start;
    const auto twin = std::find_if(fit()->begin(), fit()->end(), [&](const auto& each) { return each.first == start; });
    const moments here = twin == fit()->end() ? statistics_of(start) : twin->second;
    if (here.count == 0)
      continue;
    if (all.count == 0)
      result.start = start;
    result.end = start + w.pane;
    all.merge(here);
  }
  if (all.count == 0)
    return {};
  result.panes = {all, {}};
  return result;
}

size_t sensor_windows::pane_index(event_time start, uint8_t level) {
  size_t i = panes_.size();
  for (; i > 0; --i) {
    const auto& p = panes_[i - 1];
    if (p.last_time >= start + settings_->windows.pane)
      continue;
    if (p.last_time < start || p.level < level)
      break;
    if (p.level == level)
      return i - 1;
  }
  if (panes_.size() == panes_.capacity())
    panes_.reserve(panes_.size() + 1);
  pane made;
  made.level = level;
  made.last_time = start;
  made.sealed = !holds(patterns, made);
  panes_.insert(panes_.begin() + static_cast<std::ptrdiff_t>(i), made);
  note_edges();
  if (!made.sealed)
    unsealed_from_ = std::min(unsealed_from_, start);
  for (const auto k : all_kinds)
    if (holds(k, made)) {
      const auto [length, slide, delay] = shape_of(k);
      next_close_ = std::min(next_close_, first_window(k, start, closed_ - delay) + length + delay);
    }
  return i;
}

// --- readings

std::optional<double> sensor_windows::value_at(event_time time) const {
  if (const auto x = on_time_.at(time))
    return x;
  return late() ? late()->at(time) : std::nullopt;
}

event_time sensor_windows::keep_from() const {
  return newest_ == never ? never : std::min(newest_ - settings_->windows.repeat_horizon, unsealed_from_);
}

// In order, on time, in the newest pane, and nothing out of the usual is held.
bool sensor_windows::is_usual(const reading& r, bool is_fit) const {
  if (!is_fit || apart_ || r.is(reading::ahead) || r.is(reading::far_ahead) || r.time < newest_ || panes_.empty() ||
      r.time < last_start_)
    return false;
  const auto end = last_start_ + settings_->windows.pane;
  return r.time < end && r.watermark < end && closed_ < end && panes_.back().level == 0;
}

intake sensor_windows::take(const reading& r, bool is_fit) {
  const auto& w = settings_->windows;
  intake result;
  if (is_usual(r, is_fit) && on_time_.append(r.time, r.value)) [[likely]] {
    newest_ = r.time;
    changed_from_ = std::min(changed_from_, last_start_);
    panes_.back().take(r.time, r.value, r.type);
    drop_panes();
    result.newest = true;
    return result;
  }
  const bool is_ahead = r.is(reading::ahead) && !r.is(reading::replayed);
  const bool after_all =
      is_ahead || ((on_time_.empty() || r.time > on_time_.last()) && (!late() || r.time > late()->last()));
  if (!after_all && (newest_ == never || r.time >= newest_ - w.repeat_horizon)) {
    if (const auto first = value_at(r.time)) {
      result.duplicate = *first == r.value;
      result.conflict = !result.duplicate;
      return result;
    }
  }
  result.newest = r.time >= newest_;
  if (r.is(reading::far_ahead))
    return result;
  if (result.newest && !r.is(reading::ahead)) {
    newest_ = r.time;
    if (ahead() && ahead()->newest <= newest_ && ahead()->newest < unsealed_from_) {
      apart_->ahead.reset();
      drop_empty_parts();
    }
  }

  const bool in_last = r.time >= last_start_ && r.time < last_start_ + w.pane;
  const auto start = in_last ? last_start_ : align_down(r.time, w.pane);
  const auto room = start + w.pane - std::max(r.watermark, closed_);
  result.late_statistics = room <= -w.statistics_delay;
  result.late_patterns = room <= -w.patterns_delay;
  result.late_averages = room <= -w.averages_delay;
  const auto level = static_cast<uint8_t>(result.late_statistics + result.late_patterns + result.late_averages);
  changed_from_ = std::min(changed_from_, start);

  if (level < all_kinds.size()) {
    size_t i = panes_.size() - 1;
    if (!in_last || panes_.back().level != level) {
      i = pane_index(start, level);
      if (i + 1 < panes_.size())
        before_last_key_ = nothing_due;
    }
    if ((!is_fit || fit()) && holds(statistics, level))
      note_fitness(start, r.value, is_fit);
    // A new pane's time stands at its start; any reading in it is at or after that.
    panes_[i].take(r.time, r.value, r.type);
  }

  if (is_ahead) {
    if (!result.late_patterns)
      take_ahead(r);
  } else if (!result.late_patterns) {
    on_time_.insert(r.time, r.value, keep_from());
  } else if (newest_ == never || r.time >= newest_ - w.repeat_horizon) {
    auto& kept = apart_.made().late;
    if (!kept)
      kept = std::make_unique<recent_readings>();
    kept->insert(r.time, r.value, keep_from());
  }
  drop_panes();
  return result;
}

void sensor_windows::take_ahead(const reading& r) {
  auto& kept = apart_.made().ahead;
  if (!kept)
    kept = std::make_unique<readings_ahead>();
  kept->newest = std::max(kept->newest, r.time);
  kept->readings.insert(r.time, r.value, unsealed_from_);
}

void sensor_windows::find_before_last(event_time key) const {
  before_last_ = {};
  before_last_key_ = key;
  for (size_t i = 0; i + 1 < panes_.size(); ++i) {
    const auto& p = panes_[i];
    if (p.last_time < key || !holds(statistics, p))
      continue;
    if (before_last_.count == 0)
      before_last_start_ = start_of(p);
    before_last_.merge(p);
  }
}

recent_stretch sensor_windows::recent(event_time at) const {
  const auto& w = settings_->windows;
  // A pane ends after `after` if it starts at or after the start of the pane that `after` lies in.
  const auto after = at - w.statistics_length;
  if (panes_.empty() || last_start_ + w.pane <= after)
    return {};
  if (fit())
    return recent_fit(after);
  if (after < before_last_key_ || after >= before_last_key_ + w.pane)
    find_before_last(align_down(after, w.pane));
  if (const auto& last = panes_.back(); holds(statistics, last))
    return {{before_last_, last}, before_last_.count == 0 ? last_start_ : before_last_start_, last_start_ + w.pane};
  if (before_last_.count == 0)
    return {};
  const auto newest = std::find_if(panes_.rbegin(), panes_.rend(), [&](const pane& p) { return holds(statistics, p); });
  return {{before_last_, {}}, before_last_start_, start_of(*newest) + w.pane};
}

// --- memory

void sensor_windows::shrink() {
  panes_.shrink_to_fit();
  on_time_.shrink(keep_from());
  if (late()) {
    late()->shrink(keep_from());
    if (late()->empty()) {
      apart_->late.reset();
      drop_empty_parts();
    }
  }
  if (ahead())
    ahead()->readings.shrink(unsealed_from_);
}

size_t sensor_windows::heap_bytes() const {
  return panes_.capacity() * sizeof(pane) + on_time_.heap_bytes() + (apart_ ? sizeof(parts_apart) : 0) +
         (late() ? sizeof(recent_readings) + late()->heap_bytes() : 0) +
         (ahead() ? sizeof(readings_ahead) + ahead()->readings.heap_bytes() : 0) +
         (fit() ? sizeof(fit_panes) + fit()->capacity() * sizeof(fit()->front()) : 0);
}

} // namespace millwright

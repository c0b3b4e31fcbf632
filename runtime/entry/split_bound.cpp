#include "runtime/entry/split_bound.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace millwright {

namespace {

constexpr int64_t sample_ms = 1000;
/// Of a split of which nothing is known yet.
constexpr uint64_t smallest_span = 16;
constexpr double minute_s = 60;

bool number_of(std::string_view& text, auto& to) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
  if (error != std::errc{})
    return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (text.starts_with(' '))
    text.remove_prefix(1);
  return true;
}

} // namespace

std::string bound_entry::content() const {
  return fmt::format("{} {} {}", until, epoch_ms(bound), raised ? 1 : 0);
}

std::optional<bound_entry> bound_entry::of(uint64_t from, std::string_view content) {
  bound_entry entry;
  entry.from = from;
  int64_t bound = 0;
  int raised = 0;
  if (!number_of(content, entry.until) || !number_of(content, bound) || !number_of(content, raised) ||
      !content.empty() || bound > epoch_ms(forever) || bound < epoch_ms(never))
    return std::nullopt;
  entry.bound = from_epoch_ms(bound);
  entry.raised = raised != 0;
  return entry;
}

void split_bound::recovered(const bound_entry& entry) {
  if (!known_) {
    enter({entry, std::nullopt});
    known_ = true;
  } else {
    planned_.push_back({entry, std::nullopt});
    note_next();
  }
}

void split_bound::forget_before(uint64_t next) {
  if (known_ && current_.from < next)
    current_.until = std::min(current_.until, next);
  for (auto& each : planned_)
    if (each.from < next)
      each.until = std::min(each.until, next);
}

void split_bound::progress(int64_t steady_ms, uint64_t next, std::optional<uint64_t> waiting, bool at_end) {
  steady_ms_ = steady_ms;
  backlog_ = waiting;
  if (!sampled_ms_ || next < sampled_next_) {
    sampled_ms_ = steady_ms;
    sampled_next_ = next;
    sampled_at_end_ = at_end;
    return;
  }
  const auto passed = steady_ms - *sampled_ms_;
  if (passed < sample_ms)
    return;
  const double rate = static_cast<double>(next - sampled_next_) * 1000 / static_cast<double>(passed);
  rate_ = rate;
  // Quickly up, slowly down: a range that is too short costs an entry, one that is too long a clock that stands still
  // after a crash.
  if (sampled_at_end_ && at_end) {
    live_rate_ = !live_known_ || rate > live_rate_ ? rate : live_rate_ + (rate - live_rate_) / 16;
    live_known_ = true;
  }
  sampled_ms_ = steady_ms;
  sampled_next_ = next;
  sampled_at_end_ = at_end;
}

void split_bound::tick(event_time now) {
  now_ = now;
  if (unlogged_) {
    current_.bound = std::max(current_.bound, now + allowance);
    return;
  }
  // The clock may have been set back as well.
  stale_ = known_ && current_.made && (now - *current_.made >= stale_after || *current_.made - now > renewed_after);
}

void split_bound::enter(const held& entry) {
  // A stretch goes on while all of it is beyond; a range without readings says nothing.
  if (taken_ > 0 || !known_) {
    const bool goes_on = known_ && fresh_ && !within_;
    beyond_before_ = goes_on ? beyond_before_ + taken_ : 0;
    if (!goes_on)
      stretch_ms_ = steady_ms_;
  }
  current_ = entry;
  taken_ = 0;
  within_ = false;
  smallest_ = forever;
  fresh_ = entry.made.has_value();
  clock_bound_ = entry.made ? *entry.made + allowance : entry.bound;
  stale_ = entry.made && now_ != never && now_ - *entry.made >= stale_after;
  unlogged_ = false;
}

void split_bound::note_next() {
  next_from_ = planned_.empty() ? nowhere : planned_.front().from;
}

void split_bound::advance(uint64_t position) {
  while (!planned_.empty() && planned_.front().from <= position) {
    const auto entry = planned_.front();
    planned_.pop_front();
    enter(entry);
  }
  note_next();
}

// What waits was there before the entry; behind that comes what the split gives in a minute.
uint64_t split_bound::span() const {
  double span = live_known_ ? std::ceil(live_rate_ * minute_s) : static_cast<double>(smallest_span);
  if (!live_known_)
    span = std::max(span, std::min(rate_, 2 * static_cast<double>(current_.until - current_.from)));
  if (backlog_)
    span += static_cast<double>(*backlog_);
  else
    span = std::max(span, 2 * rate_);
  return static_cast<uint64_t>(std::clamp(span, 1.0, 1e15));
}

std::optional<uint64_t> split_bound::due(uint64_t next) const {
  if (!known_ || waits_ || unlogged_)
    return std::nullopt;
  const auto age_of = [&](const held& each) { return each.made ? now_ - *each.made : milliseconds{0}; };
  if (!planned_.empty()) {
    const auto& coming = planned_.front();
    if (coming.from <= next)
      return age_of(coming) >= renewed_after ? std::optional{coming.from} : std::nullopt;
    // Planned for sooner than it comes: the split has become slow.
    return age_of(current_) >= (renewed_after + stale_after) / 2 ? std::optional{next} : std::nullopt;
  }
  const auto second = static_cast<uint64_t>(rate_);
  const bool behind = current_.raised || all_beyond();
  if (current_.until <= next)
    return next;
  if (age_of(current_) >= (behind ? renewed_after_when_behind : renewed_after))
    return std::min(next + second, current_.until);
  return current_.until - next <= second ? std::optional{current_.until} : std::nullopt;
}

bound_entry split_bound::make(uint64_t from, bool raise) const {
  bound_entry entry;
  entry.from = from;
  entry.until = from + span();
  entry.bound = now_ + allowance;
  if (raise && smallest_ != forever && smallest_ + allowance > entry.bound) {
    entry.bound = smallest_ + allowance;
    entry.raised = true;
  }
  return entry;
}

void split_bound::under_way(const bound_entry& entry) {
  waits_ = true;
  waiting_from_ = entry.from;
  waiting_made_ = now_;
}

// Of one that was long on its way the clock has gone on: it is as old as it is.
void split_bound::logged(const bound_entry& entry, uint64_t next) {
  const held made{entry, waits_ ? waiting_made_ : now_};
  failed();
  std::erase_if(planned_, [&](const held& each) { return each.from == entry.from; });
  const auto at =
      std::find_if(planned_.begin(), planned_.end(), [&](const held& each) { return each.from > entry.from; });
  planned_.insert(at, made);
  if (!known_) {
    known_ = true;
    current_.from = current_.until = entry.from;
  }
  // One that begins further on covers nothing of what is read by the clock.
  if (entry.from <= next)
    unlogged_ = false;
  note_next();
}

void split_bound::failed() {
  waits_ = false;
  waiting_from_ = nowhere;
}

void split_bound::follow_clock() {
  unlogged_ = known_ = true;
  stale_ = false;
  current_.bound = std::max(current_.bound, now_ + allowance);
  clock_bound_ = forever;
}

} // namespace millwright

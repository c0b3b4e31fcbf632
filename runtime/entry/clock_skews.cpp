#include "runtime/entry/clock_skews.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace millwright {

namespace {

/// A split's time may be so far behind the node's clock while it is read at its end, and for so long.
constexpr milliseconds late_by = skew_watch::behind;
constexpr std::chrono::minutes late_for{5};
/// Distances are looked at anew this often, and when a sensor joins or leaves.
constexpr std::chrono::minutes anew_every{1};
/// A split that gave nothing for longer does not speak.
constexpr int64_t speaks_ms = 60'000;

/// In two parts at most: "1 h 5 min".
std::string in_words(milliseconds time) {
  const auto s = std::chrono::abs(time).count() / 1000;
  if (s >= 86'400)
    return fmt::format("{} d {} h", s / 86'400, s % 86'400 / 3600);
  if (s >= 3600)
    return fmt::format("{} h {} min", s / 3600, s % 3600 / 60);
  if (s >= 60)
    return fmt::format("{} min {} s", s / 60, s % 60);
  return fmt::format("{} s", s);
}

} // namespace

void clock_skews::left(uint32_t slot) {
  watch_.forget(std::exchange(sensors_[slot].skew, 0));
}

std::string clock_skews::sensors_off(uint16_t split) const {
  const auto found = watch_.of(split);
  if (found.worst.empty())
    return {};
  std::string text = fmt::format("the clocks of {} sensors are off ({} ahead, {} behind): ", found.ahead + found.behind,
                                 found.ahead, found.behind);
  for (const auto& each : found.worst) {
    const auto& key = sensors_[each.slot].context->key;
    text += fmt::format("{}{}/{} {} {}", &each == found.worst.data() ? "" : ", ", key.facility.text, key.sensor.text,
                        in_words(each.distance), each.distance.count() > 0 ? "ahead" : "behind");
  }
  return text;
}

bool clock_skews::is_late(const split_state& split, time_point now) const {
  const auto heard = split.silence.last_heard();
  const bool speaks = heard && milliseconds_of(now) - *heard < speaks_ms;
  return !recorded_ && readings_.by_wall_clock() && split.clock.watermark() != never && speaks &&
         split.end.drained(now) && clock_.wall() - split.clock.watermark() > late_by;
}

std::string clock_skews::reason_of(split_state& split, time_point now) {
  std::vector<std::string> parts;
  if (!split.clocks_off.empty())
    parts.push_back(split.clocks_off);
  if (const auto by = split.bound.raised_by(); by.count() > 0)
    parts.push_back(fmt::format(
        "every reading is {} and more beyond the node's clock: it is the node's clock that is behind", in_words(by)));
  if (!is_late(split, now))
    split.late_since.reset();
  else if (!split.late_since)
    split.late_since = now;
  else if (now - *split.late_since >= late_for)
    parts.push_back(fmt::format("its time is {} behind the node's clock, though it is read to its end",
                                in_words(clock_.wall() - split.clock.watermark())));
  return fmt::format("{}", fmt::join(parts, "; "));
}

void clock_skews::look(time_point now) {
  const bool anew = watch_.changes() != seen_ || now - anew_ >= anew_every;
  if (anew) {
    seen_ = watch_.changes();
    anew_ = now;
  }
  for (auto& split : splits_) {
    if (anew)
      split.clocks_off = sensors_off(splits_.number_of(split));
    auto reason = reason_of(split, now);
    if (!reason.empty())
      own_.tell_reason(rule::clock_skew, split.name, std::move(reason));
    else
      own_.not_found(rule::clock_skew, split.name, "the clocks are right again");
  }
}

} // namespace millwright

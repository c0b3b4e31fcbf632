#include "runtime/entry/driver.hpp"

#include "protocol/binary.hpp"

#include <fmt/format.h>

#include <algorithm>

// What the driver notices by and by: clocks that are off, sensors in two splits.

namespace millwright {

using namespace std::chrono_literals;

namespace {

/// A split's time may be so far behind the node's clock while it is read at its end, and for so long.
constexpr milliseconds late_by = skew_watch::behind;
constexpr std::chrono::minutes late_for{5};
/// What a former run left and this one has not found in this time is over.
constexpr std::chrono::minutes found_again_within{10};
/// Distances are looked at anew this often, and when a sensor joins or leaves.
constexpr std::chrono::minutes skew_every{1};
constexpr size_t settled_at_once = 4096;

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

std::string driver::clocks_off(uint16_t split) const {
  const auto found = skew_.of(split);
  if (found.worst.empty())
    return {};
  const auto& sensors = parts_.keeper.sensors();
  std::string text = fmt::format("the clocks of {} sensors are off ({} ahead, {} behind): ", found.ahead + found.behind,
                                 found.ahead, found.behind);
  for (const auto& each : found.worst) {
    const auto& key = sensors[each.slot].context->key;
    text += fmt::format("{}{}/{} {} {}", &each == found.worst.data() ? "" : ", ", key.facility.text, key.sensor.text,
                        in_words(each.distance), each.distance.count() > 0 ? "ahead" : "behind");
  }
  return text;
}

std::string driver::skew_of(split_state& split, steady::time_point now) {
  std::vector<std::string> parts;
  if (!split.clocks_off.empty())
    parts.push_back(split.clocks_off);
  if (const auto by = split.bound.raised_by(); by.count() > 0)
    parts.push_back(fmt::format(
        "every reading is {} and more beyond the node's clock: it is the node's clock that is behind", in_words(by)));
  const auto heard = split.silence.last_heard();
  const bool speaks = heard && milliseconds_of(now) - *heard < 60'000;
  const bool late = !recorded_ && parts_.readings.by_wall_clock() && split.clock.watermark() != never && speaks &&
                    split.end.drained(now) && wall_ - split.clock.watermark() > late_by;
  if (!late)
    split.late_since.reset();
  else if (!split.late_since)
    split.late_since = now;
  else if (now - *split.late_since >= late_for)
    parts.push_back(fmt::format("its time is {} behind the node's clock, though it is read to its end",
                                in_words(wall_ - split.clock.watermark())));
  return fmt::format("{}", fmt::join(parts, "; "));
}

void driver::look_at_skew(steady::time_point now) {
  const bool anew = skew_.changes() != skew_seen_ || now - skew_at_ >= skew_every;
  if (anew) {
    skew_seen_ = skew_.changes();
    skew_at_ = now;
  }
  for (size_t i = 0; i < splits_.size(); ++i) {
    if (anew)
      splits_[i].clocks_off = clocks_off(static_cast<uint16_t>(i));
    auto reason = skew_of(splits_[i], now);
    if (!reason.empty())
      tell_reason(rule::clock_skew, splits_[i].name, std::move(reason));
    else if (left_ended_ || !conditions_.is_left(rule::clock_skew, splits_[i].name))
      fine(rule::clock_skew, splits_[i].name, "the clocks are right again");
  }
}

// One alarm for all of them. A sensor whose last readings all came from one split is at home there: an entry of the
// log, for it decides what closes its windows.
void driver::look_at_homes() {
  const auto& sensors = parts_.keeper.sensors();
  for (const auto& [number, settled] : homes_.settled(settled_at_once)) {
    auto& split = splits_[number];
    if (!split.ahead.empty())
      continue;
    std::string content;
    binary_writer out{content};
    for (const auto slot : settled) {
      out.text(sensors[slot].context->key.facility.text);
      out.text(sensors[slot].context->key.sensor.text);
    }
    decide(split, {decision::kind::moved, split.next, std::move(content)});
  }
  const std::string subject =
      parts_.settings.source.kind == source_kind::kafka ? parts_.settings.source.kafka.topic : "input of two splits";
  if (homes_.empty()) {
    if (left_ended_ || !conditions_.is_left(rule::misconfigured, subject))
      fine(rule::misconfigured, subject, "each sensor's readings come in one split");
    return;
  }
  const auto [slot, feeding] = homes_.example();
  const auto& key = sensors[slot].context->key;
  std::vector<std::string_view> names;
  for (const auto each : feeding)
    names.push_back(splits_[each].name);
  tell_reason(rule::misconfigured, subject,
              fmt::format("readings of {} sensors come in more than one split, for example {}/{} in {}: they have no "
                          "common order",
                          homes_.count(), key.facility.text, key.sensor.text, fmt::join(names, " and ")));
}

void driver::move(split_state& split, const std::string& content) {
  binary_reader in{content};
  auto& sensors = parts_.keeper.sensors();
  while (in.ok() && !in.at_end()) {
    const auto facility = in.text(), sensor = in.text();
    const auto slot = in.ok() ? sensors.find(facility, sensor) : sensor_registry::none;
    if (slot == sensor_registry::none)
      continue;
    auto& entry = sensors[slot];
    if (entry.has_split && entry.split < splits_.size())
      --splits_[entry.split].sensors;
    entry.split = static_cast<uint16_t>(&split - splits_.data());
    entry.has_split = true;
    ++split.sensors;
    entry.shared = false;
    // Its metadata is that of another split now.
    entry.joined = 0;
    homes_.settle(slot);
  }
}

// A restart ends no condition: each is judged on, and what is not found again in some time is over. Of channels those
// know that send over them.
void driver::end_what_was_left(steady::time_point now) {
  if (left_ended_ || now - begun_ < found_again_within)
    return;
  left_ended_ = true;
  for (int i = static_cast<int>(first_node_rule); i < rule_count; ++i)
    for (const auto& subject : conditions_.left(static_cast<rule>(i)))
      if (static_cast<rule>(i) != rule::channel_down)
        fine(static_cast<rule>(i), subject, "not found again since the node was started");
}

} // namespace millwright

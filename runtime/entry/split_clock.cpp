#include "runtime/entry/split_clock.hpp"

#include <algorithm>

namespace millwright {

// Nothing is remembered of what is ahead: a tenth of a plant whose clocks are fast costs what any readings cost.
split_clock::stamp split_clock::take_live(event_time time, event_time limit, event_time far_limit) {
  const stamp result{watermark_, activity_, time > limit, time > far_limit};
  if (!result.ahead && time > watermark_)
    move_to(time);
  return result;
}

split_clock::stamp split_clock::take_replayed(const sensor_key& sensor, event_time time) {
  stamp result{watermark_, activity_};
  if (watermark_ == never) {
    move_to(time);
    return result;
  }
  if (time <= watermark_) {
    row_.clear();
    return result;
  }
  const bool repeat = repeats(sensor, time);
  result.ahead = time > watermark_ + far;
  if (repeat)
    return result;
  if (!result.ahead) {
    row_.clear();
    move_to(time);
    return result;
  }
  row_.push_back(time);
  if (row_.size() < in_a_row) {
    remember(sensor, time, true);
    return result;
  }
  result.ahead = false;
  // Not back: the split may have been a live one meanwhile.
  const event_time smallest = std::max(watermark_, *std::min_element(row_.begin(), row_.end()));
  row_.clear();
  remember(sensor, time, false);
  move_to(smallest);
  return result;
}

bool split_clock::repeats(const sensor_key& sensor, event_time time) const {
  if (ahead_.empty())
    return false;
  const auto it = ahead_.find(sensor);
  if (it == ahead_.end())
    return false;
  const auto& seen = it->second;
  const bool recent = seen.newest == never || time >= seen.newest - repeat_horizon;
  return recent && std::find(seen.times.begin(), seen.times.end(), time) != seen.times.end();
}

void split_clock::remember(const sensor_key& sensor, event_time time, bool far_ahead) {
  auto it = ahead_.find(sensor);
  if (it == ahead_.end())
    it = ahead_.emplace(sensor, ahead{}).first;
  it->second.times.push_back(time);
  if (!far_ahead)
    it->second.newest = std::max(it->second.newest, time);
}

void split_clock::move_to(event_time time) {
  if (watermark_ != never) {
    const auto step = time - watermark_;
    activity_ += std::min(step, largest_step);
    if (step > largest_step)
      leaps_.push_back({activity_, watermark_, time});
  }
  watermark_ = time;
  if (ahead_.empty())
    return;
  // What the split's time has caught up with can no longer move it.
  for (auto it = ahead_.begin(); it != ahead_.end();) {
    std::erase_if(it->second.times, [&](event_time t) { return t <= watermark_; });
    it = it->second.times.empty() ? ahead_.erase(it) : std::next(it);
  }
}

void split_clock::encode(binary_writer& out) const {
  out.time(watermark_);
  out.svarint(activity_.count());
  out.varint(row_.size());
  for (const auto t : row_)
    out.time(t);
  out.varint(ahead_.size());
  for (const auto& [sensor, seen] : ahead_) {
    out.text(sensor.facility.text);
    out.text(sensor.sensor.text);
    out.time(seen.newest);
    out.varint(seen.times.size());
    for (const auto t : seen.times)
      out.time(t);
  }
}

void split_clock::encode_leaps(binary_writer& out) const {
  split_times{0, watermark_, activity_, leaps_}.encode(out);
}

bool split_clock::decode_leaps(binary_reader& in) {
  split_times read;
  if (!read.decode(in))
    return false;
  leaps_ = std::move(read.leaps);
  return true;
}

bool split_clock::decode(binary_reader& in) {
  split_clock read;
  read.watermark_ = in.time();
  read.activity_ = milliseconds{in.svarint()};
  for (auto n = in.count(8); n > 0; --n)
    read.row_.push_back(in.time());
  for (auto n = in.count(10); n > 0 && in.ok(); --n) {
    sensor_key sensor;
    sensor.facility.text = in.text();
    sensor.sensor.text = in.text();
    auto& seen = read.ahead_[sensor];
    seen.newest = in.time();
    for (auto m = in.count(8); m > 0; --m)
      seen.times.push_back(in.time());
  }
  const auto possible = [](event_time t) { return t >= never && t <= forever; };
  bool sound = in.ok() && read.row_.size() < in_a_row && possible(read.watermark_) &&
               read.activity_ >= milliseconds{0} && read.activity_ <= forever - never &&
               std::all_of(read.row_.begin(), read.row_.end(), possible);
  for (const auto& [sensor, seen] : read.ahead_)
    sound = sound && possible(seen.newest) && std::all_of(seen.times.begin(), seen.times.end(), possible);
  if (!sound)
    return false;
  *this = std::move(read);
  return true;
}

} // namespace millwright

#include "runtime/bench/load_source.hpp"

#include <algorithm>
#include <numeric>
#include <thread>

namespace millwright {

using namespace std::chrono_literals;

namespace {

int64_t ns_of(load_source::clock::time_point at) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
}

} // namespace

load_source::load_source(const load_plant& plant, load_shape shape, spike_function spiked)
    : plant_{plant}, shape_{std::move(shape)}, spiked_{std::move(spiked)}, begins_(shape_.phases.size()),
      positions_(shape_.splits) {
  for (uint16_t i = 0; i < shape_.splits; ++i)
    splits_.push_back("load/" + std::to_string(i));
  uint64_t first = 0;
  std::chrono::nanoseconds time{0};
  for (const auto& phase : shape_.phases) {
    firsts_.push_back(first);
    phase_times_.push_back(time);
    if (phase.readings != load_phase::endless) {
      first += phase.readings;
      time += phase.step * static_cast<int64_t>(phase.readings);
    }
  }
  stride_ = static_cast<uint64_t>(plant.sensors() * 0.6180339887) | 1;
  while (std::gcd(stride_, uint64_t{plant.sensors()}) != 1)
    stride_ += 2;
  if (shape_.spike_every > 0)
    while (std::gcd(shape_.spike_every, uint64_t{plant.sensors()}) != 1)
      ++shape_.spike_every;
  enter(0);
}

void load_source::start(const std::map<std::string, uint64_t>& positions) {
  for (size_t i = 0; i < splits_.size(); ++i)
    if (const auto known = positions.find(splits_[i]); known != positions.end())
      positions_[i] = known->second;
}

void load_source::enter(size_t phase) {
  if (phase < shape_.phases.size()) {
    // A paced phase behind a paced one begins when that was due to end, however far behind the node is.
    int64_t begin = ns_of(clock::now());
    if (phase > 0 && shape_.phases[phase].rate > 0 && shape_.phases[phase - 1].rate > 0) {
      const auto& before = shape_.phases[phase - 1];
      begin = begins_[phase - 1] + static_cast<int64_t>(static_cast<double>(before.readings) / before.rate * 1e9);
    }
    begins_[phase] = begin;
  }
  phase_.store(phase, std::memory_order_release);
}

uint32_t load_source::sensor_of(uint64_t number) const {
  const uint64_t place = number % plant_.sensors();
  const bool in_order = number < plant_.sensors() && !shape_.scattered;
  return static_cast<uint32_t>(in_order ? place : place * stride_ % plant_.sensors());
}

event_time load_source::time_of(uint64_t number) const {
  const auto phase =
      static_cast<size_t>(std::upper_bound(firsts_.begin(), firsts_.end(), number) - firsts_.begin()) - 1;
  const auto since = phase_times_[phase] + shape_.phases[phase].step * static_cast<int64_t>(number - firsts_[phase]);
  return shape_.start + std::chrono::floor<milliseconds>(since);
}

load_source::clock::time_point load_source::due(uint64_t number) const {
  const auto phase =
      static_cast<size_t>(std::upper_bound(firsts_.begin(), firsts_.end(), number) - firsts_.begin()) - 1;
  const double rate = shape_.phases[phase].rate;
  int64_t begin = begins_[phase];
  size_t from = phase;
  // Not handed over yet, but its time is known when the phase before it is paced.
  double paced = 0;
  while (begin == 0 && from > 0 && shape_.phases[from - 1].rate > 0) {
    --from;
    paced += static_cast<double>(shape_.phases[from].readings) / shape_.phases[from].rate;
    begin = begins_[from];
  }
  if (rate == 0 || begin == 0)
    return {};
  paced += static_cast<double>(number - firsts_[phase]) / rate;
  return clock::time_point{
      std::chrono::duration_cast<clock::duration>(std::chrono::nanoseconds{begin + static_cast<int64_t>(paced * 1e9)})};
}

uint64_t load_source::offered(clock::time_point now) const {
  for (size_t i = phase(); i < shape_.phases.size(); ++i) {
    const auto begin = due(firsts_[i]);
    if (begin == clock::time_point{} || now < begin)
      return firsts_[i];
    const auto since = std::chrono::duration<double>(now - begin).count();
    const auto count = static_cast<uint64_t>(since * shape_.phases[i].rate);
    if (count < shape_.phases[i].readings)
      return firsts_[i] + count;
  }
  return firsts_.back() + shape_.phases.back().readings;
}

void load_source::poll(record_batch& batch, size_t most, milliseconds patience) {
  batch.clear();
  buffer_.clear();
  offsets_.clear();
  uint64_t number = handed_.load(std::memory_order_relaxed);
  if (phase_ < shape_.phases.size() && number - firsts_[phase_] >= shape_.phases[phase_].readings)
    enter(phase_ + 1);
  if (finished())
    return;
  const auto& phase = shape_.phases[phase_];
  uint64_t count = std::min<uint64_t>(most, phase.readings - (number - firsts_[phase_]));
  if (phase.rate > 0) {
    auto now = clock::now();
    uint64_t offered_now = offered(now);
    for (const auto deadline = now + patience; offered_now <= number && now < deadline; offered_now = offered(now)) {
      std::this_thread::sleep_for(100us);
      now = clock::now();
    }
    count = std::min(count, offered_now - std::min(number, offered_now));
  }
  const bool spiky = shape_.spike_every > 0 && phase_ >= shape_.spikes_from && phase_ < shape_.spikes_until;
  const auto time_base = phase_times_[phase_];
  const uint64_t sensors = plant_.sensors();
  const uint64_t first_turn = number / sensors;
  uint64_t turn = first_turn, turn_ends = (first_turn + 1) * sensors;
  uint64_t malformed = 0;
  batch.records.reserve(count);
  for (uint64_t i = 0; i < count; ++i, ++number) {
    if (number == turn_ends) {
      ++turn;
      turn_ends += sensors;
    }
    const uint32_t sensor = sensor_of(number);
    const auto at = shape_.start + std::chrono::floor<milliseconds>(
                                       time_base + phase.step * static_cast<int64_t>(number - firsts_[phase_]));
    const bool spike = spiky && number % shape_.spike_every == 0;
    offsets_.push_back(static_cast<uint32_t>(buffer_.size()));
    plant_.append_json(buffer_, sensor, turn, sensor % 10 < shape_.fast_of_ten ? at + 2min : at, spike);
    raw_record record;
    // Some at each tenth place in turn, so that all sensors and splits have their share.
    if (!spike && (number + number / 10) % 10 < phase.malformed_of_ten) {
      buffer_.resize(offsets_.back() + (buffer_.size() - offsets_.back()) / 2);
      ++malformed;
    }
    record.size = static_cast<uint32_t>(buffer_.size() - offsets_.back());
    buffer_ += '\n';
    record.split = static_cast<uint16_t>(sensor % shape_.splits);
    record.position = positions_[record.split]++;
    record.arrival = at;
    batch.records.push_back(record);
    if (spike && spiked_)
      spiked_(sensor, clock::now());
  }
  buffer_.append(64, '\0');
  for (size_t i = 0; i < offsets_.size(); ++i)
    batch.records[i].data = buffer_.data() + offsets_[i];
  handed_.store(number, std::memory_order_relaxed);
  malformed_.fetch_add(malformed, std::memory_order_relaxed);
}

} // namespace millwright

#include "runtime/simulation/simulation_source.hpp"

#include "protocol/failure.hpp"
#include "runtime/simulation/counter_noise.hpp"
#include "runtime/simulation/plant_files.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <thread>

namespace millwright {

namespace {

/// Everything that a reading of a healthy sensor depends on, but the start.
std::string plant_identity(const simulation_settings& settings, const std::vector<sensor_type>& types) {
  std::string all;
  const auto put = [&](double x) {
    char text[40];
    std::snprintf(text, sizeof text, "%.17g;", x);
    all += text;
  };
  put(settings.rate);
  // A plant of before, which knew neither, stays what it was.
  if (settings.interval.count() != 0)
    put(static_cast<double>(settings.interval.count()));
  if (settings.noise != "plain")
    all += settings.noise + ";";
  for (const auto& [name, share] : settings.mix) {
    all += name + "=";
    put(share);
  }
  for (const auto& type : types) {
    all += type.name + ":";
    for (const auto& field : type.fields)
      all += field.name + ",";
    put(type.range_min);
    put(type.range_max);
    put(type.resolution);
  }
  uint64_t hash = all.size();
  for (const char c : all)
    hash = mix64(hash ^ static_cast<unsigned char>(c));
  char text[24];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return "simulation:seed=" + std::to_string(settings.seed) + ";sensors=" + std::to_string(settings.sensors) +
         ";facilities=" + std::to_string(settings.facilities) + ";plant=" + text;
}

std::string encode(const std::string& plant, const simulation_anchor& anchor) {
  return plant + ";start=" + std::to_string(epoch_ms(anchor.start)) + ";wall=" + std::to_string(epoch_ms(anchor.wall));
}

std::optional<int64_t> number_behind(std::string_view text, std::string_view key) {
  const auto at = text.find(key);
  int64_t value = 0;
  if (at == text.npos ||
      std::from_chars(text.data() + at + key.size(), text.data() + text.size(), value).ec != std::errc{})
    return std::nullopt;
  return value;
}

simulation_anchor anchor_for(const simulation_settings& settings, const std::string& plant,
                             const std::optional<std::string>& known, event_time now) {
  if (known && known->starts_with(plant + ";")) {
    const auto rest = std::string_view{*known}.substr(plant.size());
    const auto start = number_behind(rest, ";start="), wall = number_behind(rest, ";wall=");
    if (start && wall && (settings.start == never || settings.start == from_epoch_ms(*start)))
      return {from_epoch_ms(*start), from_epoch_ms(*wall)};
  }
  if (settings.start != never)
    return {settings.start, now};
  const auto minute = align_down(now, milliseconds{60'000});
  return {minute, minute};
}

} // namespace

simulation_clock simulation_clock::real() {
  // A plant does not stand still, nor leap, because somebody sets the clock.
  return {[wall = std::chrono::system_clock::now(), begun = std::chrono::steady_clock::now()] {
            return std::chrono::floor<milliseconds>(wall + (std::chrono::steady_clock::now() - begun));
          },
          [](milliseconds time) { std::this_thread::sleep_for(time); }};
}

simulation_source::simulation_source(simulation_settings settings, const std::vector<sensor_type>& types,
                                     std::optional<std::string> known_identity, simulation_clock clock)
    : settings_{std::move(settings)}, clock_{std::move(clock)} {
  if (!(settings_.speed >= 0) || !std::isfinite(settings_.speed) || settings_.speed > 1e6)
    throw failure{failure_code::bad_configuration, "source.simulation.speed",
                  "0 (as fast as possible) to 1000000 expected"};
  if (settings_.duration.count() < 0)
    throw failure{failure_code::bad_configuration, "source.simulation.duration", "0 (no end) or more expected"};
  const auto plant = plant_identity(settings_, types);
  anchor_ = anchor_for(settings_, plant, known_identity, clock_.now());
  identity_ = encode(plant, anchor_);
  plant_ = std::make_unique<simulated_plant>(settings_, types, anchor_.start);
  const bool bounded = settings_.duration.count() > 0;
  const event_time end = anchor_.start + settings_.duration;
  end_ = bounded ? plant_->ticks_before(end) : std::numeric_limits<uint64_t>::max();
  if (!settings_.metadata_directory.empty())
    write_metadata(*plant_, settings_.metadata_directory);
  if (!settings_.truth_path.empty()) {
    replace_file(settings_.truth_path, "");
    tell_truth(bounded ? end : anchor_.start + std::chrono::days{1});
  }
}

void simulation_source::tell_truth(event_time until) {
  std::string text;
  append_truth(*plant_, told_ == never ? anchor_.start : told_, until, text);
  append_to_file(settings_.truth_path, text);
  told_ = until;
}

event_time simulation_source::event_now() const {
  const auto passed = static_cast<double>((clock_.now() - anchor_.wall).count()) * settings_.speed;
  return anchor_.start + milliseconds{static_cast<int64_t>(std::clamp(passed, -1e15, 1e15))};
}

void simulation_source::start(const std::map<std::string, uint64_t>& positions) {
  const auto found = positions.find(splits_[0]);
  cursor_.emplace(plant_->schedule(), found == positions.end() ? 0 : found->second);
  // At a lower speed than before, what was committed may be ahead of the clock: go on from there at once.
  const auto next = plant_->arrival_of(cursor_->slot());
  if (settings_.speed > 0 && cursor_->slot().tick > 0 && next > event_now())
    anchor_.wall -=
        milliseconds{static_cast<int64_t>(static_cast<double>((next - event_now()).count()) / settings_.speed)};
}

void simulation_source::poll(record_batch& batch, size_t most, milliseconds patience) {
  batch.clear();
  buffer_.clear();
  offsets_.clear();
  if (finished())
    return;
  const bool paced = settings_.speed > 0;
  event_time due = paced ? event_now() : forever;
  if (paced && plant_->arrival_of(cursor_->slot()) > due && patience.count() > 0) {
    const double ahead = static_cast<double>((plant_->arrival_of(cursor_->slot()) - due).count()) / settings_.speed;
    clock_.wait(
        std::clamp(milliseconds{static_cast<int64_t>(std::ceil(std::min(ahead, 1e9)))}, milliseconds{1}, patience));
    due = event_now();
  }
  // A stretch of lost readings must not keep the caller here for long.
  for (size_t looked = 0; batch.records.size() < most && looked < most + 10'000; ++looked) {
    const auto& slot = cursor_->slot();
    const auto arrival = plant_->arrival_of(slot);
    if (slot.tick >= end_ || arrival > due)
      break;
    if (const size_t begin = buffer_.size(); plant_->append_reading_json(slot, buffer_)) {
      raw_record record;
      record.size = static_cast<uint32_t>(buffer_.size() - begin);
      record.position = slot.tick;
      record.arrival = arrival;
      batch.records.push_back(record);
      offsets_.push_back(begin);
      // The parser may end the text in place.
      buffer_ += '\n';
    }
    cursor_->advance();
  }
  // Nor may it read past the buffer.
  buffer_.append(64, '\0');
  for (size_t i = 0; i < offsets_.size(); ++i)
    batch.records[i].data = buffer_.data() + offsets_[i];
  if (!settings_.truth_path.empty() && settings_.duration.count() == 0 && plant_->arrival_of(cursor_->slot()) >= told_)
    tell_truth(plant_->arrival_of(cursor_->slot()) + std::chrono::days{1});
}

std::optional<uint64_t> simulation_source::backlog() const {
  if (!cursor_ || settings_.speed == 0)
    return std::nullopt;
  const uint64_t due = std::min(end_, plant_->ticks_before(event_now() + milliseconds{1}));
  return due > cursor_->slot().tick ? due - cursor_->slot().tick : 0;
}

} // namespace millwright

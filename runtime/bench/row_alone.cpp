#include "actors/sensor/sensor_model.hpp"
#include "actors/sensor/state_detector.hpp"
#include "runtime/bench/bench_row.hpp"
#include "runtime/bench/load_plant.hpp"
#include "runtime/parse/reading_parser.hpp"
#include "runtime/simulation/simulated_plant.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstring>
#include <deque>
#include <numeric>
#include <random>
#include <stdexcept>

namespace millwright {

namespace {

using steady = std::chrono::steady_clock;

double seconds_since(steady::time_point begin) {
  return std::chrono::duration<double>(steady::now() - begin).count();
}

constexpr event_time plant_start = from_epoch_ms(1'767'225'600'000);

/// Sensor models fed by hand, one split.
class models_alone {
public:
  models_alone(const load_plant& plant, const sensor_type_table& types)
      : plant_{plant}, book_{&settings_, &types.types()} {
    for (uint32_t i = 0; i < plant.sensors(); ++i) {
      contexts_.push_back(plant.context_of(i));
      models_.emplace_back(book_);
    }
    stride_ = static_cast<uint64_t>(plant.sensors() * 0.6180339887) | 1;
    while (std::gcd(stride_, uint64_t{plant.sensors()}) != 1)
      stride_ += 2;
  }

  /// Each sensor reports `rounds` times, every `interval`, in an order that is not that of memory.
  void feed(uint64_t rounds, milliseconds interval) {
    const auto step = std::chrono::nanoseconds{interval} / plant_.sensors();
    for (uint64_t round = 0; round < rounds; ++round, ++turn_, now_ += interval)
      for (uint32_t i = 0; i < plant_.sensors(); ++i) {
        const auto sensor = static_cast<uint32_t>(i * stride_ % plant_.sensors());
        const auto at = now_ + std::chrono::floor<milliseconds>(step * i);
        auto next = plant_.reading_of(sensor, turn_, at);
        next.watermark = next.closing = newest_;
        next.activity = newest_ == never ? milliseconds{0} : newest_ - plant_start;
        next.position = position_++;
        next.context = &contexts_[sensor];
        newest_ = at;
        models_[sensor].take(next, output_);
        rows_ += output_.statistics.size();
        output_.clear();
      }
  }

  uint64_t rows() const { return rows_; }

private:
  const load_plant& plant_;
  detection_settings settings_;
  rule_book book_;
  std::deque<sensor_context> contexts_;
  std::deque<sensor_model> models_;
  sensor_output output_;
  uint64_t stride_ = 1, turn_ = 0, position_ = 0, rows_ = 0;
  event_time now_ = plant_start, newest_ = never;
};

double model_rate(const bench_request& request, uint32_t sensors, uint64_t rounds) {
  const auto types = load_sensor_types(request.sensor_types);
  const load_plant plant{sensors, types};
  models_alone models{plant, types};
  models.feed(12, milliseconds{30'000});
  const auto before = models.rows();
  const auto begin = steady::now();
  models.feed(rounds, milliseconds{1000});
  const double rate = static_cast<double>(rounds * sensors) / seconds_since(begin);
  if (!request.tiny && models.rows() == before)
    throw std::runtime_error{"no window closed"};
  return rate;
}

/// ns a reading of the state rule alone, of a hundred sensors in turn over some days.
double state_cost(const bench_request& request) {
  const state_settings settings;
  std::vector<state_detector> sensors(100);
  std::mt19937_64 random{1};
  std::normal_distribution<double> noise{20, 1};
  std::vector<double> values(1 << 16);
  for (auto& x : values)
    x = noise(random);
  uint64_t taken = 0, outside = 0;
  const auto begin = steady::now();
  for (uint32_t round = 0; round < request.sized(100'000u, 500u); ++round)
    for (auto& sensor : sensors) {
      const double x = values[taken++ * 7 % values.size()];
      outside += sensor.take(x, plant_start + milliseconds{uint64_t{round} * 10'000}, settings).outside();
    }
  const double seconds = seconds_since(begin);
  if (outside == taken)
    throw std::runtime_error{"every reading was outside"};
  return seconds * 1e9 / static_cast<double>(taken);
}

} // namespace

std::vector<bench_measure> bench_parse(const bench_request& request) {
  const auto types = load_sensor_types(request.sensor_types);
  simulation_settings settings;
  settings.sensors = request.sized(10'000u, 100u);
  settings.rate = settings.sensors;
  const simulated_plant plant{settings, types.types(), plant_start};
  std::string payloads;
  std::vector<size_t> ends;
  plant_cursor cursor{plant.schedule(), 0};
  for (uint32_t i = 0; i < request.sized(100'000u, 1000u); ++i, cursor.advance()) {
    plant.append_reading_json(cursor.slot(), payloads);
    ends.push_back(payloads.size());
  }
  reading_parser parser{types};
  char buffer[4096];
  uint64_t parsed = 0, bytes = 0, accepted = 0;
  const auto begin = steady::now();
  while (parsed == 0 || seconds_since(begin) < request.sized(3.0, 0.0)) {
    size_t from = 0;
    for (const size_t end : ends) {
      // A payload is parsed in place: each time a fresh copy, as from a source.
      std::memcpy(buffer, payloads.data() + from, end - from);
      accepted += parser.parse(buffer, end - from, {}, plant_start).accepted();
      from = end;
    }
    parsed += ends.size();
    bytes += payloads.size();
  }
  const double seconds = seconds_since(begin);
  if (accepted != parsed)
    throw std::runtime_error{fmt::format("{} of {} readings were accepted", accepted, parsed)};
  return {{"parse", static_cast<double>(parsed) / seconds, "readings/s", 1.5e6, 3e6},
          {"parse-bytes", static_cast<double>(bytes) / seconds / 1e6, "MB/s", {}, {}}};
}

std::vector<bench_measure> bench_model(const bench_request& request) {
  return {{"model", model_rate(request, request.sized(1000u, 50u), request.sized(3000u, 3u)), "readings/s", 3e6, 10e6},
          {"model-scattered",
           model_rate(request, request.sized(125'000u, 200u), request.sized(60u, 3u)),
           "readings/s",
           {},
           {}}};
}

std::vector<bench_measure> bench_state(const bench_request& request) {
  return {{"state", state_cost(request), "ns/reading", 60, 40, true},
          {"state-bytes", static_cast<double>(sizeof(state_detector)), "B/sensor", 400, 350, true}};
}

} // namespace millwright

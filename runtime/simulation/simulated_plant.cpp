#include "runtime/simulation/simulated_plant.hpp"

#include "protocol/failure.hpp"
#include "protocol/json.hpp"
#include "runtime/simulation/counter_noise.hpp"
#include "runtime/simulation/damaged_line.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace millwright {

namespace {

constexpr int64_t day_ms = 86'400'000;
constexpr int64_t load_block_ms = 4 * 3'600'000;
constexpr double load_ramp_ms = 1'200'000;
/// A two-state sensor switches back and forth once in so many readings.
constexpr uint64_t switching = 40;
constexpr double skew_ms = 97'337;

std::vector<int64_t> intervals_of(const simulation_settings& settings, const plant_layout& layout) {
  std::vector<int64_t> out(layout.sensors());
  if (settings.interval.count() != 0) {
    if (settings.rate != 0 || settings.interval.count() < 0 || settings.interval > std::chrono::days{1})
      throw failure{failure_code::bad_configuration, "source.simulation.interval",
                    "1 ms to 1 day expected, and no rate beside it"};
    std::fill(out.begin(), out.end(), settings.interval.count() * 1'000'000);
    return out;
  }
  if (settings.rate != 0) {
    const double seconds = layout.sensors() / settings.rate;
    if (!(seconds >= 0.001 && seconds <= 86'400))
      throw failure{failure_code::bad_configuration, "source.simulation.rate",
                    "a sensor reports at most 1000 times a second and at least once a day: with " +
                        std::to_string(layout.sensors()) + " sensors at most " +
                        std::to_string(layout.sensors() * 1000ull) + " readings a second"};
    std::fill(out.begin(), out.end(), std::llround(seconds * 1e9));
    return out;
  }
  for (uint32_t i = 0; i < layout.sensors(); ++i)
    out[i] = layout.profile_of_type(layout.sensor(i).type).interval * 1'000'000'000ll;
  return out;
}

/// -1..1 by the unit, another level every four hours, reached within 20 minutes.
double load_of(uint64_t seed, uint32_t unit, int64_t ms) {
  const int64_t block = ms / load_block_ms;
  const auto level = [&](int64_t b) {
    return 2 * unit_uniform(mix64(seed ^ 0x10adull, unit, static_cast<uint64_t>(b))) - 1;
  };
  const double to = level(block), x = static_cast<double>(ms % load_block_ms) / load_ramp_ms;
  if (x >= 1)
    return to;
  return level(block - 1) + (to - level(block - 1)) * x * x * (3 - 2 * x);
}

double cycle_position(int64_t at, int64_t period) {
  return static_cast<double>(at % period) / static_cast<double>(period);
}

int decimals_of(double resolution) {
  if (!(resolution > 0))
    return 3;
  return std::clamp(static_cast<int>(std::ceil(-std::log10(resolution) - 1e-9)), 0, 6);
}

void append_fixed(std::string& out, double value, int decimals) {
  constexpr double scales[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7};
  constexpr int64_t whole_scales[] = {1, 10, 100, 1000, 10'000, 100'000, 1'000'000, 10'000'000};
  if (!(std::fabs(value) < 1e11)) {
    append_json_number(out, value);
    return;
  }
  const double scaled = value * scales[decimals];
  auto number = static_cast<int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  char text[32];
  char* at = text;
  if (number < 0) {
    *at++ = '-';
    number = -number;
  }
  at = std::to_chars(at, text + sizeof text, number / whole_scales[decimals]).ptr;
  if (decimals > 0) {
    int64_t rest = number % whole_scales[decimals];
    *at = '.';
    for (int i = decimals; i > 0; --i, rest /= 10)
      at[i] = static_cast<char>('0' + rest % 10);
    at += decimals + 1;
  }
  out.append(text, at);
}

} // namespace

simulated_plant::simulated_plant(const simulation_settings& settings, const std::vector<sensor_type>& types,
                                 event_time start)
    : seed_{mix64(settings.seed, 0x91a27)}, start_{start}, layout_{settings, types},
      schedule_{intervals_of(settings, layout_)}, faults_{settings, layout_, schedule_} {
  // What is computed from the time needs it not to be negative; timestamps have four digits of year.
  if (start < event_time{} || start >= event_time{std::chrono::sys_days{std::chrono::year{9900} / 1 / 1}})
    throw failure{failure_code::bad_configuration, "source.simulation.start", "a time between 1970 and 9899 expected"};
  prepare_types();
  for (const auto& each : layout_.facilities()) {
    std::string text = "\",\"facility_id\":";
    append_json_string(text, each.id.text);
    text.pop_back();
    written_facilities_.push_back(std::move(text));
  }
}

void simulated_plant::prepare_types() {
  for (const auto& type : layout_.types()) {
    written_type out;
    out.name_and_quality = "\",\"sensor_type\":";
    append_json_string(out.name_and_quality, type.name);
    out.name_and_quality += ",\"quality_score\":";
    const bool has_voltage =
        std::any_of(type.fields.begin(), type.fields.end(), [](const auto& f) { return f.name == "voltage"; });
    for (size_t i = 0; i < type.fields.size(); ++i) {
      const auto& field = type.fields[i];
      if (field.name == "unit")
        continue;
      written_field each;
      each.key = ",";
      append_json_string(each.key, field.name);
      each.key += ':';
      each.decimals = decimals_of(type.resolution);
      const auto place = std::find(type.primary.begin(), type.primary.end(), static_cast<int>(i));
      if (place != type.primary.end()) {
        each.what = written_field::role::primary;
        const size_t n = type.primary.size();
        constexpr double of_three[] = {0.6, 0.48, 0.64}, of_two[] = {0.6, 0.8};
        const auto k = static_cast<size_t>(place - type.primary.begin());
        each.factor = n == 1 ? 1 : n == 2 ? of_two[k] : n == 3 ? of_three[k] : 1 / std::sqrt(static_cast<double>(n));
        each.decimals += n > 1 ? 1 : 0;
        out.writes_unit = out.writes_unit || field.name == "value";
      } else {
        const bool current = field.name == "current" && has_voltage;
        each.what = current ? written_field::role::current : written_field::role::secondary;
        each.factor = usual_level(field);
        each.decimals = each.factor < 1 ? 3 : 1;
      }
      out.fields.push_back(std::move(each));
    }
    written_.push_back(std::move(out));
  }
}

uint64_t simulated_plant::ticks_before(event_time at) const {
  return at <= start_ ? 0 : schedule_.ticks_before((at - start_).count() * 1'000'000);
}

double simulated_plant::healthy(uint32_t sensor, int64_t at, int64_t interval, uint64_t cycle, uint64_t bits,
                                double noise) const {
  const auto& each = layout_.sensor(sensor);
  const uint64_t own = mix64(seed_, sensor);
  const int64_t ms = epoch_ms(start_) + at / 1'000'000;
  if (const auto* mixed = layout_.noise_of(sensor))
    return each.level +
           each.sigma * mixed->at(own, mix64(seed_ ^ 0x517eull, plant_layout::unit_of(sensor)), ms, cycle, noise);
  const auto moves = layout_.movement_of(sensor);
  const auto turn = [](uint64_t hash) { return static_cast<double>(hash & 0xffff) * 0x1p-16; };
  double sum = moves.daily * wave(cycle_position(ms, day_ms) + turn(mix64(layout_.facility_of(sensor))));
  sum += moves.load * load_of(seed_, plant_layout::unit_of(sensor), ms);
  if (each.drifting) {
    sum += moves.fast * wave(cycle_position(at, interval * static_cast<int64_t>(90 + own % 50)) + turn(own >> 8));
    sum += moves.slow *
           wave(cycle_position(at, interval * static_cast<int64_t>(200 + (own >> 24) % 60)) + turn(own >> 32));
  }
  const uint64_t more = mix64(bits);
  double z = unit_normal(bits, more);
  if (each.shape == noise_shape::heavy_tailed && mix64(more) % 200 == 0)
    z *= 3;
  sum += noise * std::clamp(z, -7.0, 7.0);
  if (each.shape == noise_shape::quantised)
    sum = std::round(sum * 2) * 0.5;
  return each.level + sum * each.sigma;
}

simulated_plant::measured simulated_plant::measure(uint32_t sensor, uint64_t cycle, const active_faults* faults) const {
  const auto& each = layout_.sensor(sensor);
  const auto& type = layout_.type_of(sensor);
  const auto& profile = layout_.profile_of_type(each.type);
  measured out;
  out.bits = mix64(seed_ ^ 0x5a3ull, sensor, cycle);
  const uint64_t judged = mix64(out.bits ^ 0x9a117ull);
  const double lacking = unit_uniform(judged);
  out.quality = 0.99 - 0.06 * lacking * lacking;
  int64_t at = schedule_.time_of(sensor, cycle);
  if (faults)
    if (const auto* falling = faults->find(fault_kind::falling_quality))
      out.quality *= 1 - 0.85 * std::min(1.0, 1.6 * falling->strength * falling->progress(at));
  uint64_t of_value = out.bits, value_cycle = cycle;
  if (const auto* stuck = faults ? faults->find(fault_kind::stuck) : nullptr) {
    const uint64_t held = schedule_.first_cycle(sensor, stuck->start);
    value_cycle = held;
    of_value = mix64(seed_ ^ 0x5a3ull, sensor, held);
    at = schedule_.time_of(sensor, held);
  }
  if (each.shape == noise_shape::on_off) {
    const uint64_t moved = cycle + mix64(seed_, sensor) % switching, round = moved / switching;
    const uint64_t on_for = switching / 2 - 3 + mix64(seed_ ^ 0x0ffull, sensor, round) % 7;
    out.value = moved % switching < on_for ? profile.high : profile.low;
    return out;
  }
  if (each.shape == noise_shape::counting) {
    out.value = each.level + std::floor(static_cast<double>(at) * 1e-9 * profile.counting * 100) / 100;
    return out;
  }
  double offset = 0, noise = 1;
  bool growing = false;
  const double far = (layout_.reach_of(sensor) + 12) * each.sigma;
  for (size_t i = 0; faults && i < faults->count; ++i) {
    const auto& fault = faults->list[i];
    const double p = std::clamp(fault.progress(at), 0.0, 1.0);
    const double size = fault.sigmas > 0 ? fault.sigmas * each.sigma : 1.5 * far * fault.strength;
    switch (fault.kind) {
    case fault_kind::spike:
    case fault_kind::step:
      offset += size;
      break;
    case fault_kind::drift:
      offset += size * p;
      break;
    case fault_kind::noise:
      noise *= fault.sigmas > 0 ? fault.sigmas : 1 + 9 * fault.strength * p;
      growing = true;
      break;
    case fault_kind::bearing_wear:
      if (profile.vibration) {
        offset += size * p * p;
        noise *= 1 + 2 * fault.strength * p;
      } else if (profile.temperature) {
        offset += (fault.sigmas > 0 ? size : 1.2 * far * fault.strength) * p * p;
      }
      break;
    default:
      break;
    }
  }
  out.value = healthy(sensor, at, schedule_.interval_of(sensor), value_cycle, of_value, noise) + offset;
  if (growing)
    out.value = std::clamp(out.value, type.range_min, type.range_max);
  if (type.primary.size() > 1)
    out.value = std::max(out.value, 0.0);
  return out;
}

// What wears goes from sound to worn out over its time, however strongly the sensor shows it; at its end it is mended.
double simulated_plant::health_of(uint32_t sensor, int64_t at, const active_faults& faults) const {
  const auto& profile = layout_.profile_of_type(layout_.sensor(sensor).type);
  double worn = 0;
  for (size_t i = 0; i < faults.count; ++i) {
    const auto& fault = faults.list[i];
    if (fault.wears() && (fault.kind != fault_kind::bearing_wear || profile.vibration || profile.temperature))
      worn = std::max(worn, std::clamp(fault.progress(at), 0.0, 1.0));
  }
  return 1 - worn;
}

bool simulated_plant::append_reading_json(uint64_t tick, std::string& out) const {
  return append(schedule_.at(tick), out, false);
}

bool simulated_plant::append_reading_json(const plant_slot& slot, std::string& out) const {
  return append(slot, out, false);
}

bool simulated_plant::append_labelled_json(uint64_t tick, std::string& out) const {
  return append(schedule_.at(tick), out, true);
}

bool simulated_plant::append(const plant_slot& slot, std::string& out, bool labelled) const {
  const uint32_t sensor = slot.sensor;
  active_faults faults;
  if (faults_.any())
    faults_.collect(sensor, slot.at, faults);
  uint64_t cycle = slot.cycle;
  event_time shown = arrival_of(slot);
  bool damaged = false;
  if (faults.count > 0) {
    if (faults.find(fault_kind::dropout))
      return false;
    const auto since = [&](const plant_fault& fault) {
      return slot.cycle - schedule_.first_cycle(sensor, fault.start);
    };
    if (const auto* late = faults.find(fault_kind::late)) {
      // Every other reading of the first half of a block is held back and comes in the second half, for its own.
      const uint64_t held_for = faults_.held_back(*late), place = since(*late) % (2 * held_for);
      if (place < held_for && place % 2 == 0)
        return false;
      if (place >= held_for && (place - held_for) % 2 == 0)
        cycle -= held_for;
    }
    if (const auto* twice = faults.find(fault_kind::duplicated); twice && cycle > 0 && since(*twice) % 2 == 1)
      --cycle;
    if (const auto* broken = faults.find(fault_kind::malformed))
      damaged = since(*broken) % 2 == 0;
    const auto* skew = faults.find(fault_kind::skewed_clock);
    if (cycle != slot.cycle) {
      shown = start_ + milliseconds{schedule_.time_of(sensor, cycle) / 1'000'000};
      faults_.collect(sensor, schedule_.time_of(sensor, cycle), faults);
      skew = faults.find(fault_kind::skewed_clock);
    }
    if (skew) {
      const double sign = mix64(static_cast<uint64_t>(skew->start), sensor) % 2 ? 1 : -1;
      shown += milliseconds{std::llround(sign * skew_ms * skew->strength)};
    }
  }
  const auto reading = measure(sensor, cycle, faults.count > 0 ? &faults : nullptr);
  const auto& type = written_[layout_.sensor(sensor).type];
  const size_t begin = out.size();
  out += "{\"sensor_id\":\"";
  layout_.append_sensor_id(out, sensor);
  out += "\",\"timestamp\":\"";
  append_iso(out, shown);
  out += written_facilities_[layout_.facility_of(sensor)];
  out += type.name_and_quality;
  append_fixed(out, reading.quality, 2);
  double usual = reading.value;
  for (const auto& field : type.fields) {
    out += field.key;
    if (field.what == written_field::role::primary) {
      usual = reading.value * field.factor;
    } else if (field.what == written_field::role::current) {
      usual = reading.value / type.voltage;
    } else {
      const double own = unit_uniform(mix64(seed_ ^ 0x2e1ull, sensor)) - 0.5;
      const double now = static_cast<double>((reading.bits ^ reading.bits >> 32) & 0xffff) * 0x1p-16 - 0.5;
      usual = field.factor * (1 + 0.1 * own + 0.01 * now);
    }
    append_fixed(out, usual, field.decimals);
  }
  if (type.writes_unit) {
    out += ",\"unit\":";
    append_json_string(out, layout_.unit_text_of(sensor));
  }
  if (labelled) {
    out += ",\"health\":";
    append_fixed(out, health_of(sensor, schedule_.time_of(sensor, cycle), faults), 4);
  }
  out += '}';
  if (damaged)
    damage_line(out, begin, mix64(reading.bits, 0xbad));
  return true;
}

} // namespace millwright

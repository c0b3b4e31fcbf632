#include "runtime/simulation/plant_faults.hpp"

#include "protocol/failure.hpp"
#include "runtime/simulation/counter_noise.hpp"

#include <algorithm>
#include <cmath>

namespace millwright {

namespace {

constexpr int64_t second = 1'000'000'000;
constexpr int64_t day = 86'400 * second;

struct kind_row {
  std::string_view name;
  /// How long one at random lasts, about.
  int64_t lasts;
  /// Readings that it has to meet at least, or it would not be seen.
  int readings;
};

// In the order of fault_kind.
constexpr std::array<kind_row, fault_kind_count> rows{{
    {"spike", 20 * second, 1},
    {"drift", 7200 * second, 10},
    {"stuck", 1800 * second, 15},
    {"noise", 3600 * second, 20},
    {"bearing_wear", 21'600 * second, 20},
    {"falling_quality", 3600 * second, 10},
    {"skewed_clock", 1800 * second, 2},
    {"dropout", 900 * second, 5},
    {"late", 1200 * second, 2},
    {"duplicated", 600 * second, 2},
    {"malformed", 300 * second, 1},
    {"step", 7200 * second, 10},
}};

const kind_row& row_of(fault_kind kind) {
  return rows[static_cast<size_t>(kind)];
}

int64_t nanoseconds_of(milliseconds x) {
  return x.count() * 1'000'000;
}

} // namespace

std::string_view name_of(fault_kind kind) {
  return row_of(kind).name;
}

std::optional<fault_kind> fault_kind_named(std::string_view name) {
  for (int i = 0; i < fault_kind_count; ++i)
    if (rows[static_cast<size_t>(i)].name == name)
      return static_cast<fault_kind>(i);
  return std::nullopt;
}

std::string fault_kind_names() {
  std::string out;
  for (const auto& each : rows)
    out += (out.empty() ? "" : ", ") + std::string{each.name};
  return out;
}

plant_faults::plant_faults(const simulation_settings& settings, const plant_layout& layout,
                           const plant_schedule& schedule)
    : layout_{layout}, schedule_{schedule}, seed_{mix64(settings.seed, 0xfa017)}, has_scheduled_(layout.sensors()) {
  const auto kind_named = [](const std::string& name, const std::string& where) {
    const auto kind = fault_kind_named(name);
    if (!kind)
      throw failure{failure_code::bad_configuration, where,
                    "no fault is called " + name + "; there are " + fault_kind_names()};
    return *kind;
  };
  for (size_t i = 0; i < settings.faults.size(); ++i) {
    const auto& wanted = settings.faults[i];
    const auto where = "source.simulation.faults[" + std::to_string(i) + "]";
    const auto kind = kind_named(wanted.kind, where);
    if (wanted.at.count() < 0 || wanted.lasts.count() <= 0 || !std::isfinite(wanted.strength) || wanted.strength <= 0 ||
        !std::isfinite(wanted.sigmas) || wanted.sigmas < 0)
      throw failure{failure_code::bad_configuration, where,
                    "an offset of 0 or more, a duration and a strength above 0 expected"};
    uint32_t sensor = 0;
    if (wanted.sensor.empty()) {
      sensor = choose(kind, mix64(seed_, 0x5c4ed, i), nanoseconds_of(wanted.lasts));
    } else {
      const auto found = layout.find(wanted.sensor);
      if (!found)
        throw failure{failure_code::bad_configuration, where,
                      "the plant has no sensor " + wanted.sensor + "; its first is " + layout.sensor_id_of(0)};
      sensor = *found;
    }
    if (!suits(kind, sensor))
      throw failure{failure_code::bad_configuration, where,
                    kind == fault_kind::bearing_wear ? "needs a unit with vibration and temperature"
                                                     : "needs a sensor that is neither a switch nor a counter"};
    if (kind == fault_kind::bearing_wear)
      sensor = *bearing_of(plant_layout::unit_of(sensor));
    this->schedule(complete(kind, sensor, nanoseconds_of(wanted.at), nanoseconds_of(wanted.lasts), wanted.strength,
                            wanted.sigmas));
  }
  for (const auto& [name, per_day] : settings.faults_per_day) {
    const auto where = "source.simulation.faults_per_day." + name;
    const auto kind = kind_named(name, where);
    if (!(per_day >= 0) || per_day > 24)
      throw failure{failure_code::bad_configuration, where, "0 to 24 a sensor and day expected"};
    if (per_day == 0)
      continue;
    const double blocks = std::ceil(per_day);
    chances_[static_cast<size_t>(kind)] = {per_day / blocks, day / static_cast<int64_t>(blocks)};
    random_ = true;
  }
}

bool plant_faults::suits(fault_kind kind, uint32_t sensor) const {
  switch (kind) {
  case fault_kind::spike:
  case fault_kind::step:
  case fault_kind::drift:
  case fault_kind::stuck:
  case fault_kind::noise:
    return layout_.analog(sensor);
  case fault_kind::bearing_wear:
    return bearing_of(plant_layout::unit_of(sensor)).has_value();
  default:
    return true;
  }
}

std::optional<uint32_t> plant_faults::bearing_of(uint32_t unit) const {
  std::optional<uint32_t> vibration;
  bool temperature = false;
  const uint32_t first = unit * plant_layout::sensors_of_unit;
  for (uint32_t i = first; i < std::min(first + plant_layout::sensors_of_unit, layout_.sensors()); ++i) {
    if (!layout_.analog(i))
      continue;
    const auto& profile = layout_.profile_of_type(layout_.sensor(i).type);
    if (profile.vibration && !vibration)
      vibration = i;
    temperature = temperature || profile.temperature;
  }
  return temperature ? vibration : std::nullopt;
}

uint32_t plant_faults::choose(fault_kind kind, uint64_t draw, int64_t lasts) const {
  // One that reports often enough to show the fault, if there is one.
  const auto first = static_cast<uint32_t>(draw % layout_.sensors());
  for (const bool often : {true, false})
    for (uint32_t i = 0; i < layout_.sensors(); ++i) {
      const uint32_t sensor = (first + i) % layout_.sensors();
      if (suits(kind, sensor) && (!often || schedule_.interval_of(sensor) * row_of(kind).readings <= lasts))
        return sensor;
    }
  throw failure{failure_code::bad_configuration, "source.simulation.faults",
                "no sensor of this plant can have the fault " + std::string{name_of(kind)}};
}

plant_fault plant_faults::complete(fault_kind kind, uint32_t sensor, int64_t start, int64_t lasts, double strength,
                                   double sigmas) const {
  plant_fault fault{kind, sensor, start, start + lasts, strength, sigmas};
  const int64_t interval = schedule_.interval_of(sensor);
  const int64_t least = kind == fault_kind::late ? 2 * static_cast<int64_t>(held_back(fault)) * interval : interval;
  fault.end = start + std::max(lasts, least);
  return fault;
}

uint64_t plant_faults::held_back(const plant_fault& fault) const {
  const auto interval = static_cast<double>(schedule_.interval_of(fault.sensor));
  return static_cast<uint64_t>(std::clamp(std::ceil(120.0 * second * fault.strength / interval), 1.0, 1e9));
}

void plant_faults::schedule(const plant_fault& fault) {
  all_scheduled_.push_back(fault);
  const auto put = [&](uint32_t sensor) {
    scheduled_[sensor].push_back(fault);
    has_scheduled_[sensor] = true;
  };
  if (fault.kind != fault_kind::bearing_wear)
    return put(fault.sensor);
  const uint32_t first = plant_layout::unit_of(fault.sensor) * plant_layout::sensors_of_unit;
  for (uint32_t i = first; i < std::min(first + plant_layout::sensors_of_unit, layout_.sensors()); ++i)
    put(i);
}

std::optional<plant_fault> plant_faults::drawn(fault_kind kind, uint32_t sensor, int64_t block) const {
  const auto& chance = chances_[static_cast<size_t>(kind)];
  const uint64_t hash = mix64(seed_ + static_cast<uint64_t>(kind), sensor, static_cast<uint64_t>(block));
  if (unit_uniform(hash) >= chance.probability || !suits(kind, sensor))
    return std::nullopt;
  const uint64_t more = mix64(hash);
  const int64_t usual = static_cast<int64_t>(static_cast<double>(row_of(kind).lasts) * (0.5 + unit_uniform(more)));
  const int64_t seen = schedule_.interval_of(sensor) * row_of(kind).readings;
  const double strength = 0.8 + 0.4 * unit_uniform(mix64(more));
  auto fault = complete(kind, sensor, 0, std::min(std::max(usual, seen), chance.block / 2), strength);
  const int64_t lasts = std::min(fault.end, chance.block);
  fault.start = block * chance.block +
                static_cast<int64_t>(unit_uniform(mix64(more, 7)) * static_cast<double>(chance.block - lasts));
  fault.end = fault.start + lasts;
  return fault;
}

void plant_faults::collect(uint32_t sensor, int64_t at, active_faults& out) const {
  out.count = 0;
  if (has_scheduled_[sensor])
    for (const auto& each : scheduled_.at(sensor))
      if (each.start <= at && at < each.end)
        out.add(each);
  if (!random_)
    return;
  for (size_t i = 0; i < fault_kind_count; ++i) {
    const auto& chance = chances_[i];
    if (chance.block == 0)
      continue;
    const auto kind = static_cast<fault_kind>(i);
    uint32_t whose = sensor;
    if (kind == fault_kind::bearing_wear) {
      const auto& profile = layout_.profile_of_type(layout_.sensor(sensor).type);
      if (!profile.vibration && !profile.temperature)
        continue;
      const auto bearing = bearing_of(plant_layout::unit_of(sensor));
      if (!bearing)
        continue;
      whose = *bearing;
    }
    if (const auto fault = drawn(kind, whose, at / chance.block); fault && fault->start <= at && at < fault->end)
      out.add(*fault);
  }
}

std::vector<plant_fault> plant_faults::between(int64_t from, int64_t to) const {
  std::vector<plant_fault> out;
  const auto take = [&](const plant_fault& fault) {
    if (fault.start >= from && fault.start < to)
      out.push_back(fault);
  };
  for (const auto& each : all_scheduled_)
    take(each);
  for (size_t i = 0; i < fault_kind_count; ++i) {
    const auto& chance = chances_[i];
    const auto kind = static_cast<fault_kind>(i);
    if (chance.block == 0 || to <= from)
      continue;
    for (int64_t block = from / chance.block; block <= (to - 1) / chance.block; ++block)
      for (uint32_t sensor = 0; sensor < layout_.sensors(); ++sensor) {
        if (kind == fault_kind::bearing_wear && bearing_of(plant_layout::unit_of(sensor)) != sensor)
          continue;
        if (const auto fault = drawn(kind, sensor, block))
          take(*fault);
      }
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return std::tie(a.start, a.sensor, a.kind) < std::tie(b.start, b.sensor, b.kind);
  });
  return out;
}

} // namespace millwright

#include "runtime/simulation/plant_layout.hpp"

#include "protocol/failure.hpp"
#include "runtime/simulation/counter_noise.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace millwright {

namespace {

struct site {
  const char *id, *name, *location, *timezone, *line;
};

constexpr std::array sites{
    site{"main-hamburg", "Hamburg main works", "Hamburg, DE", "Europe/Berlin", "line-a"},
    site{"houston", "Houston refinery", "Houston, US", "America/Chicago", "line-b"},
    site{"osaka", "Osaka mill", "Osaka, JP", "Asia/Tokyo", "line-c"},
    site{"pune", "Pune foundry", "Pune, IN", "Asia/Kolkata", "line-d"},
    site{"porto", "Porto bottling", "Porto, PT", "Europe/Lisbon", "line-a"},
    site{"durban", "Durban paper", "Durban, ZA", "Africa/Johannesburg", "line-b"},
    site{"santos", "Santos chemicals", "Santos, BR", "America/Sao_Paulo", "line-c"},
    site{"perth", "Perth minerals", "Perth, AU", "Australia/Perth", "line-d"},
};

struct unit_kind {
  const char* name;
  /// Types that come first on it; the rest of the six go through all types in turn.
  std::array<const char*, 4> types;
};

constexpr std::array unit_kinds{
    unit_kind{"pump", {"vibration", "temperature", "pressure", "power"}},
    unit_kind{"motor", {"vibration", "temperature", "power", nullptr}},
    unit_kind{"compressor", {"vibration", "temperature", "pressure", "power"}},
    unit_kind{"reactor", {"temperature", "pressure", nullptr, nullptr}},
    unit_kind{"fan", {"vibration", "temperature", "generic", nullptr}},
    unit_kind{"turbine", {"vibration", "temperature", "power", "vibration"}},
    unit_kind{"heat-exchanger", {"temperature", "pressure", nullptr, nullptr}},
};

constexpr std::array other_units{"%", "kg", "m3", "bar"};

const unit_kind& kind_of(uint32_t unit) {
  return unit_kinds[mix64(unit) % unit_kinds.size()];
}

/// Local number of a unit in its facility, as ids show it.
constexpr uint32_t first_number = 10;

/// Type indices of `n` sensors in the shares of `mix`, spread evenly: after any number of sensors each type is within
/// about one of its share.
std::vector<uint16_t> spread(const std::vector<sensor_type>& types, const std::map<std::string, double>& mix,
                             uint32_t n) {
  std::vector<std::pair<uint16_t, double>> shares;
  double sum = 0;
  for (const auto& [name, share] : mix) {
    const auto found =
        std::find_if(types.begin(), types.end(), [&wanted = name](const auto& t) { return t.name == wanted; });
    if (found == types.end())
      throw failure{failure_code::bad_configuration, "source.simulation.mix." + name,
                    "no such sensor type; config/sensor-types.yaml lists them"};
    if (!(share >= 0) || !std::isfinite(share))
      throw failure{failure_code::bad_configuration, "source.simulation.mix." + name, "a share of 0 or more expected"};
    shares.emplace_back(static_cast<uint16_t>(found - types.begin()), share);
    sum += share;
  }
  if (!(sum > 0))
    throw failure{failure_code::bad_configuration, "source.simulation.mix", "at least one share above 0 expected"};
  std::vector<uint16_t> out(n);
  std::vector<double> owed(shares.size(), 0);
  for (auto& each : out) {
    size_t most = 0;
    for (size_t i = 0; i < shares.size(); ++i) {
      owed[i] += shares[i].second / sum;
      if (owed[i] > owed[most])
        most = i;
    }
    owed[most] -= 1;
    each = shares[most].first;
  }
  return out;
}

} // namespace

plant_layout::plant_layout(const simulation_settings& settings, const std::vector<sensor_type>& types) : types_{types} {
  if (settings.sensors == 0 || settings.sensors > 1'000'000)
    throw failure{failure_code::bad_configuration, "source.simulation.sensors", "1 to 1000000 expected"};
  if (settings.facilities == 0 || settings.facilities > 10'000)
    throw failure{failure_code::bad_configuration, "source.simulation.facilities", "1 to 10000 expected"};
  if (types_.empty())
    throw failure{failure_code::bad_sensor_types, "", "the plant needs at least one sensor type"};
  for (const auto& each : types_)
    profiles_.push_back(millwright::profile_of(each));
  for (uint32_t i = 0; i < settings.facilities; ++i) {
    const auto& model = sites[i % sites.size()];
    facility_info info;
    // Only the first is "main": such ids raise an alarm's priority.
    info.id.text = i < sites.size() ? model.id : "site-" + std::to_string(i + 1);
    info.known = true;
    info.name = i < sites.size() ? model.name : "Site " + std::to_string(i + 1);
    info.location = model.location;
    info.timezone = model.timezone;
    info.production_line = model.line;
    facilities_.push_back(std::move(info));
  }
  sensors_.resize(settings.sensors);
  for (const auto& each : noise_profiles())
    noises_.emplace_back(each);
  place(settings.seed, settings.mix, noise_named(settings.noise));
}

void plant_layout::place(uint64_t seed, const std::map<std::string, double>& mix, const std::vector<uint8_t>& noises) {
  if (!mix.empty()) {
    const auto kinds = spread(types_, mix, sensors());
    for (uint32_t i = 0; i < sensors(); ++i)
      sensors_[i].type = kinds[i];
  } else {
    std::array<std::array<int, 4>, unit_kinds.size()> usual{};
    for (size_t k = 0; k < unit_kinds.size(); ++k)
      for (size_t j = 0; j < 4; ++j) {
        usual[k][j] = -1;
        for (size_t t = 0; t < types_.size() && unit_kinds[k].types[j]; ++t)
          if (types_[t].name == unit_kinds[k].types[j])
            usual[k][j] = static_cast<int>(t);
      }
    size_t turn = 0;
    for (uint32_t i = 0; i < sensors(); ++i) {
      const uint32_t place = i % sensors_of_unit;
      const auto& row = usual[static_cast<size_t>(&kind_of(unit_of(i)) - unit_kinds.data())];
      const int type = place < 4 ? row[place] : -1;
      sensors_[i].type = static_cast<uint16_t>(type >= 0 ? static_cast<size_t>(type) : turn++ % types_.size());
    }
  }
  mixed_ = !noises.empty();
  for (uint32_t i = 0; i < sensors(); ++i) {
    auto& each = sensors_[i];
    const auto& type = types_[each.type];
    const auto& profile = profiles_[each.type];
    const uint64_t hash = mix64(seed, i, 1);
    each.drifting = profile.drifting;
    if (profile.on_off) {
      each.shape = noise_shape::on_off;
      each.level = static_cast<float>(profile.low);
      continue;
    }
    if (profile.counting > 0) {
      each.shape = noise_shape::counting;
      each.level = static_cast<float>(profile.low + std::floor(unit_uniform(hash) * (profile.high - profile.low)));
      continue;
    }
    const uint64_t draw = mix64(hash) % 100;
    if (!noises.empty())
      each.noise = noises[mix64(seed, i, 2) % noises.size()];
    each.shape = draw < 70 ? noise_shape::gaussian : draw < 85 ? noise_shape::heavy_tailed : noise_shape::quantised;
    const double level = profile.low + unit_uniform(hash) * (profile.high - profile.low);
    double sigma =
        std::max(profile.noise * std::max(std::fabs(level), std::fabs(profile.high) * 0.2), 2 * type.resolution);
    each.level = static_cast<float>(level);
    // All that is healthy, and a fault of usual strength, must fit between the level and the ends of the range.
    const double room = std::min((type.range_max - level) / 1.6, level - type.range_min);
    const double need = reach_of(i) + 12.5;
    each.sigma = static_cast<float>(std::min(sigma, std::max(room, 0.0) / need));
  }
}

void plant_layout::append_sensor_id(std::string& out, uint32_t sensor) const {
  const uint32_t local = unit_of(sensor) / static_cast<uint32_t>(facilities_.size()) + first_number;
  out += profiles_[sensors_[sensor].type].prefix;
  out += '-';
  char text[12];
  out.append(text, std::to_chars(text, text + sizeof text, local * 10 + sensor % sensors_of_unit + 1).ptr);
}

std::string plant_layout::sensor_id_of(uint32_t sensor) const {
  std::string out;
  append_sensor_id(out, sensor);
  return out;
}

std::string plant_layout::equipment_id_of(uint32_t unit) const {
  return std::string{kind_of(unit).name} + "-" +
         std::to_string(unit / static_cast<uint32_t>(facilities_.size()) + first_number);
}

std::string plant_layout::unit_text_of(uint32_t sensor) const {
  const auto& type = type_of(sensor);
  return type.unit.empty() ? other_units[mix64(sensor) % other_units.size()] : type.unit;
}

std::optional<uint32_t> plant_layout::find(std::string_view name) const {
  uint64_t first = 0, count = facilities_.size();
  if (const auto slash = name.find('/'); slash != name.npos) {
    const auto site = std::find_if(facilities_.begin(), facilities_.end(),
                                   [&](const auto& f) { return f.id.text == name.substr(0, slash); });
    if (site == facilities_.end())
      return std::nullopt;
    first = static_cast<uint64_t>(site - facilities_.begin());
    count = 1;
    name.remove_prefix(slash + 1);
  }
  const auto dash = name.rfind('-');
  uint64_t number = 0;
  if (dash == name.npos ||
      std::from_chars(name.data() + dash + 1, name.data() + name.size(), number).ptr != name.data() + name.size() ||
      number < first_number * 10)
    return std::nullopt;
  const uint64_t place = number % 10 - 1, local = number / 10 - first_number;
  for (uint64_t site = first; place < sensors_of_unit && site < first + count; ++site) {
    const uint64_t index = (local * facilities_.size() + site) * sensors_of_unit + place;
    if (index < sensors_.size() && sensor_id_of(static_cast<uint32_t>(index)) == name)
      return static_cast<uint32_t>(index);
  }
  return std::nullopt;
}

movement plant_layout::movement_of(uint32_t sensor) const {
  const auto& each = sensors_[sensor];
  if (!analog(sensor) || each.noise != plant_sensor::plain_noise)
    return {0, 0, 0, 0};
  return each.drifting ? movement{5, 4, 6, 4} : movement{0, 0, 0.2, 0.2};
}

double plant_layout::reach_of(uint32_t sensor) const {
  const auto* noise = noise_of(sensor);
  return noise ? std::max(0.0, noise->profile().reach() - 7) : movement_of(sensor).sum();
}

std::string_view plant_layout::noise_name_of(uint32_t sensor) const {
  const auto* noise = noise_of(sensor);
  return noise ? noise->profile().name : "plain";
}

alert_thresholds plant_layout::thresholds_of(uint32_t sensor, int64_t interval_ms) const {
  const auto& each = sensors_[sensor];
  alert_thresholds out;
  if (!analog(sensor))
    return out;
  // Fast noise is cut at 7 sigma, so no healthy reading comes here.
  const double moves = reach_of(sensor), near = (moves + 8) * each.sigma, far = (moves + 12) * each.sigma;
  // Two digits of sigma: as a person would set a limit.
  const int digits = 1 - static_cast<int>(std::floor(std::log10(std::max<double>(each.sigma, 1e-9))));
  const double scale = std::pow(10, std::abs(digits));
  const auto tidy = [&](double x) {
    return digits > 0 ? std::round(x * scale) / scale : std::round(x / scale) * scale;
  };
  out.low_low = tidy(each.level - far);
  out.low = tidy(each.level - near);
  out.high = tidy(each.level + near);
  out.high_high = tidy(each.level + far);
  out.rate = tidy((moves + 16) * 1.2 * each.sigma / std::max(1.0, static_cast<double>(interval_ms) / 1000));
  if (!(out.rate > 0))
    out.rate = absent;
  return out;
}

} // namespace millwright

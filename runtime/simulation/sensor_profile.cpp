#include "runtime/simulation/sensor_profile.hpp"

#include "runtime/simulation/counter_noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace millwright {

namespace {

struct known_kind {
  std::string_view part_of_name;
  std::string_view prefix;
  double low, high, noise;
  bool drifting;
  int interval;
};

/// The first row whose word is in the type's name and whose levels are inside its range.
constexpr std::array known_kinds{
    known_kind{"velocity", "VI", 1.5, 4, 0.04, false, 1},
    known_kind{"vibration", "VI", 0.4, 1.5, 0.04, false, 1},
    known_kind{"vibration", "VI", 1.5, 4, 0.04, false, 1},
    known_kind{"acceleration", "VI", 0.4, 1.5, 0.04, false, 1},
    known_kind{"temperature", "TI", 45, 85, 0.002, true, 10},
    known_kind{"humidity", "MI", 35, 60, 0.005, true, 60},
    known_kind{"differential_pressure", "PDI", 1.5, 4, 0.01, false, 2},
    known_kind{"pressure", "PI", 60, 180, 0.006, false, 2},
    known_kind{"pressure", "PI", 3, 9, 0.006, false, 2},
    known_kind{"flow", "FI", 80, 300, 0.006, true, 5},
    known_kind{"flow", "FI", 5, 20, 0.006, true, 5},
    known_kind{"level", "LI", 40, 60, 0.003, true, 15},
    known_kind{"power_factor", "JI", 0.8, 0.9, 0.002, true, 15},
    known_kind{"power", "JI", 5000, 40'000, 0.008, true, 5},
    known_kind{"power", "JI", 20, 80, 0.008, true, 5},
    known_kind{"current", "II", 20, 120, 0.008, true, 5},
    known_kind{"voltage", "EI", 395, 405, 0.002, false, 5},
    known_kind{"frequency", "SI", 49.9, 50.1, 0.0004, false, 5},
    known_kind{"speed", "SI", 1450, 1490, 0.002, false, 2},
    known_kind{"rpm", "SI", 1450, 1490, 0.002, false, 2},
    known_kind{"torque", "WI", 100, 400, 0.01, true, 5},
    known_kind{"ph", "AI", 6.8, 7.4, 0.003, false, 60},
    known_kind{"conductivity", "AI", 300, 900, 0.004, false, 300},
    known_kind{"sound", "NI", 70, 85, 0.01, false, 10},
    known_kind{"generic", "XI", 40, 60, 0.01, false, 30},
};

/// For what the table does not know.
constexpr std::array other_intervals{15, 30, 60, 300, 900};

uint64_t hash_of(std::string_view text) {
  uint64_t h = text.size();
  for (const char c : text)
    h = mix64(h ^ static_cast<unsigned char>(c));
  return h;
}

bool has(std::string_view text, std::string_view part) {
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) {
    const size_t end = at + part.size();
    // "ph" is not in "phase".
    if (part.size() > 3 || ((at == 0 || text[at - 1] == '_') && (end == text.size() || text[end] == '_')))
      return true;
  }
  return false;
}

} // namespace

sensor_profile profile_of(const sensor_type& type) {
  sensor_profile profile;
  profile.vibration = has(type.name, "vibration");
  profile.temperature = has(type.name, "temperature");
  if (has(type.name, "counter") || has(type.name, "hours")) {
    profile.prefix = "KQI";
    profile.counting = has(type.name, "hours") ? 1.0 / 3600 : 0.5;
    profile.interval = 60;
    profile.low = 1000;
    profile.high = 50'000;
    return profile;
  }
  if (type.report == report_kind::on_change) {
    profile.prefix = "ZI";
    profile.on_off = true;
    profile.interval = 15;
    profile.low = std::max(0.0, std::isfinite(type.range_min) ? type.range_min : 0.0);
    profile.high = profile.low + std::max(1.0, type.resolution);
    if (profile.high > type.range_max)
      profile.high = type.range_max;
    return profile;
  }
  for (const auto& each : known_kinds)
    if (has(type.name, each.part_of_name) && each.low >= type.range_min && each.high * 1.5 <= type.range_max &&
        each.low * each.noise >= type.resolution * 0.5) {
      profile.prefix = each.prefix;
      profile.low = each.low;
      profile.high = each.high;
      profile.noise = each.noise;
      profile.drifting = each.drifting;
      profile.interval = each.interval;
      return profile;
    }
  const uint64_t hash = hash_of(type.name);
  profile.prefix = "AI";
  profile.interval = other_intervals[hash % other_intervals.size()];
  profile.drifting = (hash >> 8) % 2 == 0;
  if (std::isfinite(type.range_min) && std::isfinite(type.range_max)) {
    const double span = type.range_max - type.range_min;
    profile.low = type.range_min + 0.25 * span;
    profile.high = type.range_min + 0.45 * span;
    // Of the level, though the span is what a range tells.
    profile.noise = 0.004 * span / std::max(std::fabs(profile.high), 1e-9);
  } else if (std::isfinite(type.range_min)) {
    profile.low += type.range_min;
    profile.high += type.range_min;
  }
  return profile;
}

double usual_level(const sensor_type::field& field) {
  struct row {
    std::string_view part;
    double level;
  };
  constexpr std::array rows{row{"humidity", 45}, row{"flow", 120},          row{"voltage", 400},
                            row{"current", 40},  row{"pressure", 90},       row{"temperature", 40},
                            row{"speed", 1480},  row{"power_factor", 0.86}, row{"frequency", 50.0}};
  for (const auto& each : rows)
    if (has(field.name, each.part))
      return each.level;
  return 50;
}

} // namespace millwright

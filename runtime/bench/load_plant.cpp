#include "runtime/bench/load_plant.hpp"

#include "protocol/failure.hpp"
#include "protocol/json.hpp"
#include "runtime/simulation/plant_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <random>

namespace millwright {

namespace {

constexpr uint32_t facilities = 3;
// In one facility: whole units of five, or of six.
constexpr uint32_t sensors_together = 30;
constexpr size_t id_digits = 7;
constexpr size_t noise_size = 8192;

uint64_t mixed(uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ull;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ull;
  return x ^ x >> 32;
}

void append_digits(std::string& out, uint64_t x, size_t digits) {
  char text[20];
  for (size_t i = digits; i-- > 0; x /= 10)
    text[i] = static_cast<char>('0' + x % 10);
  out.append(text, digits);
}

// Three decimals are enough here, and cost less than the shortest form of a double.
void append_decimal(std::string& out, double value) {
  char text[24];
  const auto scaled = static_cast<uint64_t>(std::llround(value * 1000));
  char* at = std::to_chars(text, text + sizeof text, scaled / 1000).ptr;
  out.append(text, at);
  out += '.';
  append_digits(out, scaled % 1000, 3);
}

// A second's text is the same for many readings in a row.
void append_time(std::string& out, event_time at) {
  thread_local int64_t second = -1;
  thread_local std::string text;
  const int64_t ms = epoch_ms(at);
  if (second != ms / 1000) {
    second = ms / 1000;
    text.clear();
    append_iso(text, from_epoch_ms(second * 1000));
    text.resize(text.size() - 4);
  }
  out += text;
  append_digits(out, static_cast<uint64_t>(ms % 1000), 3);
  out += 'Z';
}

} // namespace

namespace {

// By type: sensors deal the types out in turn.
constexpr uint32_t type_count = 5;
constexpr std::array<std::string_view, type_count> type_names{"temperature", "vibration", "pressure", "power",
                                                              "generic"};
constexpr std::array<std::string_view, type_count> prefixes{"TI-", "VI-", "PI-", "JI-", "XI-"};
constexpr std::array<double, type_count> levels{60, 2, 100, 5000, 200};
constexpr std::array<double, type_count> spreads{200, 3, 400, 20000, 600};
constexpr std::array<double, type_count> sigmas{0.4, 0.04, 2, 60, 2};
constexpr double limit_sigmas = 15, far_limit_sigmas = 20, beyond_sigmas = 30;

} // namespace

load_plant::load_plant(uint32_t sensors, const sensor_type_table& types, uint32_t sensors_of_unit)
    : sensors_{sensors}, sensors_of_unit_{sensors_of_unit} {
  for (const auto name : type_names) {
    const auto found = types.find(name);
    if (!found)
      throw failure{failure_code::bad_sensor_types, std::string{name}, "the benchmarks need this sensor type"};
    types_.push_back(*found);
  }
  std::mt19937_64 random{7};
  std::normal_distribution<float> normal;
  for (size_t i = 0; i < noise_size; ++i)
    noise_.push_back(std::clamp(normal(random), -3.2f, 3.2f));
}

double load_plant::level_of(uint32_t sensor) const {
  const auto kind = sensor % type_count;
  return levels[kind] + spreads[kind] * static_cast<double>(mixed(sensor % models) & 0xffff) * 0x1p-16;
}

double load_plant::value_of(uint32_t sensor, uint64_t turn, bool high) const {
  const auto kind = sensor % type_count;
  const double sigmas_away = high ? beyond_sigmas : noise_[(mixed(sensor) + turn * 97) % noise_size];
  return level_of(sensor) + sigmas[kind] * sigmas_away;
}

alert_thresholds load_plant::thresholds_of(uint32_t sensor) const {
  const double level = level_of(sensor), sigma = sigmas[sensor % type_count];
  alert_thresholds out;
  out.low_low = level - far_limit_sigmas * sigma;
  out.low = level - limit_sigmas * sigma;
  out.high = level + limit_sigmas * sigma;
  out.high_high = level + far_limit_sigmas * sigma;
  out.rate = 100 * sigma;
  return out;
}

std::string load_plant::sensor_id_of(uint32_t sensor) {
  std::string out{prefixes[sensor % type_count]};
  append_digits(out, sensor, id_digits);
  return out;
}

uint32_t load_plant::sensor_of_id(std::string_view id) const {
  uint32_t sensor = 0;
  if (id.size() != 3 + id_digits ||
      std::from_chars(id.data() + 3, id.data() + id.size(), sensor).ptr != id.data() + id.size() || sensor >= sensors_)
    return sensors_;
  return sensor;
}

std::string load_plant::facility_id_of(uint32_t sensor) {
  return "plant-" + std::to_string(sensor / sensors_together % facilities + 1);
}

std::string load_plant::equipment_id_of(uint32_t sensor) const {
  if (sensors_of_unit_ == 0)
    return {};
  std::string out = "pump-";
  append_digits(out, sensor / sensors_of_unit_, id_digits);
  return out;
}

void load_plant::append_json(std::string& out, uint32_t sensor, uint64_t turn, event_time at, bool high) const {
  const auto kind = sensor % type_count;
  const double value = value_of(sensor, turn, high);
  out += "{\"sensor_id\":\"";
  out += prefixes[kind];
  append_digits(out, sensor, id_digits);
  out += "\",\"timestamp\":\"";
  append_time(out, at);
  out += "\",\"facility_id\":\"plant-";
  out += static_cast<char>('1' + sensor / sensors_together % facilities);
  out += "\",\"sensor_type\":\"";
  out += type_names[kind];
  out += "\",\"quality_score\":0.9";
  out += static_cast<char>('0' + turn % 10);
  switch (kind) {
  case 0:
    out += ",\"temperature_celsius\":";
    append_decimal(out, value);
    out += ",\"humidity\":45.3}";
    break;
  case 1:
    out += ",\"acceleration_x\":";
    append_decimal(out, value * 0.6);
    out += ",\"acceleration_y\":";
    append_decimal(out, value * 0.48);
    out += ",\"acceleration_z\":";
    append_decimal(out, value * 0.64);
    out += '}';
    break;
  case 2:
    out += ",\"pressure_psi\":";
    append_decimal(out, value);
    out += ",\"flow_rate\":12.5}";
    break;
  case 3:
    out += ",\"voltage\":401.2,\"current\":33.1,\"power_watts\":";
    append_decimal(out, value);
    out += '}';
    break;
  default:
    out += ",\"value\":";
    append_decimal(out, value);
    out += ",\"unit\":\"l/min\"}";
  }
}

reading load_plant::reading_of(uint32_t sensor, uint64_t turn, event_time at) const {
  reading out;
  out.time = at;
  out.value = value_of(sensor, turn, false);
  out.quality = 0.9 + static_cast<double>(turn % 10) / 100;
  out.type = types_[sensor % type_count];
  return out;
}

sensor_context load_plant::context_of(uint32_t sensor) const {
  auto facility = std::make_shared<facility_info>();
  facility->id.text = facility_id_of(sensor);
  facility->known = true;
  sensor_context out;
  out.key = {facility->id, {sensor_id_of(sensor)}};
  out.facility = std::move(facility);
  out.equipment.text = equipment_id_of(sensor);
  out.thresholds = thresholds_of(sensor);
  return out;
}

void load_plant::write_metadata(const std::string& directory) const {
  std::string text;
  for (uint32_t i = 0; i < facilities; ++i) {
    json_object row{text};
    row.text("facility_id", facility_id_of(i * sensors_together));
    row.text("timezone", i == 0 ? "Europe/Berlin" : "UTC");
    row.close();
    text += '\n';
  }
  replace_file(directory + "/facilities.jsonl", text);
  text.clear();
  for (uint32_t i = 0; i < sensors_; ++i) {
    const auto thresholds = thresholds_of(i);
    std::string limits;
    json_object inner{limits};
    inner.number("low_low", thresholds.low_low).number("low", thresholds.low).number("high", thresholds.high);
    inner.number("high_high", thresholds.high_high).number("rate", thresholds.rate).close();
    json_object row{text};
    row.text("sensor_id", sensor_id_of(i)).text("facility_id", facility_id_of(i));
    if (sensors_of_unit_ > 0)
      row.text("equipment_id", equipment_id_of(i));
    row.raw("alert_thresholds", limits).close();
    text += '\n';
  }
  replace_file(directory + "/sensors.jsonl", text);
}

} // namespace millwright

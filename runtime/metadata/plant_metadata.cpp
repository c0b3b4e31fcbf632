#include "runtime/metadata/plant_metadata.hpp"

#include "protocol/binary.hpp"
#include "protocol/failure.hpp"
#include "runtime/metadata/kept_guidance.hpp"
#include "runtime/metadata/kept_rows.hpp"
#include "runtime/metadata/metadata_rows.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace millwright {

namespace {

constexpr uint8_t content_version = 1;

// A flood of invented facilities must not stay in memory.
constexpr size_t most_unknown = 10'000;

struct text_hash {
  using is_transparent = void;
  size_t operator()(std::string_view x) const { return std::hash<std::string_view>{}(x); }
};

template <class T>
using by_text = std::unordered_map<std::string, T, text_hash, std::equal_to<>>;

} // namespace

namespace {

// A row's `when` asks for it.
struct asked_sensor {
  std::string facility, sensor;
  size_t line = 0;
};

constexpr size_t most_asked_told = 20;

} // namespace

struct plant_metadata::rows {
  uint64_t fingerprint = 0;
  size_t facility_rows = 0, sensor_rows = 0;
  std::vector<std::string> notices;
  by_text<std::shared_ptr<const facility_info>> facilities;
  // An empty facility is every one.
  kept_rows sensors;
  // Of who says something of alarms.
  kept_guidance of_sensors, of_units;
  // Facility as above; then unit: the highest that a row of one of its sensors gives.
  by_text<by_text<criticality>> units;
  // Of rows of units; facility as above, then unit.
  by_text<by_text<operating_mode>> modes_of_units;
  // By the id of the sensor that decides.
  by_text<std::vector<mode_condition>> deciding;
  mutable std::mutex unknown_mutex;
  mutable by_text<std::shared_ptr<const facility_info>> unknown;

  criticality of_unit(std::string_view facility, std::string_view unit) const {
    const auto of_facility = units.find(facility);
    if (of_facility == units.end())
      return criticality::unknown;
    const auto found = of_facility->second.find(unit);
    return found == of_facility->second.end() ? criticality::unknown : found->second;
  }

  // A unit's holds for all of its sensors but for those that decide.
  operating_mode mode_of(const sensor_key& key, const sensor_info& info) const {
    if (info.when)
      return *info.when;
    for (const std::string_view site : {key.facility.view(), std::string_view{}}) {
      const auto of_facility = modes_of_units.find(site);
      if (of_facility == modes_of_units.end() || info.equipment.empty())
        continue;
      const auto found = of_facility->second.find(info.equipment.view());
      if (found == of_facility->second.end())
        continue;
      const auto& all = found->second.all_of;
      const bool decides =
          std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.sensor == key.sensor.text; });
      return decides ? operating_mode{} : found->second;
    }
    return {};
  }

  // Of a sensor that sends readings and has no row there is nothing wrong; as a rule it is a slip of the pen.
  void tell_unknown(const std::vector<asked_sensor>& asked, const std::string& file) {
    std::set<std::string, std::less<>> everywhere;
    sensors.for_each([&](std::string_view, std::string_view sensor, const sensor_info&) {
      if (deciding.contains(sensor))
        everywhere.emplace(sensor);
    });
    size_t told = 0;
    for (const auto& [facility, sensor, line] : asked)
      if (!(facility.empty() ? everywhere.contains(sensor)
                             : sensors.has(facility, sensor) || sensors.has({}, sensor)) &&
          ++told <= most_asked_told)
        notices.push_back(file + ':' + std::to_string(line) + ": `when` asks for " + sensor +
                          (facility.empty() ? "" : " of " + facility) +
                          ", which no row is about; as long as it sends nothing, rules hold from the tenth minute on");
    if (told > most_asked_told)
      notices.push_back(file + ": and " + std::to_string(told - most_asked_told) + " further rows whose `when` does");
  }

  void take_mode(const sensor_row& row) {
    if (!row.info.when)
      return;
    for (const auto& each : row.info.when->all_of) {
      auto& all = deciding[each.sensor];
      if (std::find(all.begin(), all.end(), each) == all.end())
        all.push_back(each);
    }
    if (row.sensor.empty())
      modes_of_units[row.facility][row.info.equipment.text] = *row.info.when;
  }

  row_guidance said_of_sensor(std::string_view facility, std::string_view sensor) const {
    return of_sensors.find(sensors.has(facility, sensor) ? facility : std::string_view{}, sensor);
  }
  row_guidance said_of_unit(std::string_view facility, std::string_view unit) const {
    return of_units.find(of_units.has(facility, unit) ? facility : std::string_view{}, unit);
  }
};

plant_metadata::plant_metadata() : plant_metadata{parse({}, {})} {}

plant_metadata plant_metadata::load(const std::string& facilities_path, const std::string& sensors_path) {
  return from_content(read_metadata(facilities_path, sensors_path));
}

plant_metadata plant_metadata::parse(std::string_view facilities_text, std::string_view sensors_text,
                                     std::string_view facilities_name, std::string_view sensors_name) {
  return from_content(metadata_content(facilities_text, sensors_text, facilities_name, sensors_name));
}

plant_metadata plant_metadata::from_content(std::string_view content) {
  return read(content, false);
}

plant_metadata plant_metadata::from_stored(std::string_view content) {
  return read(content, true);
}

plant_metadata plant_metadata::read(std::string_view content, bool stored) {
  binary_reader in{content};
  const uint8_t version = in.u8();
  const std::string facilities_name{in.text()}, sensors_name{in.text()};
  const auto facilities_text = in.text(), sensors_text = in.text();
  if (!in.ok() || !in.at_end() || version != content_version)
    throw failure{failure_code::bad_metadata, "", "the stored metadata is damaged, or of a newer millwright"};
  auto out = std::make_shared<rows>();
  out->fingerprint = fingerprint_of(content);
  std::vector<asked_sensor> asked;
  unknown_keys of_facilities{facility_keys()}, of_sensors{sensor_keys()};
  out->facility_rows = read_facility_rows(
      facilities_text, facilities_name,
      [&](facility_info info) {
        std::string id = info.id.text;
        out->facilities.insert_or_assign(std::move(id), std::make_shared<const facility_info>(std::move(info)));
      },
      of_facilities);
  out->sensor_rows = read_sensor_rows(
      sensors_text, sensors_name,
      [&](sensor_row row) {
        if (row.info.how_critical != criticality::unknown && !row.info.equipment.empty()) {
          auto& of_unit = out->units[row.facility][row.info.equipment.text];
          of_unit = std::max(of_unit, row.info.how_critical);
        }
        out->take_mode(row);
        if (row.info.when)
          for (const auto& each : row.info.when->all_of)
            asked.push_back({row.facility, each.sensor, row.line});
        if (row.sensor.empty()) {
          out->of_units.add(row.facility, row.info.equipment.text, row.says);
          return;
        }
        out->of_sensors.add(row.facility, row.sensor, row.says);
        out->sensors.add(row.facility, row.sensor, row.info);
      },
      of_sensors, stored);
  out->sensors.close();
  out->of_sensors.close();
  out->of_units.close();
  out->notices = of_facilities.told(facilities_name);
  for (auto& each : of_sensors.told(sensors_name))
    out->notices.push_back(std::move(each));
  out->tell_unknown(asked, sensors_name);
  return plant_metadata{std::move(out)};
}

uint64_t plant_metadata::fingerprint() const {
  return rows_->fingerprint;
}

std::vector<sensor_key> plant_metadata::sensors() const {
  std::vector<sensor_key> out;
  rows_->sensors.for_each([&](std::string_view facility, std::string_view sensor, const sensor_info&) {
    out.push_back({{std::string{facility}}, {std::string{sensor}}});
  });
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return std::tie(a.facility, a.sensor) < std::tie(b.facility, b.sensor);
  });
  return out;
}

std::optional<sensor_info> plant_metadata::lookup(std::string_view facility, std::string_view sensor) const {
  auto found = rows_->sensors.find(facility, sensor);
  return found ? std::move(found) : rows_->sensors.find({}, sensor);
}

std::shared_ptr<const facility_info> plant_metadata::facility(std::string_view id) const {
  if (const auto found = rows_->facilities.find(id); found != rows_->facilities.end())
    return found->second;
  const std::lock_guard lock{rows_->unknown_mutex};
  if (const auto found = rows_->unknown.find(id); found != rows_->unknown.end())
    return found->second;
  facility_info info;
  info.id.text = id;
  auto out = std::make_shared<const facility_info>(std::move(info));
  if (rows_->unknown.size() < most_unknown)
    rows_->unknown.emplace(id, out);
  return out;
}

void plant_metadata::fill(sensor_context& context) const {
  context.facility = facility(context.key.facility.text);
  auto info = lookup(context.key.facility.text, context.key.sensor.text).value_or(sensor_info{});
  context.when = rows_->mode_of(context.key, info).text();
  context.equipment = std::move(info.equipment);
  context.unit = info.unit;
  context.calibration_date = info.calibration_date;
  context.thresholds = info.thresholds;
  context.how_critical = info.how_critical;
  context.decides = rows_->deciding.contains(context.key.sensor.view());
  for (const std::string_view site : {context.key.facility.view(), std::string_view{}})
    if (context.how_critical == criticality::unknown && !context.equipment.empty())
      context.how_critical = rows_->of_unit(site, context.equipment.text);
}

std::span<const mode_condition> plant_metadata::decided_by(std::string_view sensor) const {
  const auto found = rows_->deciding.find(sensor);
  return found == rows_->deciding.end() ? std::span<const mode_condition>{} : found->second;
}

guidance_pointer plant_metadata::guidance(const condition_key& condition) const {
  alarm_guidance out;
  const auto& [facility, sensor, unit, which] = condition;
  if (!sensor.empty())
    out = rows_->said_of_sensor(facility.view(), sensor.view()).of(which);
  if (!unit.empty() && !facility.empty())
    out = joined(std::move(out), rows_->said_of_unit(facility.view(), unit.view()).of(which));
  return out.empty() ? nullptr : std::make_shared<const alarm_guidance>(std::move(out));
}

plant_metadata::without_action
plant_metadata::count_without_action(const std::function<bool(const sensor_info&)>& pages) const {
  std::map<std::pair<std::string, std::string>, bool> sensors, units;
  rows_->sensors.for_each([&](std::string_view facility, std::string_view sensor, const sensor_info& info) {
    if (!pages(info))
      return;
    const auto& unit = info.equipment;
    const bool of_unit = !unit.empty() && rows_->said_of_unit(facility, unit.view()).has_action();
    if (!unit.empty())
      units[{std::string{facility}, unit.text}] = of_unit;
    sensors[{std::string{facility}, std::string{sensor}}] =
        of_unit || rows_->of_sensors.find(facility, sensor).has_action();
  });
  without_action out;
  const auto count = [](const auto& all, size_t& total, size_t& without, std::string& first) {
    total = all.size();
    for (const auto& [name, has] : all) {
      without += !has;
      if (!has && first.empty())
        first = name.second + (name.first.empty() ? "" : " of " + name.first);
    }
  };
  count(sensors, out.sensors, out.sensors_without, out.first_sensor);
  count(units, out.units, out.units_without, out.first_unit);
  return out;
}

plant_metadata plant_metadata::with_models(std::shared_ptr<const model_set> models) const {
  auto out = *this;
  out.models_ = std::move(models);
  return out;
}

const std::vector<std::string>& plant_metadata::notices() const {
  return rows_->notices;
}

size_t plant_metadata::facility_rows() const {
  return rows_->facility_rows;
}

size_t plant_metadata::sensor_rows() const {
  return rows_->sensor_rows;
}

void check_shrink(const plant_metadata& current, const plant_metadata& next) {
  const auto check = [](const char* file, size_t before, size_t after) {
    // Whole numbers: exactly 20 % fewer is taken.
    if (after < before && (before - after) * 5 > before)
      throw failure{failure_code::bad_metadata, file,
                    std::to_string(after) + " rows instead of " + std::to_string(before) +
                        ": over 20 % fewer is taken for a file cut short"};
  };
  check("facilities", current.facility_rows(), next.facility_rows());
  check("sensors", current.sensor_rows(), next.sensor_rows());
}

std::string metadata_content(std::string_view facilities_text, std::string_view sensors_text,
                             std::string_view facilities_name, std::string_view sensors_name) {
  std::string out;
  binary_writer writer{out};
  writer.u8(content_version);
  writer.text(facilities_name);
  writer.text(sensors_name);
  writer.text(facilities_text);
  writer.text(sensors_text);
  return out;
}

std::string read_metadata_file(const std::string& path) {
  if (path.empty())
    return {};
  errno = 0;
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  if (in.peek() != std::ifstream::traits_type::eof())
    text << in.rdbuf();
  if (!in.is_open() || in.bad() || errno == EISDIR)
    throw failure{failure_code::bad_metadata, path, std::string{"cannot be read: "} + std::strerror(errno)};
  return text.str();
}

std::string read_metadata(const std::string& facilities_path, const std::string& sensors_path) {
  return metadata_content(read_metadata_file(facilities_path), read_metadata_file(sensors_path), facilities_path,
                          sensors_path);
}

uint64_t fingerprint_of(std::string_view content) {
  return std::hash<std::string_view>{}(content);
}

} // namespace millwright

#include "runtime/simulation/plant_files.hpp"

#include "protocol/failure.hpp"
#include "protocol/json.hpp"
#include "runtime/simulation/counter_noise.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace millwright {

namespace {

/// Written under another name, of this process alone, then renamed: a reader never sees half of it.
class whole_file {
public:
  explicit whole_file(const std::string& path) : path_{path}, temporary_{path + ".new-" + std::to_string(getpid())} {
    const auto directory = std::filesystem::path{path}.parent_path();
    std::error_code error;
    if (!directory.empty())
      std::filesystem::create_directories(directory, error);
    file_ = std::fopen(temporary_.c_str(), "wb");
    if (!file_)
      fail();
  }
  whole_file(const whole_file&) = delete;
  whole_file& operator=(const whole_file&) = delete;
  ~whole_file() {
    if (file_) {
      std::fclose(file_);
      std::remove(temporary_.c_str());
    }
  }

  void write(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), file_) != text.size())
      fail();
  }
  void finish() {
    if (std::fflush(file_) != 0)
      fail();
    std::fclose(file_);
    file_ = nullptr;
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0)
      fail();
  }

private:
  [[noreturn]] void fail() {
    throw failure{failure_code::output_unwritable, path_, std::string{"cannot be written: "} + std::strerror(errno)};
  }

  std::string path_, temporary_;
  std::FILE* file_ = nullptr;
};

void append_facility(std::string& out, const facility_info& info) {
  json_object line{out};
  line.text("facility_id", info.id.text).text("facility_name", info.name).text("location", info.location);
  line.text("timezone", info.timezone).text("production_line", info.production_line);
  line.close();
  out += '\n';
}

void append_sensor(std::string& out, const simulated_plant& plant, uint32_t sensor) {
  constexpr std::array schedules{"weekly", "monthly", "quarterly", "yearly"};
  const auto& layout = plant.layout();
  json_object line{out};
  line.text("sensor_id", layout.sensor_id_of(sensor));
  line.text("facility_id", layout.facilities()[layout.facility_of(sensor)].id.text);
  line.text("equipment_id", layout.equipment_id_of(plant_layout::unit_of(sensor)));
  line.text("unit", layout.unit_text_of(sensor));
  line.text("maintenance_schedule", schedules[mix64(plant_layout::unit_of(sensor), 3) % schedules.size()]);
  // Within the year before the plant's start.
  const auto calibrated = plant.start() - std::chrono::days{1 + mix64(sensor, 5) % 365};
  line.text("calibration_date", to_iso(calibrated).substr(0, 10));
  const auto limits = layout.thresholds_of(sensor, plant.schedule().interval_of(sensor) / 1'000'000);
  if (!std::isnan(limits.high)) {
    line.key("alert_thresholds");
    json_object inner{out};
    inner.number("low_low", limits.low_low).number("low", limits.low);
    inner.number("high", limits.high).number("high_high", limits.high_high);
    inner.number("rate", limits.rate);
    inner.close();
  }
  line.close();
  out += '\n';
}

} // namespace

namespace {

/// What moves each sensor while it is healthy, for who judges what was found in it.
void write_noises(const plant_layout& layout, const std::string& path) {
  std::string text;
  for (uint32_t i = 0; i < layout.sensors(); ++i) {
    if (!layout.noise_of(i))
      continue;
    json_object line{text};
    line.text("facility_id", layout.facilities()[layout.facility_of(i)].id.text);
    line.text("sensor_id", layout.sensor_id_of(i)).text("noise", layout.noise_name_of(i));
    line.close();
    text += '\n';
  }
  replace_file(path, text);
}

} // namespace

void append_truth(const simulated_plant& plant, event_time from, event_time to, std::string& out) {
  const auto& layout = plant.layout();
  const auto since = [&](event_time at) { return std::max<int64_t>(0, (at - plant.start()).count()) * 1'000'000; };
  const auto time_of = [&](int64_t ns) { return plant.start() + milliseconds{ns / 1'000'000}; };
  for (const auto& fault : plant.faults().between(since(from), since(to))) {
    json_object line{out};
    line.text("kind", name_of(fault.kind));
    line.text("facility_id", layout.facilities()[layout.facility_of(fault.sensor)].id.text);
    line.text("sensor_id", layout.sensor_id_of(fault.sensor));
    line.text("equipment_id", layout.equipment_id_of(plant_layout::unit_of(fault.sensor)));
    line.time("start", time_of(fault.start)).time("end", time_of(fault.end));
    line.number("strength", std::round(fault.strength * 1000) / 1000);
    if (fault.sigmas > 0)
      line.number("sigmas", fault.sigmas);
    line.close();
    out += '\n';
  }
}

void write_metadata(const simulated_plant& plant, const std::string& directory) {
  const std::filesystem::path folder{directory};
  std::string text;
  for (const auto& each : plant.layout().facilities())
    append_facility(text, each);
  replace_file((folder / "facilities.jsonl").string(), text);
  whole_file sensors{(folder / "sensors.jsonl").string()};
  text.clear();
  for (uint32_t i = 0; i < plant.layout().sensors(); ++i) {
    append_sensor(text, plant, i);
    if (text.size() > (1u << 20)) {
      sensors.write(text);
      text.clear();
    }
  }
  sensors.write(text);
  sensors.finish();
  if (plant.layout().mixed())
    write_noises(plant.layout(), (folder / "noise.jsonl").string());
}

void replace_file(const std::string& path, const std::string& content) {
  whole_file file{path};
  file.write(content);
  file.finish();
}

void append_to_file(const std::string& path, const std::string& content) {
  std::FILE* file = std::fopen(path.c_str(), "ab");
  const bool written = file && std::fwrite(content.data(), 1, content.size(), file) == content.size();
  const bool closed = file && std::fclose(file) == 0;
  if (!written || !closed)
    throw failure{failure_code::output_unwritable, path, std::string{"cannot be written: "} + std::strerror(errno)};
}

} // namespace millwright

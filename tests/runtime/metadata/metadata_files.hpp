#pragma once

#include "runtime/metadata/plant_metadata.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace millwright {

/// Facility F and sensor S, as files that a test changes; they go with it.
struct metadata_files {
  std::filesystem::path directory;
  std::string facilities, sensors;

  metadata_files() {
    std::string name = (std::filesystem::temp_directory_path() / "millwright-watch-XXXXXX").string();
    directory = ::mkdtemp(name.data());
    facilities = directory / "facilities.jsonl";
    sensors = directory / "sensors.jsonl";
    write(facilities, "{\"facility_id\":\"F\"}\n");
    unit("m");
  }
  ~metadata_files() { std::filesystem::remove_all(directory); }

  static void write(const std::string& path, const std::string& text) { std::ofstream{path, std::ios::binary} << text; }
  void unit(const std::string& of_s) const { write(sensors, "{\"sensor_id\":\"S\",\"unit\":\"" + of_s + "\"}\n"); }
  plant_metadata load() const { return plant_metadata::load(facilities, sensors); }
};

} // namespace millwright

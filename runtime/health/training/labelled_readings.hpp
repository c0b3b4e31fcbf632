#pragma once

#include "runtime/health/training/booster.hpp"
#include "runtime/settings/settings.hpp"
#include "runtime/types/sensor_type_table.hpp"

#include <functional>
#include <string>
#include <vector>

namespace millwright {

struct labelled_input {
  /// Metadata, what a quality means, and the mapping of CSV files.
  const node_settings& settings;
  const sensor_type_table& types;
  sensor_type_index wanted = 0;
  /// Files, or "-" for standard input.
  std::vector<std::string> paths;
};

/// The readings of one sensor type that say how sound their sensor was.
struct labelled_readings {
  training_rows rows;
  /// Of each row: index into `machines`.
  std::vector<uint32_t> machine_of;
  /// "compressor-10 (main-hamburg)": the unit that the metadata names, else the sensor itself.
  std::vector<std::string> machines;

  uint64_t of_other_types = 0, unlabelled = 0, refused = 0;
  /// The first that was refused: file:line and why. Empty: none.
  std::string first_refused;
};

/// Reads the files one after the other, as a node reads them: the same parser, quality scale, CSV mapping and local
/// time. Throws `failure`: bad_configuration with file:line where `health` is no number of 0 to 1, and what opening
/// a file throws.
labelled_readings read_labelled(const labelled_input& input);

} // namespace millwright

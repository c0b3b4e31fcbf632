#pragma once

#include "runtime/metadata/plant_metadata.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// The rows of a sensors file, as their bytes one behind the other: there are as many as sensors, and one is looked at
/// when its sensor comes or the file has changed. A map of strings would take three times as much.
class kept_rows {
public:
  /// Of equals the last one counts.
  void add(std::string_view facility, std::string_view sensor, const sensor_info& info);
  /// Gives spare memory back: no more are added.
  void close();
  std::optional<sensor_info> find(std::string_view facility, std::string_view sensor) const;

private:
  /// Of the cell that such a row is in, or would be.
  size_t cell_of(std::string_view facility, std::string_view sensor) const;
  void grow();

  std::string bytes_;
  /// Open addressing: where a row begins in `bytes_`, plus one; 0 for none.
  std::vector<uint64_t> cells_;
  size_t used_ = 0;
};

} // namespace millwright

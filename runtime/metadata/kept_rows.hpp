#pragma once

#include "runtime/metadata/packed_rows.hpp"
#include "runtime/metadata/plant_metadata.hpp"

#include <functional>
#include <optional>
#include <string_view>

namespace millwright {

/// The rows of a sensors file; one is looked at when its sensor comes or the file has changed.
class kept_rows {
public:
  /// Of equals the last one counts.
  void add(std::string_view facility, std::string_view sensor, const sensor_info& info);
  /// Gives spare memory back: no more are added.
  void close() { rows_.close(); }
  std::optional<sensor_info> find(std::string_view facility, std::string_view sensor) const;
  bool has(std::string_view facility, std::string_view sensor) const { return rows_.has(facility, sensor); }

  using visitor = std::function<void(std::string_view facility, std::string_view sensor, const sensor_info& info)>;
  void for_each(const visitor& visit) const;

private:
  packed_rows rows_;
};

} // namespace millwright

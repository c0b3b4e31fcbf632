#pragma once

#include "protocol/sensor_type.hpp"
#include "runtime/types/name_index.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// The node's sensor types; index 0 is `generic`. Immutable after loading, so any thread may read it.
class sensor_type_table {
public:
  /// Index 0 must be `generic`; names are distinct and each type has a primary measure. Throws `failure` otherwise.
  explicit sensor_type_table(std::vector<sensor_type> types);

  const std::vector<sensor_type>& types() const { return types_; }
  const sensor_type& operator[](sensor_type_index index) const { return types_[index]; }
  size_t size() const { return types_.size(); }

  /// By exact name; no allocation.
  std::optional<sensor_type_index> find(std::string_view name) const {
    const uint16_t found = names_.find(name);
    if (found == name_index::none)
      return std::nullopt;
    return found;
  }

private:
  std::vector<sensor_type> types_;
  name_index names_;
};

/// Reads a YAML file of sensor types (config/sensor-types.yaml tells the form); those of `shipped_sensor_types` where
/// `path` is empty.
/// Throws `failure` with file:line and what was expected at any mistake.
sensor_type_table load_sensor_types(const std::string& path);

/// As above, from the text itself; `name` stands in messages.
sensor_type_table parse_sensor_types(const std::string& text, const std::string& name);

/// config/sensor-types.yaml as it was when the program was built.
std::string_view shipped_sensor_types();

} // namespace millwright

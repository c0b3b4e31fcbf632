#pragma once

#include "runtime/types/sensor_type_table.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace millwright {

/// What a reading's JSON object may hold in one of its fields; null is absent.
enum class cell_kind : uint8_t { absent, text, number, other };

/// The fields that matter, of the reading being parsed: those of every reading and the measures of every type (the type
/// may come after its measures). Numbers are kept as text: few of them are needed.
class field_cells {
public:
  enum base : uint16_t { sensor_id, timestamp, facility_id, sensor_type, quality_score, unit, value, base_count };

  explicit field_cells(const sensor_type_table& types) {
    for (const auto name : {"sensor_id", "timestamp", "facility_id", "sensor_type", "quality_score", "unit", "value"})
      add(name);
    for (const auto& type : types.types()) {
      primary_begin_.push_back(primary_.size());
      for (const int each : type.primary)
        primary_.push_back(add(type.fields[static_cast<size_t>(each)].name));
    }
    primary_begin_.push_back(primary_.size());
    cells_.resize(names_.size() + 1);
  }

  struct cell {
    const char* at = nullptr;
    uint32_t size = 0;
    cell_kind kind = cell_kind::absent;
    uint64_t round = 0;

    std::string_view view() const { return {at, size}; }
  };

  /// Forgets what all cells hold.
  void clear() { ++round_; }

  /// The cell of the field called `name`, or one that nobody reads.
  cell& named(std::string_view name) {
    const uint16_t found = index_.find(name);
    return found == name_index::none ? cells_.back() : cells_[found];
  }

  void put(cell& to, cell_kind kind, const char* at, uint32_t size) const { to = {at, size, kind, round_}; }

  /// The cell at `index` as it is now.
  cell operator[](uint16_t index) const {
    const cell& x = cells_[index];
    return x.round == round_ ? x : cell{};
  }

  std::string_view name_of(uint16_t index) const { return names_[index]; }

  /// Cells that the type's primary measure needs.
  std::span<const uint16_t> primary_of(sensor_type_index type) const {
    return {primary_.data() + primary_begin_[type], primary_begin_[type + 1] - primary_begin_[type]};
  }

private:
  uint16_t add(std::string_view name) {
    if (const uint16_t found = index_.find(name); found != name_index::none)
      return found;
    const auto number = static_cast<uint16_t>(names_.size());
    index_.add(name, number);
    names_.emplace_back(name);
    return number;
  }

  name_index index_;
  std::vector<std::string> names_;
  std::vector<cell> cells_;
  std::vector<uint16_t> primary_;
  std::vector<size_t> primary_begin_;
  uint64_t round_ = 0;
};

} // namespace millwright

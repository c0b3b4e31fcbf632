#include "runtime/metadata/kept_rows.hpp"

#include "protocol/binary.hpp"
#include "protocol/entity.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace millwright {

namespace {

constexpr size_t first_cells = 64;

// The members, for both directions.
template <class Thresholds>
auto limits_of(Thresholds& of) {
  return std::array{&of.low_low, &of.low, &of.high, &of.high_high, &of.rate};
}

struct row_key {
  std::string_view facility, sensor;
};

row_key read_key(binary_reader& in) {
  const auto facility = in.text();
  return {facility, in.text()};
}

} // namespace

size_t kept_rows::cell_of(std::string_view facility, std::string_view sensor) const {
  const size_t mask = cells_.size() - 1;
  for (size_t at = mark_of(facility, sensor) & mask;; at = (at + 1) & mask) {
    if (cells_[at] == 0)
      return at;
    binary_reader in{std::string_view{bytes_}.substr(cells_[at] - 1)};
    if (const auto key = read_key(in); key.facility == facility && key.sensor == sensor)
      return at;
  }
}

void kept_rows::add(std::string_view facility, std::string_view sensor, const sensor_info& info) {
  if (used_ * 4 >= cells_.size() * 3)
    grow();
  auto& cell = cells_[cell_of(facility, sensor)];
  used_ += cell == 0;
  cell = bytes_.size() + 1;
  binary_writer out{bytes_};
  for (const std::string_view each :
       {facility, sensor, info.equipment.view(), std::string_view{info.unit},
        std::string_view{info.maintenance_schedule}, std::string_view{info.calibration_date}})
    out.text(each);
  out.u8(static_cast<uint8_t>(info.how_critical));
  const auto limits = limits_of(info.thresholds);
  uint8_t given = 0;
  for (size_t i = 0; i < limits.size(); ++i)
    given = static_cast<uint8_t>(given | (!std::isnan(*limits[i]) << i));
  out.u8(given);
  for (const auto* each : limits)
    if (!std::isnan(*each))
      out.f64(*each);
}

void kept_rows::close() {
  bytes_.shrink_to_fit();
}

std::optional<sensor_info> kept_rows::find(std::string_view facility, std::string_view sensor) const {
  const uint64_t begin = cells_.empty() ? 0 : cells_[cell_of(facility, sensor)];
  if (begin == 0)
    return std::nullopt;
  binary_reader in{std::string_view{bytes_}.substr(begin - 1)};
  read_key(in);
  sensor_info out;
  out.equipment.text = in.text();
  out.unit = in.text();
  out.maintenance_schedule = in.text();
  out.calibration_date = in.text();
  out.how_critical = static_cast<criticality>(in.u8());
  const uint8_t given = in.u8();
  const auto limits = limits_of(out.thresholds);
  for (size_t i = 0; i < limits.size(); ++i)
    if (given >> i & 1)
      *limits[i] = in.f64();
  return out;
}

void kept_rows::grow() {
  const auto old = std::exchange(cells_, std::vector<uint64_t>(std::max(first_cells, cells_.size() * 2)));
  for (const uint64_t begin : old)
    if (begin != 0) {
      binary_reader in{std::string_view{bytes_}.substr(begin - 1)};
      const auto key = read_key(in);
      cells_[cell_of(key.facility, key.sensor)] = begin;
    }
}

} // namespace millwright

#include "runtime/metadata/kept_rows.hpp"

#include "protocol/binary.hpp"

#include <array>
#include <cmath>
#include <string>

namespace millwright {

namespace {

// The members, for both directions.
template <class Thresholds>
auto limits_of(Thresholds& of) {
  return std::array{&of.low_low, &of.low, &of.high, &of.high_high, &of.rate};
}

constexpr uint8_t has_mode = 1 << 5;

sensor_info info_of(std::string_view row) {
  binary_reader in{row};
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
  if (given & has_mode)
    out.when = operating_mode::of(in.text());
  return out;
}

} // namespace

void kept_rows::add(std::string_view facility, std::string_view sensor, const sensor_info& info) {
  std::string row;
  binary_writer out{row};
  for (const std::string_view each :
       {info.equipment.view(), std::string_view{info.unit}, std::string_view{info.maintenance_schedule},
        std::string_view{info.calibration_date}})
    out.text(each);
  out.u8(static_cast<uint8_t>(info.how_critical));
  const auto limits = limits_of(info.thresholds);
  uint8_t given = 0;
  for (size_t i = 0; i < limits.size(); ++i)
    given = static_cast<uint8_t>(given | (!std::isnan(*limits[i]) << i));
  if (info.when)
    given |= has_mode;
  out.u8(given);
  for (const auto* each : limits)
    if (!std::isnan(*each))
      out.f64(*each);
  if (info.when)
    out.text(info.when->text());
  rows_.add(facility, sensor, row);
}

std::optional<sensor_info> kept_rows::find(std::string_view facility, std::string_view sensor) const {
  const auto row = rows_.find(facility, sensor);
  return row ? std::optional{info_of(*row)} : std::nullopt;
}

void kept_rows::for_each(const visitor& visit) const {
  rows_.for_each([&](std::string_view facility, std::string_view sensor, std::string_view row) {
    visit(facility, sensor, info_of(row));
  });
}

} // namespace millwright

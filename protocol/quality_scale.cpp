#include "protocol/quality_scale.hpp"

#include <array>
#include <cmath>

namespace millwright {

namespace {

/// Both OPCs keep it in two bits, and neither uses all of their values.
std::optional<double> of_two_bits(uint32_t bits, uint32_t good, uint32_t uncertain, uint32_t bad) {
  if (bits == good)
    return 1;
  if (bits == uncertain)
    return 0.5;
  if (bits == bad)
    return 0;
  return std::nullopt;
}

} // namespace

std::string_view name_of(quality_scale scale) {
  constexpr std::array<std::string_view, 4> names{"unit", "percent", "opc_da", "opc_ua"};
  return names[static_cast<size_t>(scale)];
}

std::string_view range_of(quality_scale scale) {
  constexpr std::array<std::string_view, 4> ranges{"0..1", "0..100", "a quality word of OPC DA (0..65535)",
                                                   "a status code of OPC UA (32 bits)"};
  return ranges[static_cast<size_t>(scale)];
}

std::optional<double> quality_of(double given, quality_scale scale) {
  switch (scale) {
  case quality_scale::unit:
    return given >= 0 && given <= 1 ? std::optional{given} : std::nullopt;
  case quality_scale::percent:
    return given >= 0 && given <= 100 ? std::optional{given / 100} : std::nullopt;
  case quality_scale::opc_da:
    // QQSSSSLL; the upper byte is the vendor's.
    if (!(given >= 0 && given <= 0xffff) || given != std::floor(given))
      return std::nullopt;
    return of_two_bits(static_cast<uint32_t>(given) >> 6 & 3, 3, 1, 0);
  case quality_scale::opc_ua:
    // Some gateways hand the code over as a signed number.
    if (given >= -0x1p31 && given < 0)
      given += 0x1p32;
    if (!(given >= 0 && given <= 0xffffffff) || given != std::floor(given))
      return std::nullopt;
    return of_two_bits(static_cast<uint32_t>(given) >> 30, 0, 1, 2);
  }
  return std::nullopt;
}

} // namespace millwright

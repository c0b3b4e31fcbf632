#include "protocol/quality_scale.hpp"

#include <doctest/doctest.h>

#include <limits>

namespace quality_scale_test {

using namespace millwright;

TEST_CASE("a quality of each scale becomes 0 to 1, and what the scale does not have becomes none") {
  struct row {
    quality_scale scale;
    double given;
    std::optional<double> expected;
  };
  const std::optional<double> none;
  for (const auto& each :
       {row{quality_scale::unit, 0, 0.0},
        {quality_scale::unit, 0.97, 0.97},
        {quality_scale::unit, 1, 1.0},
        {quality_scale::unit, 24, none},
        {quality_scale::unit, 192, none},
        {quality_scale::unit, -0.1, none},
        {quality_scale::percent, 97, 0.97},
        {quality_scale::percent, 0, 0.0},
        {quality_scale::percent, 100, 1.0},
        {quality_scale::percent, 192, none},
        {quality_scale::percent, -1, none},
        // Good, good with a local override, uncertain, bad: comm failure, the value that OPC does not use; a vendor's
        // byte.
        {quality_scale::opc_da, 192, 1.0},
        {quality_scale::opc_da, 216, 1.0},
        {quality_scale::opc_da, 64, 0.5},
        {quality_scale::opc_da, 24, 0.0},
        {quality_scale::opc_da, 0, 0.0},
        {quality_scale::opc_da, 128, none},
        {quality_scale::opc_da, 0x1234c0, none},
        {quality_scale::opc_da, 0x34c0, 1.0},
        {quality_scale::opc_da, 0.5, none},
        // Good, Uncertain, Bad, BadNoCommunication and it as a signed number; what OPC UA does not use.
        {quality_scale::opc_ua, 0, 1.0},
        {quality_scale::opc_ua, 0x40000000, 0.5},
        {quality_scale::opc_ua, 0x80000000, 0.0},
        {quality_scale::opc_ua, 0x80310000, 0.0},
        {quality_scale::opc_ua, -2144272384, 0.0},
        {quality_scale::opc_ua, 0xc0000000, none},
        {quality_scale::opc_ua, 0x1p32, none},
        {quality_scale::opc_ua, -0x1p31 - 1, none}}) {
    CAPTURE(name_of(each.scale));
    CAPTURE(each.given);
    CHECK(quality_of(each.given, each.scale) == each.expected);
    CHECK_FALSE(quality_of(std::numeric_limits<double>::quiet_NaN(), each.scale));
  }
}

} // namespace quality_scale_test

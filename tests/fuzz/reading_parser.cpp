// One payload through the parser, and through the plain reference: the same outcome, bit for bit.
#include "runtime/parse/reading_parser.hpp"
#include "tests/fuzz/input_bytes.hpp"
#include "tests/fuzz/must.hpp"
#include "tests/fuzz/reference_reading.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <memory>

using namespace millwright;
using namespace millwright::fuzz;

namespace {

const sensor_type_table& types() {
  static const auto table = load_sensor_types(MILLWRIGHT_FOLDER "/config/sensor-types.yaml");
  return table;
}

bool near(double x, long double wanted) {
  const long double off = x > wanted ? x - wanted : wanted - x;
  return off <= wanted * 1e-15L + 1e-323L;
}

void compare(const parse_outcome& out, const reference_reading& wanted) {
  must(out.sensor_id == wanted.sensor_id, "the sensor_id is as it stands in the payload");
  must(out.facility_id == wanted.facility_id, "the facility_id is as it stands in the payload");
  must(out.unit == wanted.unit, "the unit is as it stands in the payload");
  must(out.time == from_epoch_ms(wanted.time_ms), "the time is the timestamp's");
  must(out.type == wanted.type && out.unknown_type == wanted.unknown_type, "the type is the one that is named");
  must(std::isfinite(out.value), "an accepted value is finite");
  must(wanted.is_length
           ? near(out.value, wanted.value)
           : std::bit_cast<uint64_t>(out.value) == std::bit_cast<uint64_t>(static_cast<double>(wanted.value)),
       "the value is the nearest double");
  must(out.quality_out_of_range == wanted.quality_out_of_range, "a quality outside 0..1 is told");
  must(std::isnan(wanted.quality) ? std::isnan(out.quality) : out.quality == wanted.quality, "the quality is as given");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static reading_parser parser{types()};
  input_bytes in{data, size};
  const uint8_t how = in.byte();
  constexpr std::string_view keys[] = {"", "", "TI-\xc3\xa9", "\xff"};
  const auto key = keys[how & 3];
  const auto arrival = how & 4 ? std::optional{from_epoch_ms(1'795'000'000'000)} : std::nullopt;

  // Exactly its size, so that a byte read behind it is seen.
  const auto text = in.rest();
  const std::unique_ptr<char[]> payload{new char[text.size()]};
  if (!text.empty())
    std::memcpy(payload.get(), text.data(), text.size());
  const auto out = parser.parse(payload.get(), text.size(), key, arrival);
  const auto wanted =
      read_plainly(text, key, arrival ? std::optional{epoch_ms(*arrival)} : std::optional<int64_t>{}, types());

  must((out.status == parse_status::blank) == wanted.blank, "blank is what holds nothing but space");
  if (out.rejected()) {
    must(!wanted.reasons.empty(), "a good reading is accepted");
    must(wanted.reasons.contains(out.reason), "the reason given holds");
    must(!out.detail.empty(), "a rejection says why");
  }
  if (!out.accepted()) {
    must(std::string_view(payload.get(), text.size()) == text, "a payload that is not accepted stays as it was");
    return 0;
  }
  must(wanted.reasons.empty(), "a bad reading is rejected");
  const auto inside = [&](std::string_view x, std::string_view of) {
    return x.data() >= of.data() && x.data() + x.size() <= of.data() + of.size();
  };
  const std::string_view whole{payload.get(), text.size()};
  must(inside(out.sensor_id, whole) || inside(out.sensor_id, key), "the sensor_id points into payload or key");
  must(inside(out.facility_id, whole), "the facility_id points into the payload");
  must(out.unit.empty() || inside(out.unit, whole), "the unit points into the payload");
  compare(out, wanted);
  return 0;
}

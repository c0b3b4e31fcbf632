// Any text as the plant's metadata: facilities, a line of equals signs, sensors.
#include "protocol/failure.hpp"
#include "runtime/metadata/local_clock.hpp"
#include "runtime/metadata/plant_metadata.hpp"
#include "runtime/metadata/stored_metadata.hpp"
#include "tests/fuzz/must.hpp"

#include <algorithm>
#include <cmath>

using namespace millwright;
using namespace millwright::fuzz;

namespace {

void must_be_usable(const plant_metadata& plant) {
  for (const char* facility : {"F", "main-plant", ""})
    for (const char* sensor : {"S", "TI-101"}) {
      sensor_context context;
      context.key = {{facility}, {sensor}};
      plant.fill(context);
      must(context.facility != nullptr && context.facility->id.text == facility, "a facility is never null");
      must(is_time_zone(context.facility->timezone), "a facility that is taken has a time zone");
      for (const auto which : {rule::limit, rule::stale})
        if (const auto says = plant.guidance({{facility}, {sensor}, context.equipment, which})) {
          must(!says->empty(), "who has nothing to say is not heard");
          must(says->action.size() <= 4 * longest_guidance, "what is to be done is bounded");
          must(says->respond_within.count() >= 0 && says->respond_within <= longest_response,
               "a time to respond is one");
        }
      const auto& t = context.thresholds;
      must(!(t.low > t.high) && !(t.low_low > t.high_high) && !(t.high > t.high_high) && !(t.low_low > t.low),
           "thresholds are in order");
      for (const double each : {t.low_low, t.low, t.high, t.high_high, t.rate})
        must(!std::isinf(each), "a threshold is finite");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const plant_metadata nothing;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const size_t middle = std::min(text.find("\n==\n"), text.size());
  try {
    const auto facilities = text.substr(0, middle), sensors = text.substr(std::min(middle + 4, text.size()));
    const auto plant = plant_metadata::parse(facilities, sensors);
    must_be_usable(plant);
    const auto again = plant_metadata::from_content(metadata_content(facilities, sensors, "facilities", "sensors"));
    must(again.fingerprint() == plant.fingerprint() && again.sensor_rows() == plant.sensor_rows(),
         "content is read back");
    check_shrink(nothing, plant);
  } catch (const failure& mistake) {
    must(mistake.what()[0] != '\0', "a mistake is told");
  }
  try {
    const auto content = content_of_stored(text);
    must(content_of_stored(stored_metadata(content)) == content, "content is stored as it is");
    must_be_usable(plant_metadata::from_content(content));
  } catch (const failure&) {
  }
  return 0;
}

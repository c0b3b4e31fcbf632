// Any text as a file of sensor types: a table in which every type can be used, or a mistake told as `failure`.
#include "protocol/failure.hpp"
#include "runtime/types/sensor_type_table.hpp"
#include "tests/fuzz/must.hpp"

#include <cmath>

using namespace millwright;
using namespace millwright::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const auto table = parse_sensor_types({reinterpret_cast<const char*>(data), size}, "types.yaml");
    must(table.size() > 0 && table[0].name == "generic", "generic is first");
    for (size_t i = 0; i < table.size(); ++i) {
      const auto& type = table.types()[i];
      must(table.find(type.name) == static_cast<sensor_type_index>(i), "a type is found by its name");
      must(!type.primary.empty(), "a type has a primary measure");
      for (const int each : type.primary)
        must(each >= 0 && static_cast<size_t>(each) < type.fields.size(), "a primary measure is one of the fields");
      must(type.range_min < type.range_max, "a range holds something");
      must(type.resolution >= 0 && std::isfinite(type.resolution), "a resolution is a number");
      must(type.deadband >= 0 && std::isfinite(type.deadband) && type.alarm_delay.count() >= 0, "delays make sense");
    }
  } catch (const failure& mistake) {
    must(mistake.what()[0] != '\0', "a mistake is told");
  }
  return 0;
}

#include "runtime/types/sensor_type_table.hpp"

#include "protocol/failure.hpp"

#include <algorithm>

namespace millwright {

sensor_type_table::sensor_type_table(std::vector<sensor_type> types) : types_{std::move(types)} {
  const auto refuse = [](const std::string& what) { throw failure{failure_code::bad_sensor_types, "", what}; };
  if (types_.empty() || types_.front().name != "generic")
    refuse("the first sensor type has to be `generic`");
  if (types_.size() >= name_index::none)
    refuse("there are more than 65534 sensor types");
  for (size_t i = 0; i < types_.size(); ++i) {
    const auto& type = types_[i];
    const auto known = [&](int field) { return field >= 0 && static_cast<size_t>(field) < type.fields.size(); };
    if (type.primary.empty() || !std::all_of(type.primary.begin(), type.primary.end(), known))
      refuse("sensor type `" + type.name + "` has no primary measure");
    if (!names_.add(type.name, static_cast<uint16_t>(i)))
      refuse("sensor type `" + type.name + "` is there twice");
  }
}

} // namespace millwright

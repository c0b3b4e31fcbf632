#include "runtime/hosting/hosted_types.hpp"

namespace millwright {

hosted_types::hosted_types(const std::map<std::string, std::string>& set) {
  for (const auto* each : registered_actor_types())
    all_.push_back({each, actor_settings{each->settings}});
  for (const auto& [name, text] : set) {
    const auto dot = name.find('.');
    if (const uint16_t number = find(std::string_view{name}.substr(0, dot)); number < size() && dot != name.npos)
      all_[number].settings.set(std::string_view{name}.substr(dot + 1), text);
  }
}

uint16_t hosted_types::find(std::string_view name) const {
  uint16_t number = 0;
  while (number < size() && all_[number].type->name != name)
    ++number;
  return number;
}

} // namespace millwright

#include "runtime/hosting/hosted_types.hpp"

#include "protocol/failure.hpp"

#include <utility>

namespace millwright {

hosted_types::hosted_types(const std::map<std::string, std::string>& set) {
  for (const auto* each : registered_actor_types())
    if (!each->own_shell)
      all_.push_back({each, actor_settings{each->settings}});
  for (const auto& [name, text] : set) {
    const auto dot = name.find('.');
    if (const uint16_t number = find(std::string_view{name}.substr(0, dot)); number < size() && dot != name.npos)
      all_[number].settings.set(std::string_view{name}.substr(dot + 1), text);
  }
  for (const auto& each : all_)
    if (each.type->bounds)
      each.type->bounds(each.settings, bounds_);
}

std::vector<std::string> hosted_types::mistakes(std::span<const sensor_type> types) const {
  std::vector<std::string> out;
  for (const auto& each : all_) {
    auto problem = each.type->problem_with_types ? each.type->problem_with_types(each.settings, types) : std::string{};
    if (!problem.empty())
      out.push_back("actors." + std::string{each.type->name} + ": " + std::move(problem));
  }
  return out;
}

void hosted_types::check(std::span<const sensor_type> types) const {
  std::string all;
  for (const auto& each : mistakes(types))
    all += (all.empty() ? "" : "\n") + each;
  if (!all.empty())
    throw failure{failure_code::bad_configuration, {}, all};
}

uint16_t hosted_types::find(std::string_view name) const {
  uint16_t number = 0;
  while (number < size() && all_[number].type->name != name)
    ++number;
  return number;
}

} // namespace millwright

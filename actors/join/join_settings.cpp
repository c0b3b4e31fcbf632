#include "actors/join/join_settings.hpp"

#include "actors/join/join_pairs.hpp"

namespace millwright {

std::span<const actor_setting> join_settings() {
  using enum actor_setting::kind;
  static constexpr actor_setting all[] = {
      {"pairs", text, "",
       "which sensor types are joined, parted by semicolons: \"NAME: PRIMARY SECONDARY within 1min on equipment_id\", "
       "or "
       "\"on facility_id\"; \"vibration-temperature\" alone is the shipped one; empty: none"},
      {"delay", duration, "2min", "how long readings that come late are waited for", 0, 86'400},
  };
  return all;
}

std::string join_settings_problem(const actor_settings& settings) {
  std::string out;
  for (const auto& each : joins_of(settings).problems)
    out += (out.empty() ? "" : "; ") + each;
  return out;
}

} // namespace millwright

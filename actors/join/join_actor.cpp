#include "actors/join/join_actor.hpp"

#include "actors/join/join_model.hpp"
#include "actors/join/join_pairs.hpp"
#include "actors/join/join_row.hpp"
#include "actors/join/join_settings.hpp"
#include "actors/kit/hosted_actor.hpp"

#include <algorithm>
#include <array>

namespace millwright {

namespace {

constexpr std::array rows{&join_row::schema};

std::string problem_with_types(const actor_settings& settings, std::span<const sensor_type> types) {
  const auto known = [&](std::string_view name) {
    return std::any_of(types.begin(), types.end(), [&](const sensor_type& each) { return each.name == name; });
  };
  std::string out;
  for (const auto& each : joins_of(settings).unknown_types(known))
    out += (out.empty() ? "" : "; ") + each;
  return out;
}

} // namespace

const actor_type& join_actor() {
  static const actor_type type = [] {
    actor_type out;
    out.name = "join";
    out.meaning = "readings of two types that belong together, as configured";
    out.settings = join_settings();
    out.problem = join_settings_problem;
    out.problem_with_types = problem_with_types;
    out.rows = rows;
    out.targets = join_targets;
    return actor_type_of<join_model>(out);
  }();
  return type;
}

} // namespace millwright

#include "actors/join/join_actor.hpp"

#include "actors/join/join_model.hpp"
#include "actors/join/join_pairs.hpp"
#include "actors/join/join_row.hpp"
#include "actors/join/join_settings.hpp"
#include "actors/kit/hosted_actor.hpp"

#include <array>

namespace millwright {

namespace {

constexpr std::array rows{&join_row::schema};

std::string problem(const actor_settings& settings) {
  std::string out;
  for (const auto& each : parse_joins(settings.text("pairs")).problems)
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
    out.problem = problem;
    out.rows = rows;
    out.targets = join_targets;
    return actor_type_of<join_model>(out);
  }();
  return type;
}

} // namespace millwright

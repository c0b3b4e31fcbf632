#include "actors/facility/facility_actor.hpp"

#include "actors/facility/facility_model.hpp"
#include "actors/facility/facility_row.hpp"
#include "actors/facility/facility_settings.hpp"
#include "actors/kit/hosted_actor.hpp"

#include <array>

namespace millwright {

namespace {

constexpr std::array rows{&facility_row::schema};

} // namespace

const actor_type& facility_actor() {
  static const actor_type type = [] {
    actor_type out;
    out.name = "facility";
    out.meaning = "a site: how much its sensors say, how good it is, which are in which state";
    out.settings = facility_settings();
    out.problem = facility_settings_problem;
    out.rows = rows;
    out.targets = facility_targets;
    out.seen_at_once = true;
    return actor_type_of<facility_model>(out);
  }();
  return type;
}

} // namespace millwright

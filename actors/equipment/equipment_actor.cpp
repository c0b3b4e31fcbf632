#include "actors/equipment/equipment_actor.hpp"

#include "actors/equipment/unit_model.hpp"
#include "actors/equipment/unit_rows.hpp"
#include "actors/kit/hosted_actor.hpp"

#include <array>

namespace millwright {

namespace {

// There is one for some sensors, in an allocator's 768.
static_assert(sizeof(caf::actor_storage<hosted_watcher<unit_model>>) <= 768);

constexpr std::array rows{&equipment_row::schema, &session_row::schema, &equipment_state_row::schema};

} // namespace

const actor_type& equipment_actor() {
  static const actor_type type = [] {
    actor_type out;
    out.name = "equipment";
    out.meaning = "a unit: its figures by type, sessions, runtime, presence, how it is and why";
    out.settings = equipment_settings();
    out.problem = equipment_settings_problem;
    out.rows = rows;
    out.targets = equipment_targets;
    return actor_type_of<unit_model>(out);
  }();
  return type;
}

} // namespace millwright

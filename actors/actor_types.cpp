#include "actors/equipment/equipment_actor.hpp"
#include "actors/facility/facility_actor.hpp"
#include "actors/join/join_actor.hpp"
#include "actors/line/line_actor.hpp"
#include "actors/sensor/kind_of_sensor_actor.hpp"
#include "protocol/result_catalogue.hpp"

namespace millwright {

namespace {

std::vector<const actor_type*>& all() {
  static std::vector<const actor_type*> types;
  return types;
}

} // namespace

std::span<const actor_type* const> registered_actor_types() {
  return all();
}

void register_actor_type(const actor_type& type) {
  all().push_back(&type);
  declare_actor(type);
  for (const auto* rows : type.rows)
    declare_result_kind(*rows);
}

void register_built_in_actor_types() {
  static const bool once = [] {
    // One line a kind; the order is that of people's lists.
    register_actor_type(sensor_kind());
    register_actor_type(facility_actor());
    register_actor_type(line_actor());
    register_actor_type(equipment_actor());
    register_actor_type(join_actor());
    return true;
  }();
  static_cast<void>(once);
}

} // namespace millwright

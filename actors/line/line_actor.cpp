#include "actors/line/line_actor.hpp"

#include "actors/kit/hosted_actor.hpp"
#include "actors/line/line_model.hpp"
#include "actors/line/line_row.hpp"
#include "actors/line/line_settings.hpp"

#include <array>

namespace millwright {

namespace {

constexpr std::array rows{&line_row::schema};

} // namespace

const actor_type& line_actor() {
  static const actor_type type = [] {
    actor_type out;
    out.name = "line";
    out.meaning = "a production line: power, vibration and temperature by shift, and its efficiency";
    out.settings = line_settings();
    out.problem = line_settings_problem;
    out.rows = rows;
    out.targets = line_targets;
    return actor_type_of<line_model>(out);
  }();
  return type;
}

} // namespace millwright

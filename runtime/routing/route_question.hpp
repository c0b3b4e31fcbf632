#pragma once

#include "actors/route/route_table.hpp"
#include "runtime/routing/known_plant.hpp"

#include <optional>
#include <string>

namespace millwright {

/// An alarm that somebody asks about.
struct route_question {
  std::string facility, unit;
  rule which{};
  /// Where they are not given: as the plant's files and the settings have them.
  std::optional<std::string> line;
  std::optional<severity> level;
  std::optional<int> priority;
  std::string type;
  event_time at;
};

/// Who would be told of it and why, route by route: some lines for a person.
std::string answer_to(const route_question& x, const node_settings& settings, const known_plant& plant);

} // namespace millwright

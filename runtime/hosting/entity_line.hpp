#pragma once

#include "actors/kit/hosted_model.hpp"
#include "protocol/entity.hpp"

namespace millwright {

/// A line of a list of hosted actors.
struct entity_line {
  entity_key key;
  headline line;
  event_time newest = never;

  friend bool operator==(const entity_line&, const entity_line&) = default;
};

} // namespace millwright

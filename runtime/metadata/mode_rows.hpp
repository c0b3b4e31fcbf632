#pragma once

#include "protocol/operating_mode.hpp"

#include <rapidjson/document.h>

#include <optional>
#include <stdexcept>
#include <string_view>

namespace millwright {

inline constexpr std::string_view when_key = "when", when_rules_key = "when_rules";

/// What `mode_in` finds wrong, in words.
struct bad_mode : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What a row of a sensors file says of when its rules hold: `when`, a condition or a list of them that all have to
/// hold, and `when_rules`, a list of rules. None where there is no `when`; an empty list is always. Throws bad_mode.
/// @param sensor the row's; empty: it is a unit's.
std::optional<operating_mode> mode_in(const rapidjson::Value& row, std::string_view sensor);

} // namespace millwright

#pragma once

#include "protocol/ids.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// What a person types of an id, or of its beginning: lower-case digits, without dashes. None for what is no beginning
/// of one.
std::optional<std::string> id_digits(std::string_view text);

/// @param digits as `id_digits` gives them.
bool begins_with(const uuid& id, std::string_view digits);

} // namespace millwright

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// The name among `known` that `typed` was probably meant to be (optimal string alignment distance at most a third of
/// its length, at least 1); empty when none is near. The first of equally near ones.
std::string nearest_name(std::string_view typed, const std::vector<std::string>& known);

/// " (did you mean X?)", or nothing.
std::string did_you_mean(std::string_view typed, const std::vector<std::string>& known);

} // namespace millwright

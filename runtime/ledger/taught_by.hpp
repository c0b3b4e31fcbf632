#pragma once

#include <string_view>

namespace millwright {

/// Among the small named state of a node: which recordings taught its ledger, in words.
inline constexpr std::string_view taught_by_entry = "taught-by";

} // namespace millwright

#pragma once

#include <string_view>

namespace millwright::alarm_reason {

/// Of an alarm that ends because what its rule had learned is gone (a new form of the rule): people are told of all
/// such in one message.
inline constexpr std::string_view learns_anew = "its rule learns anew";

} // namespace millwright::alarm_reason

#pragma once

#include <string_view>

namespace millwright::alarm_reason {

/// Of an alarm that ends because what its rule had learned is gone (a new form of the rule): people are told of all
/// such in one message.
inline constexpr std::string_view learns_anew = "its rule learns anew";

/// Of one whose sensor the node does not know any more, or is not to judge any more.
inline constexpr std::string_view forgotten = "its sensor was forgotten", retired = "its sensor was retired";

} // namespace millwright::alarm_reason

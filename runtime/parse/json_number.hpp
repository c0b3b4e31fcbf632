#pragma once

#include <optional>
#include <string_view>

namespace millwright {

/// The double nearest to a JSON number (whose form has been checked); none when it is beyond a double. What is too
/// small for a double is zero.
std::optional<double> json_number(std::string_view text);

/// RapidJSON takes some finite numbers for too big (0e400, or 400 digits and e-200), makes something of nothing (0e104
/// becomes -3e150), and leaves its tables at some that are none (90 digits and E304.9). Writes each long or extreme
/// number of the JSON text in `[begin, end)` anew in its shortest form, with spaces behind it, and dots over what is no
/// number. False when one is beyond a double. Text that is no JSON stays none.
bool tame_json_numbers(char* begin, char* end);

/// Whether a fraction or an exponent stands behind Infinity, Inf or NaN. RapidJSON, where it takes these, then reads
/// the digits of a number that it does not have: beyond its buffer, when it reads numbers with full precision.
bool goes_on_behind_word(std::string_view json);

} // namespace millwright

#pragma once

#include "protocol/reading.hpp"
#include "protocol/time.hpp"

#include <string>
#include <string_view>

namespace millwright {

/// Appends a line of `dead-letters` (semantics 12), line feed included. Bytes of the payload that are no UTF-8 become
/// U+FFFD. `at`: arrival, or the split's time where there is none.
void append_dead_letter(std::string& out, event_time at, std::string_view split, uint64_t position,
                        std::string_view reason, std::string_view detail, std::string_view payload);

/// What an accepted reading says, as JSON: the payload of a dead letter for one that no actor takes.
std::string payload_of(const reading& r);

/// `text` with every byte that is not part of valid UTF-8 replaced.
std::string valid_utf8(std::string_view text);

} // namespace millwright

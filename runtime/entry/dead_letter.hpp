#pragma once

#include "protocol/reading.hpp"
#include "protocol/time.hpp"
#include "runtime/barrier/collector.hpp"
#include "runtime/entry/letter_allowance.hpp"

#include <string>
#include <string_view>

namespace millwright {

/// Something that no sensor takes, and why.
struct dead_letter {
  /// Arrival, or the split's time where there is none.
  event_time at;
  std::string_view split;
  uint64_t position = 0;
  std::string_view reason, detail, payload;
};

/// Appends a line of `dead-letters` (semantics 12), line feed included. Bytes of the payload that are no UTF-8 become
/// U+FFFD.
void append_dead_letter(std::string& out, const dead_letter& letter);

/// Keeps the letter for the barrier of `to`, if its split's allowance holds for it at `split_time`; else it is counted
/// there as not kept. Returns the bytes that it takes.
size_t keep_dead_letter(letter_allowance& allowance, event_time split_time, uint32_t most, const dead_letter& letter,
                        barrier_output& to);

/// What an accepted reading says, as JSON: the payload of a dead letter for one that no actor takes.
std::string payload_of(const reading& r);

/// `text` with every byte that is not part of valid UTF-8 replaced.
std::string valid_utf8(std::string_view text);

} // namespace millwright

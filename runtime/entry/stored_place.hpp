#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// What is committed of a split beside its position: where it stands in which log.
struct stored_place {
  /// How often the log was made anew, as far as that was tolerated: positions and decisions are of one log.
  uint32_t log = 0;
  /// The source's own (split_place::mark).
  std::string mark;
};

/// Its name among the states of splits in the ledger.
std::string place_entry(std::string_view split);

/// The stored form, behind a version byte.
std::string encode(const stored_place& place);
/// None when it is damaged or of a newer version.
std::optional<stored_place> decode_place(std::string_view in);

/// The name under which decisions about a split's log are kept.
std::string log_name(std::string_view split, uint32_t log);

} // namespace millwright

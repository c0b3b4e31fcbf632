#pragma once

#include "protocol/ids.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// In `meta` of a ledger and of its alarm journal: what only these two have in common (runtime/journal/store_pair).
inline constexpr std::string_view pair_mark_name = "pair";

/// As both store it: its 16 bytes.
inline std::string encode_pair_mark(const uuid& mark) {
  return {mark.bytes.begin(), mark.bytes.end()};
}

/// None: it is no such mark.
inline std::optional<uuid> decode_pair_mark(std::string_view bytes) {
  uuid out;
  if (bytes.size() != out.bytes.size())
    return std::nullopt;
  std::transform(bytes.begin(), bytes.end(), out.bytes.begin(), [](char c) { return static_cast<uint8_t>(c); });
  return out;
}

} // namespace millwright

#pragma once

#include <cstdint>
#include <string>

namespace millwright {

/// What of the supervision tree a person wants to see.
struct tree_request {
  /// An actor's.
  std::string name = "node";
  /// tree: those of this kind right below it, one by one; empty: all that stands below, of large numbers how many.
  std::string kind;
  /// With `kind`: where to go on, as the answer before said; and how many.
  uint64_t from = 0;
  uint32_t limit = 1000;
  /// Without `kind`: more of a kind than this below one actor are told as a number.
  uint32_t most = 20;
};

inline constexpr uint32_t most_tree_rows = 10'000, most_tree_unfolded = 1000;

} // namespace millwright

#pragma once

#include "protocol/result_catalogue.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millwright {

/// Figures that a commit carries on, in `meta` under "state".
struct ledger_totals {
  /// Of the last commit.
  uint64_t number = 0;
  /// The next stored transition's place in the order.
  uint64_t next_transition = 0;
  /// By the place of the kind: what its blocks take on disk.
  std::array<uint64_t, most_result_kinds> result_bytes{};

  uint64_t all_result_bytes() const {
    uint64_t sum = 0;
    for (const auto bytes : result_bytes)
      sum += bytes;
    return sum;
  }
};

std::string encode(const ledger_totals& totals);
std::optional<ledger_totals> decode_ledger_totals(std::string_view payload);

/// Disk space of a result block of this stored size: larger values have pages of their own.
uint64_t space_of_block(uint64_t stored_size);

} // namespace millwright

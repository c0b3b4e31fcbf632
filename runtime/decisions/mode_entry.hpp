#pragma once

#include "protocol/operating_mode.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// What the readings of one split decided of machines' modes, as the log of another split keeps it, whose sensors
/// depend on it: one line of JSON,
///   {"modes":[{"facility_id":"main","sensor":"PW-301","above":5,"for_ms":60000,"holds":true,"number":1767225600000}]}
struct mode_entry {
  struct one {
    std::string facility;
    mode_condition of;
    bool holds = false;
    /// Greater than that of what was decided of the condition before.
    uint64_t number = 0;

    friend bool operator==(const one&, const one&) = default;
  };

  std::vector<one> all;

  std::string content() const;
  /// None when it is damaged.
  static std::optional<mode_entry> of(std::string_view content);

  friend bool operator==(const mode_entry&, const mode_entry&) = default;
};

} // namespace millwright

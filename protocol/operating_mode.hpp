#pragma once

#include "protocol/rules.hpp"
#include "protocol/time.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// Holds while another sensor of the same facility has been above, or below, a bound for so long.
struct mode_condition {
  std::string sensor;
  bool above = true;
  /// Finite.
  double bound = 0;
  milliseconds held{0};

  friend auto operator<=>(const mode_condition&, const mode_condition&) = default;

  /// "PW-301 is above 5 for 60 s".
  std::string words() const;
};

/// When a sensor's rules judge it and learn from it: while all of `all_of` hold.
struct operating_mode {
  /// Which of its rules; the others judge always.
  rule_set rules = judged_by_sensors;
  std::vector<mode_condition> all_of;

  friend bool operator==(const operating_mode&, const operating_mode&) = default;

  /// As a sensor's context has it: equal modes are equal texts. Empty without a condition, for then all rules judge
  /// always.
  std::string text() const;
  /// None where `text` is no such text; of an empty one a mode without conditions.
  static std::optional<operating_mode> of(std::string_view text);

  /// "PW-301 is above 5 for 60 s and TI-7 is below 80".
  std::string words() const;
  /// "not judged: its rules hold while PW-301 is above 5 for 60 s".
  std::string reason() const;
};

inline constexpr size_t most_mode_conditions = 8;
inline constexpr milliseconds longest_mode_hold{24 * 3'600'000};

} // namespace millwright

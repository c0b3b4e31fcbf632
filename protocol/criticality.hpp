#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace millwright {

/// How much depends on the machine that a sensor watches, as its metadata says; unknown where they say nothing.
enum class criticality : uint8_t { unknown, low, medium, high };

/// `low`, `medium` or `high`; none for another word.
constexpr std::optional<criticality> criticality_named(std::string_view word) {
  if (word == "low")
    return criticality::low;
  if (word == "medium")
    return criticality::medium;
  return word == "high" ? std::optional{criticality::high} : std::nullopt;
}

} // namespace millwright

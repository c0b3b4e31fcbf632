#pragma once

#include <cstdint>
#include <string_view>

namespace millwright {

/// What a health score means (semantics 5). Stored: append only.
enum class risk_level : uint8_t { normal, warning, critical };

constexpr std::string_view name_of(risk_level level) {
  return level == risk_level::critical ? "critical" : level == risk_level::warning ? "warning" : "normal";
}

} // namespace millwright

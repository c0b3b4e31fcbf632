#pragma once

#include <cstdint>
#include <string_view>

namespace millwright {

enum class work_shift : uint8_t { morning, afternoon, night };

/// morning for hours 6..14 of the facility's day, afternoon for 15..22, else night (semantics 2).
constexpr work_shift shift_of(int hour) {
  if (hour >= 6 && hour <= 14)
    return work_shift::morning;
  return hour >= 15 && hour <= 22 ? work_shift::afternoon : work_shift::night;
}

constexpr std::string_view name_of(work_shift shift) {
  constexpr std::string_view names[] = {"morning", "afternoon", "night"};
  return names[static_cast<size_t>(shift)];
}

} // namespace millwright

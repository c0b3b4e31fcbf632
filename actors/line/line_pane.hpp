#pragma once

#include "actors/kit/contribution.hpp"
#include "actors/kit/exact_moments.hpp"
#include "actors/kit/mark_set.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace millwright {

/// What a line's figures are made of: sensor types of exactly these names.
enum class line_measure : uint8_t { power, vibration, temperature };

inline constexpr size_t line_measures = 3, work_shifts = 3;

constexpr std::string_view name_of(line_measure measure) {
  constexpr std::string_view names[] = {"power", "vibration", "temperature"};
  return names[static_cast<size_t>(measure)];
}

inline std::optional<line_measure> line_measure_of(const sensor_type& type) {
  for (const auto each : {line_measure::power, line_measure::vibration, line_measure::temperature})
    if (type.name == name_of(each))
      return each;
  return std::nullopt;
}

/// The figures of a line's readings of one shift.
struct line_figures {
  std::array<exact_mean, line_measures> means;
  uint64_t optimal = 0;
  mark_set units;

  bool empty() const { return means[0].count == 0 && means[1].count == 0 && means[2].count == 0; }
  double avg(line_measure of) const { return means[static_cast<size_t>(of)].avg(); }
  /// NaN without equipment.
  double efficiency(double readings_a_unit) const;
  void merge(const line_figures& other);

  friend bool operator==(const line_figures&, const line_figures&) = default;
};

/// By the shift that each reading was in: a change of shift is seldom where a pane ends.
struct line_pane {
  std::array<line_figures, work_shifts> shifts;

  line_figures& of(work_shift shift) { return shifts[static_cast<size_t>(shift)]; }
  void merge(const line_pane& other);
  void encode(binary_writer& out) const;
  bool decode(binary_reader& in);

  friend bool operator==(const line_pane&, const line_pane&) = default;
};

} // namespace millwright

#pragma once

#include <string>
#include <string_view>

namespace millwright {

/// What a reading's line says under `health`.
struct health_label {
  /// none: nothing, or null; number: a number; wrong: anything else.
  enum class kind { none, number, wrong };

  kind what = kind::none;
  double value = 0;
  /// Of what is wrong, as a person would name it.
  std::string got;

  bool usable() const { return what == kind::number && value >= 0 && value <= 1; }
};

/// Looks for it in a JSON object; of equal keys the last counts. None in what is no object.
health_label health_label_of(std::string_view json);

} // namespace millwright

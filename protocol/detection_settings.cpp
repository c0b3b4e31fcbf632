#include "protocol/detection_settings.hpp"

#include <algorithm>
#include <cctype>

namespace millwright {

namespace {

bool contains_without_case(const std::string& text, const std::string& part) {
  const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

bool any_in(const std::vector<std::string>& parts, const std::string& text) {
  return std::any_of(parts.begin(), parts.end(), [&](const auto& part) { return contains_without_case(text, part); });
}

} // namespace

int priority_of(const detection_settings& settings, int score, const std::string& unit, const std::string& facility) {
  int sum = score;
  if (any_in(settings.priority_units, unit))
    sum += settings.priority_unit_bonus;
  if (any_in(settings.priority_facilities, facility))
    sum += settings.priority_facility_bonus;
  return std::clamp(sum, 0, 100);
}

} // namespace millwright

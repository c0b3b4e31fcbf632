#include "runtime/settings/nearest_name.hpp"

#include <algorithm>

namespace millwright {

namespace {

/// Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b`.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    above[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

} // namespace

std::string nearest_name(std::string_view typed, const std::vector<std::string>& known) {
  // Nobody mistypes a hundred letters; and the work stays small whatever is typed.
  if (typed.size() > 100)
    return {};
  std::string nearest;
  size_t least = std::max<size_t>(1, typed.size() / 3) + 1;
  for (const auto& name : known) {
    const auto longer = std::max(typed.size(), name.size()), shorter = std::min(typed.size(), name.size());
    // The distance is at least that of the lengths.
    if (longer - shorter >= least)
      continue;
    if (const auto d = distance(typed, name); d < least) {
      least = d;
      nearest = name;
    }
  }
  return nearest;
}

std::string did_you_mean(std::string_view typed, const std::vector<std::string>& known) {
  const auto nearest = nearest_name(typed, known);
  return nearest.empty() ? "" : " (did you mean " + nearest + "?)";
}

} // namespace millwright

#include "runtime/replay/reading_counts.hpp"

#include <fmt/format.h>

namespace millwright {

namespace {

template <class Wanted>
std::string list_of_labels(const reading_counts& counts, Wanted wanted) {
  std::string out;
  for (const auto& [name, n] : counts)
    if (n > 0 && !name.second.empty() && wanted(name.first))
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name.second, n);
  return out;
}

} // namespace

uint64_t count_of(const reading_counts& counts, const std::string& counter) {
  const auto it = counts.find({counter, {}});
  return it == counts.end() ? 0 : it->second;
}

uint64_t sum_of(const reading_counts& counts, const std::string& counter) {
  uint64_t out = 0;
  for (const auto& [name, n] : counts)
    if (name.first == counter)
      out += n;
  return out;
}

std::string labels_of(const reading_counts& counts, const std::string& counter) {
  return list_of_labels(counts, [&](const std::string& x) { return x == counter; });
}

std::string refusals_of(const reading_counts& counts) {
  // What is no reading; and what is one, of a sensor that is not taken on or has killed its actor.
  return list_of_labels(counts, [](const std::string& x) { return x == "rejected" || x == "dead-letter"; });
}

} // namespace millwright

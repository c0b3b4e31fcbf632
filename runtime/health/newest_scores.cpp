#include "runtime/health/newest_scores.hpp"

#include <tuple>

namespace millwright {

std::vector<const scored_reading*> newest_scores(std::span<const scored_reading> scores) {
  const auto before = [](const logged_reading& a, const logged_reading& b) {
    return std::tie(a.time, a.position, a.stretch->split) < std::tie(b.time, b.position, b.stretch->split);
  };
  std::vector<const scored_reading*> out;
  // By slot: one more than the place in `out` of its newest; 0: none.
  std::vector<uint32_t> places;
  for (const auto& each : scores) {
    const auto& context = *each.of->context;
    if (places.size() <= context.slot)
      places.resize(context.slot + size_t{1} + context.slot / 4);
    auto& place = places[context.slot];
    if (place == 0 || out[place - 1]->of->context != &context) {
      out.push_back(&each);
      place = static_cast<uint32_t>(out.size());
    } else if (before(*out[place - 1]->of, *each.of)) {
      out[place - 1] = &each;
    }
  }
  return out;
}

} // namespace millwright

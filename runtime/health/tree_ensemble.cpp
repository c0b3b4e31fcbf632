#include "runtime/health/tree_ensemble.hpp"

#include <algorithm>
#include <array>

namespace millwright {

namespace {

/// Rows that walk down a tree side by side: each step waits for memory, so others go on meanwhile.
constexpr size_t abreast = 8;
/// Rows that a tree judges before the next one: they and the tree stay in the nearest cache.
constexpr size_t block = 256;

} // namespace

void tree_ensemble::predict(const float* rows, size_t count, float* out) const {
  std::fill(out, out + count, base_);
  const size_t width = features_;
  for (size_t begin = 0; begin < count; begin += block) {
    const size_t end = std::min(count, begin + block);
    for (const auto& tree : trees_) {
      const node* const nodes = nodes_.data() + tree.begin;
      const float* const values = values_.data() + tree.begin;
      const auto step = [&](uint32_t at, const float* row) {
        const node each = nodes[at];
        const float x = row[each.feature];
        const bool left = (x < each.threshold) | (static_cast<bool>(each.missing_left) & (x != x));
        return static_cast<uint32_t>(each.left + !left);
      };
      size_t i = begin;
      for (; i + abreast <= end; i += abreast) {
        std::array<uint32_t, abreast> at{};
        const float* const first = rows + i * width;
        for (uint32_t depth = 0; depth < tree.depth; ++depth)
          for (size_t k = 0; k < abreast; ++k)
            at[k] = step(at[k], first + k * width);
        for (size_t k = 0; k < abreast; ++k)
          out[i + k] += values[at[k]];
      }
      for (; i < end; ++i) {
        uint32_t at = 0;
        for (uint32_t depth = 0; depth < tree.depth; ++depth)
          at = step(at, rows + i * width);
        out[i] += values[at];
      }
    }
  }
}

} // namespace millwright

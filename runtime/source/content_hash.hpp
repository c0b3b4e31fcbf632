#pragma once

#include <cstdint>
#include <string_view>

namespace millwright {

inline constexpr uint64_t empty_hash = 14695981039346656037ull;

/// FNV-1a, to tell content from other content. @param before hash of what stands before `text`.
inline uint64_t content_hash(std::string_view text, uint64_t before = empty_hash) {
  for (const char c : text)
    before = (before ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return before;
}

} // namespace millwright

#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace millwright::fuzz {

/// Ends the program when a promise is broken, as a sanitizer does: the fuzzer keeps the input.
inline void must(bool kept, std::string_view promise) {
  if (kept)
    return;
  std::fprintf(stderr, "BROKEN PROMISE: %.*s\n", static_cast<int>(promise.size()), promise.data());
  std::abort();
}

} // namespace millwright::fuzz

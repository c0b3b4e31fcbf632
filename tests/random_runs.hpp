#pragma once

#include <cstdint>

namespace millwright::testing {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer);
#else
constexpr bool sanitized = false;
#endif

/// What is tried in many ways is tried in a tenth of them under the sanitizers, which take ten times as long and look
/// for something else: of the places in a row, this far apart; of random runs, so many.
constexpr uint64_t stride = sanitized ? 10 : 1;
constexpr uint64_t random_runs(uint64_t many) {
  return (many + stride - 1) / stride;
}

} // namespace millwright::testing

#pragma once

#include "actors/channel/retry_policy.hpp"
#include "protocol/time.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string_view>

namespace millwright {

/// Whether a receiver is asked. Closed: page after page. Open: it failed, and is left alone for a pause that doubles
/// with each failure. Half open: the pause is over, and one try, of one page, tells. Pure: `now` runs evenly, from
/// whenever; the jitter comes of the seed.
class circuit_breaker {
public:
  enum class state : uint8_t { closed, open, half_open };

  circuit_breaker(retry_policy retries, uint64_t seed) : retries_{retries}, random_{seed} {
    // What more failures would teach, one answer could not halve away.
    for (auto pause = retries.first; pause < retries.most && most_learned_ < 30; pause *= 2)
      ++most_learned_;
  }

  /// The receiver took a page, or read it at least. One that was down and fails again soon is not asked as often as one
  /// that never failed: an answer halves what failures have taught.
  void answered() {
    failures_ = 0;
    learned_ /= 2;
    until_.reset();
  }

  /// @param wanted the receiver's own wish to be left alone.
  /// @returns for how long it is.
  milliseconds failed(milliseconds now, std::optional<milliseconds> wanted = {}) {
    ++failures_;
    learned_ = std::min(learned_ + 1, most_learned_);
    const auto pause = std::max(retries_.pause(learned_, random_), wanted.value_or(milliseconds{0}));
    until_ = now + pause;
    return pause;
  }

  /// Of one page that has failed so often, whatever else the receiver took meanwhile.
  milliseconds pause_of_page(uint32_t tried) { return retries_.pause(tried, random_); }

  state look(milliseconds now) const {
    if (!until_)
      return state::closed;
    return now < *until_ ? state::open : state::half_open;
  }

  /// Failures in a row, of whatever page.
  uint32_t failures() const { return failures_; }

private:
  retry_policy retries_;
  std::mt19937_64 random_;
  uint32_t failures_ = 0, learned_ = 0, most_learned_ = 1;
  std::optional<milliseconds> until_;
};

constexpr std::string_view name_of(circuit_breaker::state x) {
  switch (x) {
  case circuit_breaker::state::closed:
    return "closed";
  case circuit_breaker::state::open:
    return "open";
  default:
    return "half_open";
  }
}

} // namespace millwright

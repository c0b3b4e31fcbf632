#pragma once

#include "protocol/time.hpp"

#include <algorithm>
#include <cstdint>

namespace millwright {

/// So many pages at once at most, and then so many in `per`. 0: no limit.
struct page_rate {
  uint32_t pages = 0;
  milliseconds per{60'000};
};

/// Lets pages through at a rate: a bucket of `pages` tokens that fills in `per`. It begins empty, for nobody knows what
/// a node that has ended a moment ago had sent. Pure: `now` runs evenly, from whenever. A page that may not go waits;
/// to drop one is nobody's business here.
class token_bucket {
public:
  explicit token_bucket(page_rate rate) : rate_{rate} {}

  /// A page goes. Also where none is due: then the next ones wait for it as well.
  void take(milliseconds now) {
    fill(now);
    if (!unlimited())
      level_ -= price();
  }

  /// When the next page may go.
  milliseconds due(milliseconds now) {
    fill(now);
    if (unlimited() || level_ >= price())
      return now;
    const auto missing = price() - level_;
    return now + milliseconds{(missing + rate_.pages - 1) / rate_.pages};
  }

private:
  // A millisecond fills in as many units as there are pages, so that nothing is ever rounded away.
  bool unlimited() const { return rate_.pages == 0 || rate_.per.count() <= 0; }
  int64_t price() const { return rate_.per.count(); }
  int64_t most() const { return price() * rate_.pages; }

  void fill(milliseconds now) {
    if (begun_ && !unlimited()) {
      const auto passed = std::clamp<int64_t>((now - at_).count(), 0, rate_.per.count());
      level_ = std::min(most(), level_ + passed * rate_.pages);
    }
    begun_ = true;
    at_ = std::max(at_, now);
  }

  page_rate rate_;
  int64_t level_ = 0;
  milliseconds at_ = milliseconds::min();
  bool begun_ = false;
};

} // namespace millwright

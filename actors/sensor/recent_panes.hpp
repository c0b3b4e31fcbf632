#pragma once

#include "actors/sensor/pane.hpp"
#include "protocol/results.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace millwright {

/// What a reading is compared with: the moments of a stretch of panes, the last one apart from all before it. What they
/// come to takes divisions and a root, and nearly every reading can do without.
class recent_panes {
public:
  /// None.
  recent_panes() = default;
  recent_panes(const moments& before, const moments& last) : before_{before}, last_{last} {}
  /// Figures that are known.
  recent_panes(const baseline& known) : known_{known} {}

  uint32_t count() const { return known_ ? known_->count : before_.count + last_.count; }

  /// Absent for none.
  baseline figures() const {
    if (known_ || count() == 0)
      return known_.value_or(baseline{});
    moments all = before_;
    all.merge(last_);
    return {all.avg(), all.stddev(), all.min, all.max, all.count};
  }

  /// Whether x is nearer to the mean than `widths` standard deviations, for `widths` of `figures()` as they are
  /// rounded. False may be either. Between the two means is the mean of all, and the squared deviations of both are
  /// some of those of all.
  bool surely_within(double x, double widths) const {
    if (known_ || before_.count == 0 || last_.count == 0)
      return false;
    const double rounding = 1e-12 * (std::abs(before_.mean) + std::abs(last_.mean));
    const double away = std::max(std::abs(x - before_.mean), std::abs(x - last_.mean)) + rounding;
    const double squares = before_.m2 + last_.m2;
    // What these bounds leave out neither overflows nor vanishes when it is squared.
    return away < 1e100 && squares > 1e-250 && squares < 1e250 &&
           away * away * (before_.count + last_.count - 1) < 0.97 * widths * widths * squares;
  }

private:
  moments before_, last_;
  std::optional<baseline> known_;
};

} // namespace millwright

#pragma once

#include "protocol/load.hpp"

#include <cmath>
#include <cstddef>
#include <deque>
#include <vector>

namespace millwright {

/// Nearest rank: the ceil(0.95 n)-th of them in their order. NaN of none.
double percentile_95(std::vector<double> values);

/// The newest samples of a node, up to so many. Pure.
class load_history {
public:
  explicit load_history(size_t kept) : kept_{kept} {}

  void add(const load_sample& x);

  bool empty() const { return samples_.empty(); }
  const load_sample& newest() const { return samples_.back(); }
  /// Oldest first.
  std::vector<load_sample> newest(size_t most) const;

  /// The newest sample that is no later than `moment`; null where there is none.
  const load_sample* at(milliseconds moment) const;
  /// Over samples later than `after`, unknown values left out; NaN where none is known.
  double mean(load_measure which, milliseconds after) const;
  /// Of samples later than `now - span`.
  load_summary summary(milliseconds span, milliseconds now) const;

private:
  size_t kept_;
  std::deque<load_sample> samples_;
};

} // namespace millwright

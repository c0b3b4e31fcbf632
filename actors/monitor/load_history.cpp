#include "actors/monitor/load_history.hpp"

#include <algorithm>
#include <limits>

namespace millwright {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

} // namespace

double percentile_95(std::vector<double> values) {
  if (values.empty())
    return unknown;
  // In whole numbers: 0.95 is none that a double has.
  const size_t rank = (values.size() * 95 + 99) / 100;
  const auto at = values.begin() + static_cast<ptrdiff_t>(rank - 1);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

void load_history::add(const load_sample& x) {
  samples_.push_back(x);
  while (samples_.size() > kept_)
    samples_.pop_front();
}

std::vector<load_sample> load_history::newest(size_t most) const {
  const auto count = static_cast<ptrdiff_t>(std::min(most, samples_.size()));
  return {samples_.end() - count, samples_.end()};
}

const load_sample* load_history::at(milliseconds moment) const {
  const auto found =
      std::find_if(samples_.rbegin(), samples_.rend(), [&](const auto& x) { return x.moment <= moment; });
  return found == samples_.rend() ? nullptr : &*found;
}

double load_history::mean(load_measure which, milliseconds after) const {
  double sum = 0;
  size_t known = 0;
  for (auto each = samples_.rbegin(); each != samples_.rend() && each->moment > after; ++each)
    if (const double x = each->figures[which]; !std::isnan(x)) {
      sum += x;
      ++known;
    }
  return known == 0 ? unknown : sum / static_cast<double>(known);
}

load_summary load_history::summary(milliseconds span, milliseconds now) const {
  load_summary out;
  auto first = samples_.end();
  while (first != samples_.begin() && std::prev(first)->moment > now - span)
    --first;
  if (first == samples_.end())
    return out;
  out.from = first->at;
  out.to = samples_.back().at;
  out.samples = static_cast<uint32_t>(samples_.end() - first);
  std::vector<double> values;
  for (size_t i = 0; i < load_measure_count; ++i) {
    const auto which = static_cast<load_measure>(i);
    values.clear();
    for (auto each = first; each != samples_.end(); ++each)
      if (const double x = each->figures[which]; !std::isnan(x))
        values.push_back(x);
    if (values.empty())
      continue;
    out.mean[which] = mean(which, now - span);
    out.max[which] = *std::max_element(values.begin(), values.end());
    out.p95[which] = percentile_95(values);
  }
  return out;
}

} // namespace millwright

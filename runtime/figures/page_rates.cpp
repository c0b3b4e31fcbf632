#include "runtime/figures/page_rates.hpp"

#include <algorithm>

namespace millwright {

namespace {

/// Pages whose time is within the ten minutes up to a moment, which only goes forward.
class sliding_window {
public:
  explicit sliding_window(const std::vector<event_time>& pages) : pages_{pages} {}

  /// With the page at `last` as the newest.
  uint64_t at(size_t last) {
    while (pages_[first_] <= pages_[last] - rate_period)
      ++first_;
    return last - first_ + 1;
  }

private:
  const std::vector<event_time>& pages_;
  size_t first_ = 0;
};

} // namespace

std::vector<flood_period> floods_in(const std::vector<event_time>& times, event_time to, uint32_t operators) {
  std::vector<flood_period> out;
  flood_watch watch{operators};
  for (const auto at : times)
    if (const auto over = watch.take(at))
      out.push_back(*over);
  if (watch.flood())
    out.push_back(*watch.flood());
  for (auto& each : out)
    each.to = std::min(each.to, std::max(to, each.from));
  return out;
}

milliseconds page_rates::flooded() const {
  milliseconds all{0};
  for (const auto& each : floods)
    all += each.to - each.from;
  return all;
}

page_rates rates_of(const std::vector<event_time>& pages, event_time from, event_time to, uint32_t operators) {
  page_rates out;
  const uint64_t most = flood_most * operators;
  const auto begin = align_down(from, rate_period);
  const auto length = std::max<milliseconds>(to - from, rate_period);
  out.average = static_cast<double>(pages.size()) * static_cast<double>(rate_period.count()) /
                static_cast<double>(length.count()) / static_cast<double>(operators);
  const auto end = std::max(to, from + milliseconds{1});
  out.periods = static_cast<uint64_t>((end - begin + rate_period - milliseconds{1}) / rate_period);
  sliding_window window{pages};
  for (size_t i = 0; i < pages.size(); ++i)
    if (const auto count = window.at(i); count > out.worst) {
      out.worst = count;
      out.worst_at = pages[i];
    }
  for (size_t i = 0; i < pages.size();) {
    const auto period_end = align_down(pages[i], rate_period) + rate_period;
    const auto first = i;
    while (i < pages.size() && pages[i] < period_end)
      ++i;
    out.periods_over += i - first > most;
  }
  out.floods = floods_in(pages, to, operators);
  return out;
}

} // namespace millwright

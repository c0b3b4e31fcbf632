#include "runtime/watch/load_rates.hpp"

#include <algorithm>
#include <utility>

namespace millwright {

std::optional<load_figures> load_rates::look(const load_totals& now) {
  const auto last = std::exchange(last_, now);
  if (!last || now.moment <= last->moment)
    return std::nullopt;
  const double seconds = std::chrono::duration<double>(now.moment - last->moment).count();
  const auto rate = [&](uint64_t from, uint64_t to) {
    return to > from ? static_cast<double>(to - from) / seconds : 0.0;
  };
  load_figures out;
  // A backlog that is heard of for the first time has not come in this second.
  const bool known = now.waiting && last->waiting;
  out[load_measure::input] = rate(last->taken + (known ? *last->waiting : 0), now.taken + (known ? *now.waiting : 0));
  out[load_measure::processing] = rate(last->done, now.done);
  if (now.waiting)
    out[load_measure::backlog] = static_cast<double>(*now.waiting);
  out[load_measure::cpu] = std::max(0.0, now.cpu_seconds - last->cpu_seconds) / seconds / std::max(1u, cores_);
  return out;
}

} // namespace millwright

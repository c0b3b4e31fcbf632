#include "runtime/figures/judged_alarms.hpp"

#include <utility>

namespace millwright {

judged_alarms judge(const alarm_history& history, std::string name, std::optional<uint64_t> readings, event_time from,
                    event_time to, const judging_options& options) {
  judged_alarms out{std::move(name), readings, figures_of(history, from, to, options.operators)};
  if (options.faults)
    out.score = score_of(history, *options.faults, from, to);
  return out;
}

} // namespace millwright

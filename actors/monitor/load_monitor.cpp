#include "actors/monitor/load_monitor.hpp"

#include "actors/monitor/load_advice.hpp"

namespace millwright {

load_monitor::load_monitor(const monitor_settings& settings, const std::vector<std::string>& standing)
    : settings_{settings}, history_{settings.kept}, alarms_{settings.alarms, standing} {}

std::vector<load_verdict> load_monitor::take(const load_sample& x) {
  history_.add(x);
  return alarms_.look(history_);
}

load_report load_monitor::report(milliseconds span, milliseconds now) const {
  load_report out;
  out.standing = standing();
  if (history_.empty())
    return out;
  out.newest = history_.newest();
  out.summary = history_.summary(span, now);
  out.advice = advise(out.summary, out.newest->node, settings_);
  return out;
}

} // namespace millwright

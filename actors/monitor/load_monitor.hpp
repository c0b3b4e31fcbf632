#pragma once

#include "actors/monitor/load_alarms.hpp"
#include "actors/monitor/load_history.hpp"
#include "protocol/load.hpp"
#include "protocol/monitor_settings.hpp"

#include <string>
#include <vector>

namespace millwright {

/// How a node watches itself (semantics 10): its newest samples, what they sum up to, what they speak for, and when it
/// has too much to do. Pure.
class load_monitor {
public:
  /// @param standing see load_alarms.
  load_monitor(const monitor_settings& settings, const std::vector<std::string>& standing);

  /// Takes the next sample; what has come to be wrong with it, or is over.
  std::vector<load_verdict> take(const load_sample& x);

  /// @param now by the clock of the samples' moments.
  load_report report(milliseconds span, milliseconds now) const;
  std::vector<load_sample> newest(size_t most) const { return history_.newest(most); }
  /// Subjects that are wrong.
  std::vector<std::string> standing() const { return alarms_.standing(); }

private:
  monitor_settings settings_;
  load_history history_;
  load_alarms alarms_;
};

} // namespace millwright

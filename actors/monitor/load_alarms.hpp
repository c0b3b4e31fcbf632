#pragma once

#include "actors/monitor/load_history.hpp"
#include "protocol/monitor_settings.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace millwright {

/// A subject of `performance` has come to be wrong, or is over.
struct load_verdict {
  /// "input", "commit", "memory", "cpu"; stored with its alarms.
  std::string subject;
  bool wrong = false;
  std::string text;
};

/// Notices that a node has had too much to do for long. A rate of one second says little, so means are compared; and a
/// node that catches up with a backlog is busy, not overloaded. Pure; time is that of the samples.
class load_alarms {
public:
  /// @param standing subjects that whoever watched before has told as wrong, and nobody as over.
  load_alarms(const load_alarm_limits& limits, const std::vector<std::string>& standing);

  /// @param history its newest sample is the one that has come.
  std::vector<load_verdict> look(const load_history& history);

  std::vector<std::string> standing() const;

private:
  struct measure {
    std::optional<milliseconds> above, below;
    bool told = false;
  };

  bool shrinks(const load_history& history, double processing) const;

  load_alarm_limits limits_;
  std::array<measure, 4> measures_;
  std::optional<milliseconds> last_;
};

} // namespace millwright

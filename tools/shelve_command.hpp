#pragma once

#include <string>
#include <vector>

namespace millwright {

/// `millwright shelve NAME --for 4h --reason T`: nobody is paged for an alarm, a sensor or a unit of a running node for
/// so long. Without NAME: what is shelved. Throws `failure`.
int shelve_command(const std::vector<std::string>& line);

/// `millwright unshelve NAME`: ends that.
int unshelve_command(const std::vector<std::string>& line);

/// `millwright note ALARM TEXT`: kept with the alarm.
int note_command(const std::vector<std::string>& line);

} // namespace millwright

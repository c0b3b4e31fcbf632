#include "tools/command.hpp"

#include "tools/config_command.hpp"
#ifdef MILLWRIGHT_HAS_RUN
#include "tools/run_command.hpp"
#endif
#ifdef MILLWRIGHT_HAS_REPLAY
#include "tools/replay_command.hpp"
#endif
#ifdef MILLWRIGHT_HAS_SIMULATE
#include "tools/simulate_command.hpp"
#endif
#ifdef MILLWRIGHT_HAS_RESULTS
#include "tools/results_command.hpp"
#endif
#ifdef MILLWRIGHT_HAS_ALARMS
#include "tools/alarms_command.hpp"
#endif
#ifdef MILLWRIGHT_HAS_ACK
#include "tools/ack_command.hpp"
#endif

namespace millwright {

std::span<const command> commands() {
  static constexpr command table[] = {
#ifdef MILLWRIGHT_HAS_RUN
      {"run", "watch a plant: a node by a configuration", run_command},
#endif
#ifdef MILLWRIGHT_HAS_REPLAY
      {"replay", "put recorded readings through the same actors, as fast as they go", replay_command},
#endif
#ifdef MILLWRIGHT_HAS_SIMULATE
      {"simulate", "write the readings of a simulated plant, with faults", simulate_command},
#endif
#ifdef MILLWRIGHT_HAS_RESULTS
      {"results", "show what a running node has found", results_command},
#endif
#ifdef MILLWRIGHT_HAS_ALARMS
      {"alarms", "list the alarms of a running node", alarms_command},
#endif
#ifdef MILLWRIGHT_HAS_ACK
      {"ack", "acknowledge an alarm of a running node", ack_command},
#endif
      {"config", "check a configuration, or list every setting", config_command},
  };
  return table;
}

} // namespace millwright

#include "tools/command.hpp"

#include "tools/ack_command.hpp"
#include "tools/alarms_command.hpp"
#include "tools/backup_command.hpp"
#include "tools/bench_command.hpp"
#include "tools/channel_command.hpp"
#include "tools/config_command.hpp"
#include "tools/describe_command.hpp"
#include "tools/explain_command.hpp"
#include "tools/learn_command.hpp"
#include "tools/ledger_command.hpp"
#include "tools/load_command.hpp"
#include "tools/maintenance_command.hpp"
#include "tools/page_command.hpp"
#include "tools/plant_command.hpp"
#include "tools/relearn_command.hpp"
#include "tools/replay_command.hpp"
#include "tools/report_command.hpp"
#include "tools/restore_command.hpp"
#include "tools/results_command.hpp"
#include "tools/retire_command.hpp"
#include "tools/route_command.hpp"
#include "tools/run_command.hpp"
#include "tools/sensors_command.hpp"
#include "tools/shelve_command.hpp"
#include "tools/simulate_command.hpp"
#include "tools/train_command.hpp"
#include "tools/tree_command.hpp"

namespace millwright {

std::span<const command> commands() {
  static constexpr command table[] = {
      {"run", "watch a plant: a node by a configuration", run_command},
      {"replay", "put recorded readings through the same actors, as fast as they go", replay_command},
      {"learn", "have recorded readings teach a new ledger what is normal", learn_command},
      {"train", "train a model of a sensor type's health with labelled readings", train_command},
      {"simulate", "write the readings of a simulated plant, with faults", simulate_command},
      {"results", "show what a running node has found", results_command},
      {"alarms", "list the alarms of a running node", alarms_command},
      {"observations", "list what it has noticed that pages nobody", observations_command},
      {"explain", "say why an alarm paged, or why a sensor or a unit did not", explain_command},
      {"report", "show how many pages came how fast, or what a shift hands over", report_command},
      {"ack", "acknowledge an alarm of a running node", ack_command},
      {"shelve", "page nobody for an alarm, sensor or unit of a running node for a time, or list those",
       shelve_command},
      {"unshelve", "end that before its time", unshelve_command},
      {"note", "keep a text with an alarm of a running node", note_command},
      {"plant", "show the plant of a running node: facilities, units and their health, one of them", plant_command},
      {"maintenance", "tell a running node that a unit is in maintenance, or was maintained", maintenance_command},
      {"relearn", "have a sensor of a running node learn anew what is normal for it", relearn_command},
      {"retire", "take a sensor of a running node out of service, or have it back", retire_command},
      {"sensors", "list the sensors that a running node knows, or have it forget some", sensors_command},
      {"load", "show how much a running node has to do, and what that speaks for", load_command},
      {"tree", "show the actors of a running node, each below the one that begins it anew", tree_command},
      {"describe", "show one actor of a running node by its name", describe_command},
      {"channel", "send a test over one of a configuration's channels, and show the answer", channel_command},
      {"route", "say who would be told of an alarm, and why", route_command},
      {"page", "print a page as each channel of a configuration would have it, and send nothing", page_command},
      {"bench", "measure how fast this build is on this machine", bench_command},
      {"ledger", "check a stopped node's ledger and alarm journal, or save what is sound of them", ledger_command},
      {"backup", "copy the ledger and alarm journal of a node, running or not", backup_command},
      {"restore", "put a backup in the place of a stopped node's ledger", restore_command},
      {"config", "check a configuration, or list every setting", config_command},
  };
  return table;
}

} // namespace millwright

#include "runtime/settings/tables.hpp"

namespace millwright {

using namespace std::chrono_literals;
using namespace kinds;

namespace {

table<node_settings> base_rows() {
  using node = node_settings;
  return {
      setting<node>("plant.facilities", MILLWRIGHT_MEMBER(plant.facilities), text(),
                    "JSON lines file of the facilities; empty: none"),
      setting<node>("plant.sensors", MILLWRIGHT_MEMBER(plant.sensors), text(),
                    "JSON lines file of the sensors; empty: none"),
      setting<node>("plant.reread", MILLWRIGHT_MEMBER(plant.reread), duration(100ms),
                    "how often the files are looked at for changes"),
      setting<node>("sensor_types", MILLWRIGHT_MEMBER(sensor_types), text(),
                    "file of the sensor types; empty: the program's own, which are config/sensor-types.yaml"),

      named_settings<node>("models", MILLWRIGHT_MEMBER(models), "sensor types and their models", name("a path"),
                           "sensor type and the file of its health model, from millwright train"),
      setting<node>("health.critical_below", MILLWRIGHT_MEMBER(health.critical_below), share(),
                    "a health score below this is a critical risk"),
      setting<node>("health.warning_below", MILLWRIGHT_MEMBER(health.warning_below), share(),
                    "below this it is a warning"),
      setting<node>("health.maintenance_below", MILLWRIGHT_MEMBER(health.maintenance_below), share(),
                    "below this maintenance is recommended"),

      setting<node>("sensors.max", MILLWRIGHT_MEMBER(sensors_max), whole<uint32_t>(1, 100'000'000),
                    "sensors in memory at most; new ones beyond go to the dead letters"),
      setting<node>("sensors.unknown", MILLWRIGHT_MEMBER(sensors_unknown),
                    choice<unknown_sensor_policy>({{"accept", unknown_sensor_policy::accept},
                                                   {"dead-letter", unknown_sensor_policy::dead_letter}}),
                    "what becomes of a sensor that plant.sensors does not name"),
      setting<node>("sensors.forget_after", MILLWRIGHT_MEMBER(sensors_forget_after), duration(1s),
                    "a sensor silent for this long, with nothing left to notice, leaves memory"),
      setting<node>("sensors.retention", MILLWRIGHT_MEMBER(sensors_retention), duration(1s),
                    "and out of memory for this long it is forgotten on disk as well"),
      setting<node>("sensors.quarantine_restarts", MILLWRIGHT_MEMBER(quarantine_restarts), whole<uint32_t>(1, 1000),
                    "restarts in 1000 readings after which a sensor is quarantined"),

      setting<node>("dead_letters.kept", MILLWRIGHT_MEMBER(dead_letters_kept), whole<uint32_t>(0, 1'000'000),
                    "dead letters kept of a reason, a split and a minute of its time; further ones are counted"),

      setting<node>("ledger.path", MILLWRIGHT_MEMBER(ledger.path), directory(),
                    "directory of the ledger, which a node has to have"),
      setting<node>("ledger.interval", MILLWRIGHT_MEMBER(ledger.interval), duration(10ms),
                    "time between commits; longer where one takes more than half of it"),
      setting<node>("ledger.retention.age", MILLWRIGHT_MEMBER(ledger.retention_age), duration(1s),
                    "results are kept this long"),
      setting<node>("ledger.retention.size", MILLWRIGHT_MEMBER(ledger.retention_bytes), size(1 << 20),
                    "and up to this size"),
      setting<node>("ledger.map_size", MILLWRIGHT_MEMBER(ledger.map_bytes), size(16 << 20),
                    "address space for the ledger; its largest size"),

      setting<node>("alarms.path", MILLWRIGHT_MEMBER(alarms.path), directory(),
                    "directory of alarm journal and outbox; empty: beside the ledger"),
      setting<node>("alarms.retention", MILLWRIGHT_MEMBER(alarms.retention), duration(1s),
                    "alarms that are over are kept this long"),
      setting<node>("alarms.told_late", MILLWRIGHT_MEMBER(alarms.told_late), duration(),
                    "what is older when it is due is told by a digest"),
      setting<node>("alarms.digest_every", MILLWRIGHT_MEMBER(alarms.digest_every), duration(1ms),
                    "a channel gets one digest in this time at most"),
      setting<node>("alarms.clear_told_after", MILLWRIGHT_MEMBER(alarms.clear_told_after), duration(),
                    "an end is told this long after it: until then the alarm may reopen"),
      setting<node>("alarms.give_up_after", MILLWRIGHT_MEMBER(alarms.give_up_after), duration(1s),
                    "a page that cannot be delivered goes to the other channels after this"),
      setting<node>("alarms.together.over", MILLWRIGHT_MEMBER(alarms.together_over), whole<uint32_t>(0, 1'000'000),
                    "more pages than this at once are one message over a channel; 0: never"),
      setting<node>("alarms.together.within", MILLWRIGHT_MEMBER(alarms.together_within), duration(1ms),
                    "at once: within this"),
      setting<node>("alarms.group.wait", MILLWRIGHT_MEMBER(alarms.group_wait), duration(),
                    "an alert of the rules state and stale waits this long for others"),
      setting<node>("alarms.group.least", MILLWRIGHT_MEMBER(alarms.group_least), whole<uint32_t>(0, 1'000'000),
                    "so many of a unit, a line or a facility are one page; 0: each is its own"),
      setting<node>("alarms.group.update_every", MILLWRIGHT_MEMBER(alarms.group_update_every), duration(),
                    "a group that grows tells so this long after it told last"),
      setting<node>("alarms.group.open_for", MILLWRIGHT_MEMBER(alarms.group_open_for), duration(),
                    "and takes in what comes so long after it told last"),
      setting<node>("alarms.first_out.within", MILLWRIGHT_MEMBER(alarms.first_out_within), duration(),
                    "what begins at a unit this long after its first alarm is told behind that; 0: by itself"),
      setting<node>("alarms.first_out.after", MILLWRIGHT_MEMBER(alarms.first_out_after), duration(),
                    "in one message, this long after the first that follows"),
      setting<node>("alarms.first_out.every", MILLWRIGHT_MEMBER(alarms.first_out_every), duration(),
                    "and no more often than this"),
      setting<node>("alarms.remind.severity", MILLWRIGHT_MEMBER(alarms.remind_level), alarm_severity(),
                    "people are told again of alarms of this severity and above that stand"),
      setting<node>("alarms.remind.after", MILLWRIGHT_MEMBER(alarms.remind_after), duration(),
                    "each time that nobody has acknowledged one for so long; 0: never"),
      setting<node>("alarms.remind.times", MILLWRIGHT_MEMBER(alarms.remind_times), whole<uint32_t>(0, 1'000'000),
                    "so often at most"),
      setting<node>("alarms.remind.acknowledged_after", MILLWRIGHT_MEMBER(alarms.remind_acknowledged_after), duration(),
                    "and this long after somebody acknowledged it, who has to do so again; 0: never"),
      setting<node>("alarms.shelve_most", MILLWRIGHT_MEMBER(alarms.shelve_most), duration(1s),
                    "the longest that `millwright shelve` may keep somebody from being paged"),

      setting<node>("node.shards", MILLWRIGHT_MEMBER(shards), whole<int>(1, 1024),
                    "parts that the sensors of one input are divided into"),
      setting<node>("node.threads", MILLWRIGHT_MEMBER(threads), whole<int>(0, 1024), "worker threads; 0: by the cores"),
      setting<node>("node.credit", MILLWRIGHT_MEMBER(credit), whole<uint32_t>(16, 100'000'000),
                    "readings taken but not yet judged, at most"),
      setting<node>("node.socket", MILLWRIGHT_MEMBER(socket), name("a path"),
                    "local socket for millwright results, alarms and ack"),
      setting<node>("node.stop_limit", MILLWRIGHT_MEMBER(stop_limit), duration(1s),
                    "told to end, and nothing has moved for so long (a disk hangs): it ends as if it were killed"),

      setting<node>("log.level", MILLWRIGHT_MEMBER(log_level),
                    one_of({"trace", "debug", "info", "warn", "error", "off"}), "least level that is logged"),
      setting<node>("log.path", MILLWRIGHT_MEMBER(log_path), text(),
                    "file of the structured log; empty: standard error"),
  };
}

} // namespace

const table<node_settings>& node_table() {
  static const table<node_settings> rows = [] {
    auto all = source_rows();
    for (auto part :
         {base_rows(), monitor_rows(), channel_rows(), route_rows(), window_rows(), rule_rows(), actor_rows()})
      std::move(part.begin(), part.end(), std::back_inserter(all));
    return all;
  }();
  return rows;
}

} // namespace millwright

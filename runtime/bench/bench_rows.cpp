#include "runtime/bench/bench_row.hpp"

namespace millwright {

const std::vector<bench_row>& bench_rows() {
  static const std::vector<bench_row> rows{
      {"parse", "parse and validate readings of the simulated plant, one core", 3, 300, bench_parse},
      {"model", "the sensor model alone, all rules, one core", 3, 300, bench_model},
      {"state", "the state rule alone, one core", 3, 300, bench_state},
      {"health", "health scores by a model of 100 trees, batches, one core", 3, 300, bench_health},
      {"node", "a node of 125,000 sensors, in-memory source, flat out", 1, 300, bench_node},
      {"node-fast-clocks", "the same, the clock of one sensor in ten two minutes ahead", 1, 300,
       bench_node_fast_clocks},
      {"node-health", "the same as node, each reading scored by a model, beside none scored", 1, 300,
       bench_node_health},
      {"partials", "parts of units from eight shards to their owner, written, sent, read, merged, one core", 3, 300,
       bench_partials},
      {"kafka", "a node from a Kafka broker, 8 partitions, 10,000 sensors", 1, 300, bench_kafka, true},
      {"kafka-many", "the same with 125,000 sensors", 1, 300, bench_kafka_many, true},
      {"replay", "replay of a file of the simulated plant", 3, 300, bench_replay},
      {"latency", "reading taken to alarm at the channel, at 167,000 readings/s", 1, 300, bench_latency},
      {"age", "how old a facility's figures are, as people see them, at 167,000 readings/s", 1, 300, bench_age},
      {"overload", "latency while 1.67 M readings/s are offered for 30 s, and the backlog after it", 1, 300,
       bench_overload},
      {"overload-malformed", "the same, nine of ten of them malformed", 1, 300, bench_overload_malformed},
      {"memory", "memory a sensor, 125,000 sensors at 1 Hz, restarted", 1, 300, bench_memory},
      {"memory-grown", "the same without a restart", 1, 300, bench_memory_grown},
      {"memory-million", "memory a sensor, 1,000,000 sensors at 0.1 Hz", 1, 300, bench_memory_million},
      {"memory-units", "memory a unit of five sensors, beside the same sensors without units; three minutes", 1, 900,
       bench_memory_units},
      {"barrier", "barrier and commit of 125,000 changed sensors, at 167,000 readings/s", 1, 300, bench_barrier},
      {"minute", "a minute mark at which 125,000 sensors close windows, at 167,000 readings/s", 1, 300, bench_minute},
      {"restart", "restart from the ledger to the first reading judged, 125,000 sensors", 3, 300, bench_restart},
      {"restart-million", "the same with 1,000,000 sensors", 1, 300, bench_restart_million},
      {"sensors", "10 times the sensors at the same total rate of event time, flat out", 1, 300, bench_sensors},
      {"sensors-paced", "1,250,000 sensors while 167,000 readings/s are offered", 1, 300, bench_sensors_paced},
  };
  return rows;
}

} // namespace millwright

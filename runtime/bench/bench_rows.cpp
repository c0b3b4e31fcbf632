#include "runtime/bench/bench_row.hpp"

namespace millwright {

const std::vector<bench_row>& bench_rows() {
  static const std::vector<bench_row> rows{
      {"parse", "parse and validate readings of the simulated plant, one core", 3, 60, bench_parse},
      {"model", "the sensor model alone, all rules, one core", 3, 60, bench_model},
      {"node", "a node of 125,000 sensors, in-memory source, ledger and alarms on, sustained", 1, 90, bench_node},
      {"kafka", "a node from a Kafka broker, 8 partitions", 1, 180, bench_kafka},
      {"replay", "replay of a file of the simulated plant", 3, 90, bench_replay},
      {"latency", "reading taken to alarm at the channel, at 167,000 readings/s", 1, 90, bench_latency},
      {"overload", "the same while 1.67 M readings/s are offered for 30 s, and the backlog after it", 1, 240,
       bench_overload},
      {"memory", "memory a sensor, 125,000 sensors at 1 Hz", 1, 120, bench_memory},
      {"memory-million", "memory a sensor, 1,000,000 sensors at 1 Hz", 1, 180, bench_memory_million},
      {"barrier", "barrier and commit of 125,000 changed sensors, at 167,000 readings/s", 1, 90, bench_barrier},
      {"minute", "a minute mark at which 125,000 sensors close windows, at 167,000 readings/s", 1, 90, bench_minute},
      {"restart", "restart from the ledger to the first reading judged, 125,000 sensors", 3, 90, bench_restart},
      {"restart-million", "the same with 1,000,000 sensors", 1, 180, bench_restart_million},
      {"sensors", "10 times the sensors at the same total rate: the share of the rate that is kept", 1, 120,
       bench_sensors},
  };
  return rows;
}

} // namespace millwright

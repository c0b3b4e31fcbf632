#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millwright {

/// How a row is to be measured.
struct bench_request {
  /// For ledgers and files; exists, and is removed by whoever made it.
  std::string directory;
  /// File; empty: those within the program.
  std::string sensor_types;
  /// Brokers of the rows that need some; empty: these are left out.
  std::string kafka;
  /// So small that nothing is measured: to see that the row works.
  bool tiny = false;

  /// `full`, or a small number in its place.
  template <class T>
  T sized(T full, T small) const {
    return tiny ? small : full;
  }
};

/// What one run of a row found.
struct bench_measure {
  std::string name;
  double value = 0;
  std::string unit;
  /// What must be reached, and what is wished for; at most so much where less is better.
  std::optional<double> target, goal;
  bool less_is_better = false;
  /// Smallest and largest within the run, where it can tell.
  std::optional<double> low = {}, high = {};
  /// What the figure alone does not say.
  std::string note = {};
};

/// A row of the table: one or several figures, measured together.
struct bench_row {
  std::string_view name;
  std::string_view what;
  /// How often it is measured unless told otherwise.
  int repeat;
  /// A run that takes longer has failed. On an idle machine none takes more than a minute; one that does says so.
  int seconds_most;
  /// Throws `failure`, or std::runtime_error when what it measures does not do its work.
  std::vector<bench_measure> (*run)(const bench_request&);
  bool needs_kafka = false;
};

/// All rows, in the order of the table.
const std::vector<bench_row>& bench_rows();

std::vector<bench_measure> bench_parse(const bench_request&);
std::vector<bench_measure> bench_model(const bench_request&);
std::vector<bench_measure> bench_state(const bench_request&);
std::vector<bench_measure> bench_health(const bench_request&);
std::vector<bench_measure> bench_node(const bench_request&);
std::vector<bench_measure> bench_node_fast_clocks(const bench_request&);
std::vector<bench_measure> bench_node_health(const bench_request&);
std::vector<bench_measure> bench_partials(const bench_request&);
std::vector<bench_measure> bench_kafka(const bench_request&);
std::vector<bench_measure> bench_kafka_many(const bench_request&);
std::vector<bench_measure> bench_replay(const bench_request&);
std::vector<bench_measure> bench_latency(const bench_request&);
std::vector<bench_measure> bench_age(const bench_request&);
std::vector<bench_measure> bench_overload(const bench_request&);
std::vector<bench_measure> bench_overload_malformed(const bench_request&);
std::vector<bench_measure> bench_memory(const bench_request&);
std::vector<bench_measure> bench_memory_grown(const bench_request&);
std::vector<bench_measure> bench_memory_million(const bench_request&);
std::vector<bench_measure> bench_memory_units(const bench_request&);
std::vector<bench_measure> bench_barrier(const bench_request&);
std::vector<bench_measure> bench_minute(const bench_request&);
std::vector<bench_measure> bench_restart(const bench_request&);
std::vector<bench_measure> bench_restart_million(const bench_request&);
std::vector<bench_measure> bench_sensors(const bench_request&);
std::vector<bench_measure> bench_sensors_paced(const bench_request&);

} // namespace millwright

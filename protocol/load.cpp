#include "protocol/load.hpp"

#include "protocol/json.hpp"

namespace millwright {

namespace {

constexpr std::array<std::string_view, load_measure_count> keys{
    "input_rate",          "processing_rate", "commit_ms",    "scheduling_delay_ms",
    "end_to_end_delay_ms", "backlog",         "memory_bytes", "cpu_share"};

void append_figures(json_object& line, const load_figures& from) {
  for (size_t i = 0; i < load_measure_count; ++i)
    line.number(keys[i], from[static_cast<load_measure>(i)]);
}

std::string json_of(const load_figures& from) {
  std::string out;
  json_object line{out};
  append_figures(line, from);
  line.close();
  return out;
}

std::string json_of(const load_advice& x) {
  std::string out;
  json_object line{out};
  line.integer("commit_interval_ms", x.commit_interval.count())
      .integer("commit_interval_now_ms", x.node.commit_interval.count())
      .integer("nodes", x.nodes)
      .integer("nodes_now", x.node.nodes)
      .text("partition_by", name_of(x.by));
  x.partitions == 0 ? line.null("partitions") : line.integer("partitions", x.partitions);
  line.integer("facilities", x.node.facilities)
      .number("input_rate", x.input)
      .number("lag", x.lag)
      .number("memory_share", x.memory_share)
      .close();
  return out;
}

} // namespace

std::string_view name_of(load_measure which) {
  return keys[static_cast<size_t>(which)];
}

std::string_view name_of(partition_scheme which) {
  constexpr std::array<std::string_view, 3> names{"time", "facility", "facility and type"};
  return names[static_cast<size_t>(which)];
}

void append_json(std::string& out, const load_sample& x) {
  json_object line{out};
  line.time("timestamp", x.at);
  append_figures(line, x.figures);
  line.close();
}

void append_json(std::string& out, const load_report& x) {
  std::string newest = "null", standing = "[";
  if (x.newest) {
    newest.clear();
    append_json(newest, *x.newest);
  }
  for (const auto& each : x.standing) {
    standing += standing.size() > 1 ? "," : "";
    append_json_string(standing, each);
  }
  json_object{out}
      .time("from", x.summary.from)
      .time("to", x.summary.to)
      .integer("samples", x.summary.samples)
      .raw("newest", newest)
      .raw("mean", json_of(x.summary.mean))
      .raw("p95", json_of(x.summary.p95))
      .raw("max", json_of(x.summary.max))
      .raw("standing", standing + "]")
      .raw("advice", x.advice ? json_of(*x.advice) : "null")
      .close();
}

} // namespace millwright

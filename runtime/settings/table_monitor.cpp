#include "runtime/settings/tables.hpp"

namespace millwright {

using namespace std::chrono_literals;
using namespace kinds;

table<node_settings> monitor_rows() {
  using node = node_settings;
  const auto nodes = [] { return whole<uint32_t>(0, 10'000); };
  const auto partitions = [] { return whole<uint32_t>(1, 1'000'000); };
  return {
      setting<node>("monitor.every", MILLWRIGHT_MEMBER(monitor.every), duration(100ms),
                    "how often the node takes a sample of itself"),
      setting<node>("monitor.kept", MILLWRIGHT_MEMBER(monitor.kept), whole<uint32_t>(10, 1'000'000),
                    "samples that are kept"),
      setting<node>("monitor.span", MILLWRIGHT_MEMBER(monitor.span), duration(1s),
                    "so much is summed up by millwright load, where it is not told how much"),

      setting<node>("monitor.alarms.input", MILLWRIGHT_MEMBER(monitor.alarms.input), number(1),
                    "readings that come, as a multiple of those judged: above it the node is overloaded"),
      setting<node>("monitor.alarms.commit", MILLWRIGHT_MEMBER(monitor.alarms.commit), duration(1ms),
                    "so long may a commit take"),
      setting<node>("monitor.alarms.memory", MILLWRIGHT_MEMBER(monitor.alarms.memory), size(1 << 20),
                    "so much memory may the node hold"),
      setting<node>("monitor.alarms.cpu", MILLWRIGHT_MEMBER(monitor.alarms.cpu), share(),
                    "share of all cores that it may use"),
      setting<node>("monitor.alarms.after", MILLWRIGHT_MEMBER(monitor.alarms.held), duration(1s),
                    "above one of these for so long raises performance"),
      setting<node>("monitor.alarms.over_after", MILLWRIGHT_MEMBER(monitor.alarms.over_after), duration(1s),
                    "and within it for so long ends it"),
      setting<node>("monitor.alarms.average", MILLWRIGHT_MEMBER(monitor.alarms.average), duration(1s),
                    "rates and CPU are means over so long"),
      setting<node>("monitor.alarms.backlog", MILLWRIGHT_MEMBER(monitor.alarms.backlog), duration(),
                    "what waits is a backlog when judging it takes longer; nothing is wrong while one shrinks"),

      setting<node>("monitor.advice.commits.high_rate", MILLWRIGHT_MEMBER(monitor.advice.high_rate), number(0),
                    "more readings a second than this are high load"),
      setting<node>("monitor.advice.commits.middle_rate", MILLWRIGHT_MEMBER(monitor.advice.middle_rate), number(0),
                    "and more than this middle load"),
      setting<node>("monitor.advice.commits.at_high", MILLWRIGHT_MEMBER(monitor.advice.interval_at_high),
                    duration(10ms), "time between commits at high load"),
      setting<node>("monitor.advice.commits.at_middle", MILLWRIGHT_MEMBER(monitor.advice.interval_at_middle),
                    duration(10ms), "at middle load"),
      setting<node>("monitor.advice.commits.otherwise", MILLWRIGHT_MEMBER(monitor.advice.interval_else), duration(10ms),
                    "below that"),
      setting<node>("monitor.advice.nodes.lag_high", MILLWRIGHT_MEMBER(monitor.advice.lag_high), number(0),
                    "lag (what comes over what is judged) above this, with memory_high: add add_many"),
      setting<node>("monitor.advice.nodes.memory_high", MILLWRIGHT_MEMBER(monitor.advice.memory_high), share(),
                    "memory above this share of monitor.alarms.memory"),
      setting<node>("monitor.advice.nodes.add_many", MILLWRIGHT_MEMBER(monitor.advice.add_many), nodes(),
                    "nodes to add then"),
      setting<node>("monitor.advice.nodes.lag", MILLWRIGHT_MEMBER(monitor.advice.lag), number(0),
                    "lag above this: add"),
      setting<node>("monitor.advice.nodes.add", MILLWRIGHT_MEMBER(monitor.advice.add), nodes(), "nodes to add then"),
      setting<node>("monitor.advice.nodes.lag_low", MILLWRIGHT_MEMBER(monitor.advice.lag_low), number(0),
                    "lag below this, with memory_low: remove"),
      setting<node>("monitor.advice.nodes.memory_low", MILLWRIGHT_MEMBER(monitor.advice.memory_low), share(),
                    "memory below this share of monitor.alarms.memory"),
      setting<node>("monitor.advice.nodes.remove", MILLWRIGHT_MEMBER(monitor.advice.remove), nodes(),
                    "nodes to take away then"),
      setting<node>("monitor.advice.nodes.least", MILLWRIGHT_MEMBER(monitor.advice.least_nodes), nodes(),
                    "what is added or taken away leaves at least so many"),
      setting<node>("monitor.advice.nodes.most", MILLWRIGHT_MEMBER(monitor.advice.most_nodes), nodes(),
                    "and at most so many"),
      setting<node>("monitor.advice.partitions.many_facilities", MILLWRIGHT_MEMBER(monitor.advice.many_facilities),
                    whole<uint32_t>(0), "more facilities than this: partitions by facility and sensor type"),
      setting<node>("monitor.advice.partitions.some_facilities", MILLWRIGHT_MEMBER(monitor.advice.some_facilities),
                    whole<uint32_t>(0), "more than this: by facility; else by time"),
      setting<node>("monitor.advice.partitions.by_facility", MILLWRIGHT_MEMBER(monitor.advice.partitions_by_facility),
                    partitions(), "number of partitions by facility"),
      setting<node>("monitor.advice.partitions.by_time", MILLWRIGHT_MEMBER(monitor.advice.partitions_by_time),
                    partitions(), "number of partitions by time"),
  };
}

} // namespace millwright

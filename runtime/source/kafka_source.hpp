#pragma once

#include "runtime/settings/settings.hpp"
#include "runtime/source/source.hpp"

#include <memory>

namespace millwright {

/// A Kafka topic; every partition is a split, "topic/partition". No consumer group: the caller says where to start.
///
/// Records lie in librdkafka's fetch buffers, without a copy. Memory is bounded however much waits in the topic.
/// A cluster that cannot be reached, at the start or later, is an event and no error: librdkafka reconnects. Until it
/// was reached once, `identity()` and `splits()` are empty; no split is added before the identity is known. Partitions
/// that the topic gains, while this runs or was away, are found within seconds and read from their beginning: `latest`
/// is for a ledger that knows none.
///
/// A position goes on behind what is no record (marks of transactions, what was aborted). Its mark is the newest record
/// that was taken: where the partition still has that place, another record there means another log.
class kafka_source : public source {
public:
  /// Throws `failure` source_property where librdkafka does not take a property.
  explicit kafka_source(const kafka_settings& settings);
  ~kafka_source() override;

  /// "kafka:CLUSTERID/TOPIC"; empty while the cluster was not yet reached.
  std::string identity() override;
  const std::vector<std::string>& splits() const override;
  void recall(const std::map<std::string, std::string>& marks) override;
  void start(const std::map<std::string, uint64_t>& positions) override;
  /// Throws `failure` source_data_lost where the record to go on with is gone or of another log, unless that is
  /// tolerated: then a `lost` event, whose `to` is the oldest record that there is (before `from` when the topic was
  /// made anew).
  void poll(record_batch& batch, size_t most, milliseconds patience) override;
  bool finished() const override { return false; }
  std::optional<uint64_t> backlog() const override;
  std::optional<uint64_t> waiting(uint16_t split) const override;
  std::optional<split_place> place(uint16_t split) const override;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace millwright

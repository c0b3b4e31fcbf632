#pragma once

#include "protocol/time.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace millwright {

/// Where simulated readings go when they do not go to a node. Used by one thread.
class reading_output {
public:
  virtual ~reading_output() = default;

  /// One line, without line feed. Throws `failure`.
  virtual void put(std::string_view key, std::string_view line, event_time arrival) = 0;
  /// Hands on what is buffered, without waiting for it to arrive.
  virtual void flush() = 0;
  /// Returns when everything has arrived. Throws `failure` if something did not.
  virtual void finish() = 0;
  /// Nobody reads any more: a closed pipe.
  virtual bool closed() const { return false; }
};

/// Lines into a file, or to standard output for "-".
std::unique_ptr<reading_output> write_to_file(const std::string& path);

struct kafka_target {
  std::string brokers;
  std::string topic;
  /// The topic is made with so many when it is missing.
  int partitions = 8;
  /// A broker that does not answer for this long is an error.
  milliseconds patience{15'000};
};

/// Records into a topic, keyed by sensor and placed as Java's producer places them (murmur2), acknowledged by all
/// replicas, in order. The record's time is the wall clock's, for retention goes by it; where the plant's time is ahead
/// of that, it is the plant's, or the reading would be from the future.
std::unique_ptr<reading_output> write_to_kafka(const kafka_target& target);

} // namespace millwright

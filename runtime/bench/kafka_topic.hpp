#pragma once

#include "runtime/bench/load_source.hpp"

#include <string>

namespace millwright {

/// A topic of 8 partitions for one benchmark, deleted with this object.
class kafka_topic {
public:
  explicit kafka_topic(std::string brokers);
  ~kafka_topic();
  kafka_topic(const kafka_topic&) = delete;
  kafka_topic& operator=(const kafka_topic&) = delete;

  const std::string& name() const { return name_; }

  /// Writes the history and then `readings` more, a second apart for each sensor. Returns how many in all. Throws
  /// `failure` where the brokers do not take them.
  uint64_t fill(const load_plant& plant, const load_phase& history, uint64_t readings, event_time start) const;

private:
  std::string brokers_, name_;
};

} // namespace millwright

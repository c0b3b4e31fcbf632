#include "runtime/source/kafka_properties.hpp"

#include "protocol/failure.hpp"
#include "runtime/settings/load_settings.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace millwright {

namespace {

/// Properties whose value other settings give, or on which this source's promises rest.
struct reserved_property {
  std::string_view name;
  std::string_view instead;
};
constexpr std::array reserved{
    reserved_property{"bootstrap.servers", "use source.kafka.brokers"},
    reserved_property{"metadata.broker.list", "use source.kafka.brokers"},
    reserved_property{"auto.offset.reset", "use source.kafka.start and source.kafka.tolerate_data_loss"},
    reserved_property{"socket.timeout.ms", "use source.kafka.request_timeout"},
    reserved_property{"session.timeout.ms", "use source.kafka.session_timeout"},
    reserved_property{"enable.partition.eof", "it is always on"},
};

rd_kafka_conf_res_t set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value, std::string& error) {
  std::array<char, 512> text{};
  const auto result = rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text.data(), text.size());
  error = text.data();
  return result;
}

struct guard {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  ~guard() {
    if (conf)
      rd_kafka_conf_destroy(conf);
  }
};

} // namespace

std::string kafka_brokers(const kafka_settings& settings) {
  std::string out;
  for (const auto& each : settings.brokers)
    out += (out.empty() ? "" : ",") + each;
  return out;
}

rd_kafka_conf_t* kafka_configuration(const kafka_settings& settings) {
  const auto refuse = [](const std::string& where, const std::string& what) {
    throw failure{failure_code::source_property, where, what};
  };
  if (settings.brokers.empty())
    refuse("source.kafka.brokers", "there is none");
  for (const auto& each : settings.brokers)
    if (each.empty())
      refuse("source.kafka.brokers", "an address is empty");
  if (settings.topic.empty())
    refuse("source.kafka.topic", "there is none");
  if (settings.start != "earliest" && settings.start != "latest")
    refuse("source.kafka.start", "earliest or latest was expected, not \"" + settings.start + '"');

  guard made;
  struct setting {
    std::string name, value, where;
  };
  const std::string ours = "source.kafka";
  const setting settings_of_ours[] = {
      {"bootstrap.servers", kafka_brokers(settings), ours + ".brokers"},
      {"client.id", "millwright", ours},
      {"session.timeout.ms", std::to_string(settings.session_timeout.count()), ours + ".session_timeout"},
      {"socket.timeout.ms", std::to_string(settings.request_timeout.count()), ours + ".request_timeout"},
      {"enable.auto.commit", "false", ours},
      {"enable.auto.offset.store", "false", ours},
      {"auto.offset.reset", "error", ours},
      {"enable.partition.eof", "true", ours},
      {"isolation.level", "read_committed", ours},
      {"check.crcs", "true", ours},
      {"reconnect.backoff.ms", "100", ours},
      {"reconnect.backoff.max.ms", "5000", ours},
      {"topic.metadata.refresh.interval.ms", "5000", ours},
      {"log.connection.close", "false", ours},
      {"socket.nagle.disable", "true", ours},
      // Bounded memory, and enough in it for two million records a second: what waits, and a fetch of each broker.
      {"queued.min.messages", std::to_string(kafka_queued_records), ours},
      {"queued.max.messages.kbytes", "32768", ours},
      {"fetch.message.max.bytes", "1048576", ours},
      {"fetch.max.bytes", "8388608", ours},
      {"fetch.wait.max.ms", "200", ours},
      {"fetch.error.backoff.ms", "100", ours},
  };
  std::string error;
  for (const auto& each : settings_of_ours)
    if (set(made.conf, each.name, each.value, error) != RD_KAFKA_CONF_OK)
      refuse(each.where, error);
  // From 2.2 on; before, kafka_source wakes the fetchers itself.
  set(made.conf, "fetch.queue.backoff.ms", "5", error);

  for (const auto& [name, value] : resolved_properties(settings)) {
    const auto where = ours + ".properties." + name;
    for (const auto& each : reserved)
      if (each.name == name)
        refuse(where, "it cannot be set here: " + std::string{each.instead});
    if (set(made.conf, name, value, error) != RD_KAFKA_CONF_OK)
      refuse(where, error);
  }
  return std::exchange(made.conf, nullptr);
}

} // namespace millwright

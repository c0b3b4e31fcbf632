#pragma once

#include "runtime/settings/settings.hpp"

#include <librdkafka/rdkafka.h>

namespace millwright {

/// Records that librdkafka keeps ready, at most (and what comes with the fetches under way).
inline constexpr int kafka_queued_records = 100'000;

/// The consumer's configuration: ours, then the user's properties. The caller owns it (rd_kafka_new takes it over).
/// Throws `failure` source_property naming the setting.
rd_kafka_conf_t* kafka_configuration(const kafka_settings& settings);

/// "host:port,host:port"
std::string kafka_brokers(const kafka_settings& settings);

} // namespace millwright

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace millwright {

/// A real Kafka broker in a directory of its own under the system's temporary one, on a free port. It ends with the
/// object, and with the test's process whatever becomes of that. Throws std::runtime_error where something fails.
class kafka_broker {
public:
  /// True when a broker can be run here. Otherwise says why on standard error; with CI=true it throws instead.
  static bool available();

  /// Formats the directory; does not start.
  kafka_broker();
  /// One that somebody else runs.
  explicit kafka_broker(std::string bootstrap);
  ~kafka_broker();
  kafka_broker(const kafka_broker&) = delete;
  kafka_broker& operator=(const kafka_broker&) = delete;

  /// Before its first start: adds a listener with a login (SASL PLAIN, user node, password right) and one with TLS.
  void secure();
  /// host:port of these; their authority's certificate.
  const std::string& login_address() const { return login_address_; }
  const std::string& tls_address() const { return tls_address_; }
  std::string authority() const { return directory_ + "/authority.pem"; }

  /// Starts on the data and port that it had before; returns when it answers.
  void start();
  /// SIGTERM, and waits for the end.
  void stop();
  /// SIGKILL, as by a power cut of the process.
  void kill();

  /// host:port
  const std::string& bootstrap() const { return bootstrap_; }

  void create_topic(const std::string& name, int partitions, const std::map<std::string, std::string>& config = {});
  /// `total`: how many the topic has afterwards.
  void add_partitions(const std::string& name, int total);
  /// What retention does: the records before `offset` are gone. -1: all.
  void delete_records(const std::string& topic, int partition, int64_t offset);
  void delete_topic(const std::string& name);

  /// Queues a record; `partition` -1: by the key (murmur2); `timestamp` 0: now, in ms.
  void produce(const std::string& topic, int partition, std::string_view key, std::string_view value,
               int64_t timestamp = 0);
  /// A record without a payload.
  void produce_tombstone(const std::string& topic, int partition, std::string_view key);
  /// Records of one transaction, which is then committed or aborted; all acknowledged.
  void produce_transaction(const std::string& topic, int partition, const std::vector<std::string>& values,
                           bool commit);
  /// Waits until everything queued is acknowledged.
  void flush();

private:
  struct client;
  client& connected();
  void end(int signal);

  std::string directory_;
  std::string bootstrap_, login_address_, tls_address_;
  pid_t pid_ = 0;
  std::unique_ptr<client> client_;
};

} // namespace millwright

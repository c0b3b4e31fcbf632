#pragma once

#include "protocol/time.hpp"
#include "runtime/source/kafka_trouble.hpp"

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace millwright {

/// What a Kafka source has to ask the cluster: its id, the topic's partitions, whether it answers at all, and where a
/// partition begins and ends. These calls block, so that they have a thread of their own; the source's thread only
/// leaves questions and collects news.
class kafka_watch {
public:
  /// Where a partition begins and ends: as far as committed.
  struct watermarks {
    int32_t partition = 0;
    int64_t low = 0, high = 0;
  };

  /// What has changed since it was last collected.
  struct news {
    /// The last ones count; 1 reachable, 0 unreachable, -1 no change.
    int reachable = -1;
    std::string detail;
    int32_t partitions = 0;
    std::vector<watermarks> found;
  };

  /// @param brokers "host:port,host:port". @param protocol security.protocol, as configured.
  kafka_watch(rd_kafka_t* handle, rd_kafka_topic_t* topic, std::string brokers, std::string protocol);
  ~kafka_watch();

  void start();
  /// Takes at most half a second; the handle is not used afterwards.
  void stop();

  /// False, at the cost of one atomic read, when there is none.
  bool collect(news& into);
  /// Empty while unknown.
  std::string cluster() const;

  /// Source's thread: librdkafka says that every broker is down; is it so?
  void suspect();
  /// Source's thread: records have come, so that somebody is there.
  void seen_alive() { last_alive_.store(now_ms(), std::memory_order_relaxed); }
  /// Asks where the partition begins and ends.
  void ask_watermarks(int32_t partition);
  /// Gets sleeping fetchers going again; see kafka_source::poll.
  void wake_fetchers();
  /// Any thread: an error that librdkafka told. Of several the most telling one counts.
  void note_error(std::string text);

private:
  using clock = std::chrono::steady_clock;

  static int64_t now_ms();
  void run();
  void probe();
  void publish(bool reachable, std::string detail);
  void query(std::vector<int32_t>& open);
  void touch_leaders();
  struct words {
    kafka_trouble kind;
    std::string text;
  };
  std::optional<words> words_on(rd_kafka_resp_err_t error);

  rd_kafka_t* handle_;
  rd_kafka_topic_t* topic_;
  std::string name_;
  std::string brokers_, protocol_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> has_news_{false};
  std::atomic<int64_t> last_alive_{0};
  news news_;
  std::string cluster_;
  std::string last_error_;
  std::vector<int32_t> asked_;
  bool stopping_ = false, suspected_ = false, probe_now_ = false, wake_ = false;

  // The watch's own thread only.
  int reachable_ = -1;
  kafka_trouble told_ = kafka_trouble::unknown;
  int32_t partitions_ = 0;
  clock::time_point failing_since_{};
  clock::time_point next_probe_{}, next_words_{}, listener_asked_{};
  /// A listener_kind, once it is known.
  std::shared_ptr<std::atomic<int>> listener_;
  std::vector<int32_t> one_per_leader_;
  std::thread thread_;
};

} // namespace millwright

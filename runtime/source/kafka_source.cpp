#include "runtime/source/kafka_source.hpp"

#include "protocol/failure.hpp"
#include "runtime/source/kafka_properties.hpp"
#include "runtime/source/kafka_watch.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace millwright {

namespace {

/// So long may a call of `poll` wait inside librdkafka.
constexpr milliseconds longest_wait{50};

} // namespace

struct kafka_source::state {
  struct partition {
    /// The next record to take; a logical offset (negative) until the first one came.
    int64_t next = RD_KAFKA_OFFSET_BEGINNING;
    bool reading = false;
    /// The cluster says that `next` is gone; where the partition begins and ends has been asked.
    bool astray = false;
  };

  explicit state(const kafka_settings& s) : settings{s} {
    auto* conf = kafka_configuration(settings);
    rd_kafka_conf_set_opaque(conf, this);
    rd_kafka_conf_set_error_cb(conf, [](rd_kafka_t*, int error, const char* text, void* self) {
      static_cast<state*>(self)->on_error(static_cast<rd_kafka_resp_err_t>(error), text);
    });
    rd_kafka_conf_set_log_cb(conf, [](const rd_kafka_t* handle, int level, const char*, const char* text) {
      // 3: errors, such as a refused connection or login. The thread may run before the constructor is through.
      if (auto* self = static_cast<state*>(rd_kafka_opaque(handle)); level <= 3 && self->logging)
        self->watch->note_error(text);
    });
    std::array<char, 512> error{};
    handle = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error.data(), error.size());
    if (!handle) {
      rd_kafka_conf_destroy(conf);
      throw failure{failure_code::source_property, "source.kafka", error.data()};
    }
    topic = rd_kafka_topic_new(handle, settings.topic.c_str(), nullptr);
    if (!topic) {
      const std::string why = rd_kafka_err2str(rd_kafka_last_error());
      rd_kafka_destroy(handle);
      throw failure{failure_code::source_property, "source.kafka.topic", why};
    }
    queue = rd_kafka_queue_new(handle);
    watch = std::make_unique<kafka_watch>(handle, topic, kafka_brokers(settings));
    logging = true;
    wakes_itself = rd_kafka_version() >= 0x02020000;
    most_records = configured("queued.min.messages");
    most_bytes = configured("queued.max.messages.kbytes") * 1024;
  }

  ~state() {
    logging = false;
    // The watch goes before what it uses; the log callback may still be on its way to it, so that it is kept.
    watch->stop();
    release();
    for (size_t i = 0; i < partitions.size(); ++i)
      if (partitions[i].reading)
        rd_kafka_consume_stop(topic, static_cast<int32_t>(i));
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(handle);
  }

  int64_t configured(const char* name) const {
    std::array<char, 64> text{};
    size_t size = text.size();
    return rd_kafka_conf_get(rd_kafka_conf(handle), name, text.data(), &size) == RD_KAFKA_CONF_OK
               ? std::strtoll(text.data(), nullptr, 10)
               : 0;
  }

  void release() {
    for (size_t i = 0; i < held; ++i)
      rd_kafka_message_destroy(messages[i]);
    held = 0;
  }

  void on_error(rd_kafka_resp_err_t error, const char* text) {
    if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
      watch->suspect();
    } else {
      watch->note_error(text);
    }
  }

  void read_from(int32_t index, int64_t offset) {
    auto& to = partitions[static_cast<size_t>(index)];
    if (to.reading)
      rd_kafka_consume_stop(topic, index);
    to.next = offset;
    to.astray = false;
    to.reading = rd_kafka_consume_start_queue(topic, index, offset, queue) == 0;
    if (!to.reading)
      throw failure{failure_code::source_unreachable, names[static_cast<size_t>(index)],
                    rd_kafka_err2str(rd_kafka_last_error())};
  }

  void take_news(record_batch& batch) {
    if (!watch->collect(news))
      return;
    if (news.reachable >= 0)
      batch.events.push_back({news.reachable ? source_event::kind::reachable : source_event::kind::unreachable, 0, 0, 0,
                              std::move(news.detail)});
    const bool first = names.empty();
    while (static_cast<int32_t>(names.size()) < news.partitions) {
      const auto index = static_cast<int32_t>(names.size());
      names.push_back(settings.topic + '/' + std::to_string(index));
      partitions.emplace_back();
      const auto known = positions.find(names.back());
      const bool latest = first && settings.start == "latest";
      read_from(index, known != positions.end() ? static_cast<int64_t>(known->second)
                       : latest                 ? RD_KAFKA_OFFSET_END
                                                : RD_KAFKA_OFFSET_BEGINNING);
      batch.events.push_back({source_event::kind::split_added, static_cast<uint16_t>(index), 0, 0, names.back()});
    }
    for (const auto& found : news.found)
      recover(found, batch);
  }

  /// The record at `next` is not there: goes on where there is one, if that is allowed.
  void recover(const kafka_watch::watermarks& found, record_batch& batch) {
    auto& of = partitions[static_cast<size_t>(found.partition)];
    if (!of.astray)
      return;
    if (of.next < 0 || (of.next >= found.low && of.next <= found.high)) {
      read_from(found.partition, of.next);
      return;
    }
    const auto& name = names[static_cast<size_t>(found.partition)];
    if (!settings.tolerate_data_loss)
      throw failure{failure_code::source_data_lost, name,
                    "the position to go on from is " + std::to_string(of.next) + ", but the oldest record is " +
                        std::to_string(found.low) + " and the end " + std::to_string(found.high)};
    batch.events.push_back({source_event::kind::lost, static_cast<uint16_t>(found.partition),
                            static_cast<uint64_t>(of.next), static_cast<uint64_t>(found.low), name});
    read_from(found.partition, found.low);
  }

  /// Before 2.2 a fetcher that finds the queue full sleeps for up to a second, whatever is taken meanwhile: it has to
  /// be woken while there is still something left.
  void keep_fetching(const record_batch& batch) {
    if (wakes_itself || batch.records.empty())
      return;
    int64_t bytes = 1;
    for (const auto& each : batch.records)
      bytes += each.size + static_cast<int64_t>(each.key.size());
    const auto full = std::min(most_records, most_bytes * static_cast<int64_t>(batch.records.size()) / bytes);
    const auto waiting = static_cast<int64_t>(rd_kafka_queue_length(queue));
    if (waiting >= full / 2) {
      was_full = true;
    } else if (was_full) {
      was_full = false;
      watch->wake_fetchers();
    }
  }

  void take(size_t count, record_batch& batch) {
    held = 0;
    for (size_t i = 0; i < count; ++i) {
      auto* message = messages[i];
      auto* of = message->partition >= 0 && static_cast<size_t>(message->partition) < partitions.size()
                     ? &partitions[static_cast<size_t>(message->partition)]
                     : nullptr;
      if (message->err || !of || message->offset < of->next) {
        if (message->err)
          take_error(*message, of, batch);
        rd_kafka_message_destroy(message);
        continue;
      }
      messages[held++] = message;
      of->next = message->offset + 1;
      rd_kafka_timestamp_type_t kind;
      const auto stamp = rd_kafka_message_timestamp(message, &kind);
      batch.records.push_back(
          {static_cast<char*>(message->payload),
           static_cast<uint32_t>(message->len),
           static_cast<uint16_t>(message->partition),
           static_cast<uint64_t>(message->offset),
           // The producer's own clock is no arrival: it is wrong whenever the reading's is.
           kind == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME ? std::optional{from_epoch_ms(stamp)} : std::nullopt,
           {static_cast<const char*>(message->key), message->key_len}});
    }
  }

  void take_error(const rd_kafka_message_t& message, partition* of, record_batch& batch) {
    const auto index = message.partition;
    if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET && of) {
      if (!of->astray)
        watch->ask_watermarks(index);
      of->astray = true;
    } else if ((message.err == RD_KAFKA_RESP_ERR__BAD_MSG || message.err == RD_KAFKA_RESP_ERR__BAD_COMPRESSION ||
                message.err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) &&
               of) {
      const auto at = static_cast<uint64_t>(std::max<int64_t>(message.offset, 0));
      batch.events.push_back({source_event::kind::damaged, static_cast<uint16_t>(index), at, at,
                              names[static_cast<size_t>(index)] + ": " + rd_kafka_message_errstr(&message)});
    } else if (message.err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      watch->note_error(rd_kafka_message_errstr(&message));
    }
  }

  kafka_settings settings;
  std::map<std::string, uint64_t> positions;
  std::vector<std::string> names;
  std::vector<partition> partitions;
  std::vector<rd_kafka_message_t*> messages;
  size_t held = 0;

  rd_kafka_t* handle = nullptr;
  rd_kafka_topic_t* topic = nullptr;
  rd_kafka_queue_t* queue = nullptr;
  std::unique_ptr<kafka_watch> watch;
  std::atomic<bool> logging{false};
  kafka_watch::news news;
  bool started = false;
  bool wakes_itself = false;
  /// The queue has been seen (nearly) full, so that fetchers may sleep, and has not been seen half empty since.
  bool was_full = false;
  int64_t most_records = 0, most_bytes = 0;
};

kafka_source::kafka_source(const kafka_settings& settings) : state_{std::make_unique<state>(settings)} {
  // From here on, so that the identity may be known before the start.
  state_->watch->start();
}

kafka_source::~kafka_source() = default;

std::string kafka_source::identity() {
  const auto cluster = state_->watch->cluster();
  return cluster.empty() ? "" : "kafka:" + cluster + '/' + state_->settings.topic;
}

const std::vector<std::string>& kafka_source::splits() const {
  return state_->names;
}

void kafka_source::start(const std::map<std::string, uint64_t>& positions) {
  state_->positions = positions;
  state_->started = true;
}

void kafka_source::poll(record_batch& batch, size_t most, milliseconds patience) {
  auto& s = *state_;
  batch.clear();
  s.release();
  if (!s.started)
    return;
  rd_kafka_poll(s.handle, 0);
  s.take_news(batch);
  const auto want = std::min(most, static_cast<size_t>(std::max(s.settings.batch, 1)));
  if (want == 0)
    return;
  s.messages.resize(std::max(s.messages.size(), want));

  // librdkafka waits until as many have come as were asked for: so first what is there, then for one.
  auto got = rd_kafka_consume_batch_queue(s.queue, 0, s.messages.data(), want);
  if (got <= 0 && batch.events.empty() && patience.count() > 0) {
    const auto wait = static_cast<int>(std::min(patience, longest_wait).count());
    got = rd_kafka_consume_batch_queue(s.queue, wait, s.messages.data(), 1);
    if (got == 1 && want > 1)
      got += std::max<ssize_t>(rd_kafka_consume_batch_queue(s.queue, 0, s.messages.data() + 1, want - 1), 0);
  }
  if (got > 0) {
    s.take(static_cast<size_t>(got), batch);
    s.watch->seen_alive();
  }
  s.keep_fetching(batch);
}

std::optional<uint64_t> kafka_source::waiting(uint16_t split) const {
  const auto& s = *state_;
  if (split >= s.partitions.size())
    return std::nullopt;
  int64_t low = RD_KAFKA_OFFSET_INVALID, high = RD_KAFKA_OFFSET_INVALID;
  const auto next = s.partitions[split].next;
  if (rd_kafka_get_watermark_offsets(s.handle, s.settings.topic.c_str(), split, &low, &high) || high < 0)
    return std::nullopt;
  const auto from = next >= 0 ? next : next == RD_KAFKA_OFFSET_END ? high : std::max<int64_t>(low, 0);
  return static_cast<uint64_t>(std::max<int64_t>(high - from, 0));
}

std::optional<uint64_t> kafka_source::backlog() const {
  std::optional<uint64_t> sum;
  for (size_t i = 0; i < state_->partitions.size(); ++i)
    if (const auto each = waiting(static_cast<uint16_t>(i)))
      sum = sum.value_or(0) + *each;
  return sum;
}

} // namespace millwright

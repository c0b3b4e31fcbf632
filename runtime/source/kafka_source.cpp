#include "runtime/source/kafka_source.hpp"

#include "protocol/failure.hpp"
#include "runtime/source/content_hash.hpp"
#include "runtime/source/kafka_mark.hpp"
#include "runtime/source/kafka_properties.hpp"
#include "runtime/source/kafka_watch.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace millwright {

namespace {

/// So long may a call of `poll` wait inside librdkafka.
constexpr milliseconds longest_wait{50};

} // namespace

struct kafka_source::state {
  struct partition {
    /// The next record to take, once it is `placed`.
    int64_t next = 0;
    bool placed = false;
    /// To be placed at its end, else at its beginning.
    bool from_end = false;
    bool reading = false;
    /// The cluster says that `next` is gone, or it is another log; where the partition begins and ends has been asked.
    bool astray = false, another = false;
    /// The newest record that was taken before the start, until the one at its place has been seen.
    std::optional<kafka_mark> expected;
    kafka_mark newest;
    /// In `messages`, of the newest one of this poll.
    size_t newest_at = 0;
    bool touched = false;
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
    watch = std::make_unique<kafka_watch>(handle, topic, kafka_brokers(settings), configured_text("security.protocol"));
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

  std::string configured_text(const char* name) const {
    std::array<char, 64> text{};
    size_t size = text.size();
    return rd_kafka_conf_get(rd_kafka_conf(handle), name, text.data(), &size) == RD_KAFKA_CONF_OK ? text.data() : "";
  }
  int64_t configured(const char* name) const { return std::strtoll(configured_text(name).c_str(), nullptr, 10); }

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

  /// `next` is what is handed out first; what lies before it from `offset` on is only looked at.
  void read_from(int32_t index, int64_t next, int64_t offset) {
    auto& to = partitions[static_cast<size_t>(index)];
    if (to.reading)
      rd_kafka_consume_stop(topic, index);
    to.next = next;
    to.placed = true;
    to.astray = to.another = false;
    if (offset == next)
      to.expected.reset();
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
      begin(index, first);
      batch.events.push_back({source_event::kind::split_added, static_cast<uint16_t>(index), 0, 0, names.back()});
    }
    for (const auto& found : news.found)
      recover(found, batch);
  }

  /// A position of 0 without a mark is of a version that committed it before it knew where the partition begins.
  bool is_place(const std::string& split, uint64_t position) const { return position > 0 || marks.contains(split); }

  void begin(int32_t index, bool first) {
    auto& of = partitions.back();
    const auto known = positions.find(names.back());
    if (known != positions.end() && is_place(names.back(), known->second)) {
      const auto next = static_cast<int64_t>(known->second);
      if (const auto mark = marks.find(names.back()); mark != marks.end())
        of.newest = decode_kafka_mark(mark->second).value_or(kafka_mark{});
      if (of.newest.offset >= 0 && of.newest.offset < next)
        of.expected = of.newest;
      read_from(index, next, of.expected ? of.expected->offset : next);
      return;
    }
    // A partition that is found later has been added: nobody has seen its beginning.
    const bool knows_none = std::none_of(positions.begin(), positions.end(),
                                         [&](const auto& each) { return is_place(each.first, each.second); });
    of.from_end = settings.start == "latest" && ((first && knows_none) || known != positions.end());
    watch->ask_watermarks(index);
  }

  /// Where the partition begins and ends: its first place; or the record at `next` is not there, and it goes on where
  /// there is one, if that is allowed.
  void recover(const kafka_watch::watermarks& found, record_batch& batch) {
    auto& of = partitions[static_cast<size_t>(found.partition)];
    if (!of.placed) {
      const auto next = of.from_end ? found.high : found.low;
      read_from(found.partition, next, next);
      return;
    }
    if (!of.astray)
      return;
    if (!of.another && of.next >= found.low && of.next <= found.high) {
      read_from(found.partition, of.next, of.next);
      return;
    }
    const auto& name = names[static_cast<size_t>(found.partition)];
    const std::string why =
        of.another ? "the record at position " + std::to_string(of.newest.offset) +
                         " is not the one that was taken there, so that this is another log: the topic was "
                         "made anew"
                   : "the position to go on from is " + std::to_string(of.next) + ", but the oldest record is " +
                         std::to_string(found.low) + " and the end " + std::to_string(found.high);
    if (!settings.tolerate_data_loss)
      throw failure{
          failure_code::source_data_lost, name,
          why + ". To go on from the oldest record that there is, set source.kafka.tolerate_data_loss: true" +
              (of.another ? "; or give this topic its own ledger.path, and alarms.path where that is set" : "")};
    batch.events.push_back({source_event::kind::lost, static_cast<uint16_t>(found.partition),
                            static_cast<uint64_t>(of.next), static_cast<uint64_t>(found.low), name + ": " + why});
    of.newest = {};
    read_from(found.partition, found.low, found.low);
  }

  void go_astray(int32_t index, partition& of) {
    if (!of.astray)
      watch->ask_watermarks(index);
    of.astray = true;
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
    touched.clear();
    for (size_t i = 0; i < count; ++i) {
      auto* message = messages[i];
      auto* of = message->partition >= 0 && static_cast<size_t>(message->partition) < partitions.size()
                     ? &partitions[static_cast<size_t>(message->partition)]
                     : nullptr;
      if (of && of->expected && !message->err)
        compare(*message, *of);
      if (message->err || !of || message->offset < of->next || of->astray) {
        if (message->err)
          take_error(*message, of, batch);
        rd_kafka_message_destroy(message);
        continue;
      }
      of->newest_at = held;
      if (!std::exchange(of->touched, true))
        touched.push_back(of);
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
           {static_cast<const char*>(message->key), message->key_len},
           {}});
    }
    // While they are as they came.
    for (auto* of : touched) {
      of->newest = mark_of(*messages[of->newest_at]);
      of->touched = false;
    }
  }

  static kafka_mark mark_of(const rd_kafka_message_t& message) {
    rd_kafka_timestamp_type_t kind;
    const std::string_view key{static_cast<const char*>(message.key), message.key_len},
        payload{static_cast<const char*>(message.payload), message.len};
    return {message.offset, rd_kafka_message_timestamp(&message, &kind), content_hash(payload, content_hash(key))};
  }

  /// Where the record is gone (retention, compaction) nothing can be said.
  void compare(const rd_kafka_message_t& message, partition& of) {
    if (message.offset < of.expected->offset)
      return;
    if (message.offset == of.expected->offset && mark_of(message) != *of.expected) {
      of.another = true;
      go_astray(message.partition, of);
    }
    of.expected.reset();
  }

  void take_error(const rd_kafka_message_t& message, partition* of, record_batch& batch) {
    const auto index = message.partition;
    if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      // What lies between is no record: marks of transactions, and what was aborted.
      if (of && of->placed && !of->astray && message.offset > of->next)
        of->next = message.offset;
    } else if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET && of) {
      go_astray(index, *of);
    } else if ((message.err == RD_KAFKA_RESP_ERR__BAD_MSG || message.err == RD_KAFKA_RESP_ERR__BAD_COMPRESSION ||
                message.err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) &&
               of) {
      const auto at = static_cast<uint64_t>(std::max<int64_t>(message.offset, 0));
      batch.events.push_back({source_event::kind::damaged, static_cast<uint16_t>(index), at, at,
                              names[static_cast<size_t>(index)] + ": " + rd_kafka_message_errstr(&message)});
    } else {
      watch->note_error(rd_kafka_message_errstr(&message));
    }
  }

  kafka_settings settings;
  std::map<std::string, uint64_t> positions;
  std::map<std::string, std::string> marks;
  std::vector<std::string> names;
  std::vector<partition> partitions;
  /// Those that gave a record in this poll.
  std::vector<partition*> touched;
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

void kafka_source::recall(const std::map<std::string, std::string>& marks) {
  state_->marks = marks;
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
  const auto& of = s.partitions[split];
  if (!of.placed || rd_kafka_get_watermark_offsets(s.handle, s.settings.topic.c_str(), split, &low, &high) || high < 0)
    return std::nullopt;
  return static_cast<uint64_t>(std::max<int64_t>(high - of.next, 0));
}

std::optional<split_place> kafka_source::place(uint16_t split) const {
  const auto& all = state_->partitions;
  if (split >= all.size() || !all[split].placed)
    return std::nullopt;
  return split_place{static_cast<uint64_t>(all[split].next), encode(all[split].newest)};
}

std::optional<uint64_t> kafka_source::backlog() const {
  std::optional<uint64_t> sum;
  for (size_t i = 0; i < state_->partitions.size(); ++i)
    if (const auto each = waiting(static_cast<uint16_t>(i)))
      sum = sum.value_or(0) + *each;
  return sum;
}

} // namespace millwright

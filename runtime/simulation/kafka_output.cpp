#include "protocol/failure.hpp"
#include "runtime/simulation/reading_output.hpp"

#include <algorithm>
#include <array>
#include <librdkafka/rdkafka.h>

namespace millwright {

namespace {

template <auto Destroy>
struct destroy_by {
  template <class T>
  void operator()(T* x) const {
    Destroy(x);
  }
};

class kafka_output : public reading_output {
public:
  explicit kafka_output(const kafka_target& target) : target_{target} {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    const auto set = [&](const char* key, const std::string& value) {
      std::array<char, 512> text{};
      if (rd_kafka_conf_set(conf, key, value.c_str(), text.data(), text.size()) != RD_KAFKA_CONF_OK) {
        rd_kafka_conf_destroy(conf);
        throw failure{failure_code::source_property, key, text.data()};
      }
    };
    set("bootstrap.servers", target.brokers);
    set("client.id", "millwright-simulate");
    set("enable.idempotence", "true");
    set("acks", "all");
    set("linger.ms", "10");
    set("batch.size", "1000000");
    set("queue.buffering.max.messages", "500000");
    set("queue.buffering.max.kbytes", "262144");
    set("partitioner", "murmur2_random");
    set("message.timeout.ms", "60000");
    rd_kafka_conf_set_opaque(conf, this);
    rd_kafka_conf_set_dr_msg_cb(conf, [](rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
      if (message->err)
        static_cast<kafka_output*>(self)->lost(message->err);
    });
    rd_kafka_conf_set_error_cb(conf, [](rd_kafka_t*, int, const char* reason, void* self) {
      static_cast<kafka_output*>(self)->last_error_ = reason;
    });
    // The library would print to standard error what the error callback tells us anyway.
    rd_kafka_conf_set_log_cb(conf, [](const rd_kafka_t*, int, const char*, const char*) {});
    std::array<char, 512> text{};
    producer_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, text.data(), text.size()));
    if (!producer_) {
      rd_kafka_conf_destroy(conf);
      throw failure{failure_code::source_property, "--kafka", text.data()};
    }
    make_topic();
  }

  void put(std::string_view key, std::string_view line, event_time arrival) override {
    const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    for (;;) {
      const auto error = rd_kafka_producev(
          producer_.get(), RD_KAFKA_V_TOPIC(target_.topic.c_str()), RD_KAFKA_V_KEY(key.data(), key.size()),
          RD_KAFKA_V_VALUE(const_cast<char*>(line.data()), line.size()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
          RD_KAFKA_V_TIMESTAMP(epoch_ms(std::max(arrival, now))), RD_KAFKA_V_END);
      if (!error)
        break;
      if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL)
        throw failure{failure_code::source_unreachable, target_.brokers, rd_kafka_err2str(error)};
      rd_kafka_poll(producer_.get(), 100);
      complain();
    }
    if (++put_ % 1024 == 0) {
      rd_kafka_poll(producer_.get(), 0);
      complain();
    }
  }

  void flush() override {
    rd_kafka_poll(producer_.get(), 0);
    complain();
  }

  void finish() override {
    // Every message ends by its own timeout at the latest, so this ends.
    while (rd_kafka_outq_len(producer_.get()) > 0)
      rd_kafka_flush(producer_.get(), 500);
    complain();
  }

private:
  void lost(rd_kafka_resp_err_t error) {
    ++lost_;
    reason_ = rd_kafka_err2str(error);
  }

  void complain() {
    if (lost_ > 0)
      throw failure{failure_code::source_unreachable, target_.brokers + "/" + target_.topic,
                    std::to_string(lost_) + " readings were not taken: " + reason_};
  }

  bool topic_exists() {
    const rd_kafka_metadata_t* metadata = nullptr;
    const auto error =
        rd_kafka_metadata(producer_.get(), 1, nullptr, &metadata, static_cast<int>(target_.patience.count()));
    if (error) {
      rd_kafka_poll(producer_.get(), 0);
      throw failure{failure_code::source_unreachable, target_.brokers,
                    last_error_.empty() ? rd_kafka_err2str(error) : last_error_};
    }
    bool found = false;
    for (int i = 0; i < metadata->topic_cnt; ++i)
      found = found || (metadata->topics[i].topic == target_.topic && metadata->topics[i].partition_cnt > 0);
    rd_kafka_metadata_destroy(metadata);
    return found;
  }

  void make_topic() {
    if (topic_exists())
      return;
    std::array<char, 512> text{};
    std::unique_ptr<rd_kafka_NewTopic_t, destroy_by<rd_kafka_NewTopic_destroy>> topic{
        rd_kafka_NewTopic_new(target_.topic.c_str(), target_.partitions, -1, text.data(), text.size())};
    if (!topic)
      throw failure{failure_code::bad_usage, "--topic", text.data()};
    std::unique_ptr<rd_kafka_AdminOptions_t, destroy_by<rd_kafka_AdminOptions_destroy>> options{
        rd_kafka_AdminOptions_new(producer_.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS)};
    const int patience = static_cast<int>(target_.patience.count());
    rd_kafka_AdminOptions_set_request_timeout(options.get(), patience, text.data(), text.size());
    rd_kafka_AdminOptions_set_operation_timeout(options.get(), patience, text.data(), text.size());
    std::unique_ptr<rd_kafka_queue_t, destroy_by<rd_kafka_queue_destroy>> queue{rd_kafka_queue_new(producer_.get())};
    rd_kafka_NewTopic_t* topics[] = {topic.get()};
    rd_kafka_CreateTopics(producer_.get(), topics, 1, options.get(), queue.get());
    std::unique_ptr<rd_kafka_event_t, destroy_by<rd_kafka_event_destroy>> event{
        rd_kafka_queue_poll(queue.get(), patience + 5000)};
    const auto fail = [&](const char* why) {
      throw failure{failure_code::source_unreachable, target_.brokers,
                    "the topic " + target_.topic + " cannot be made: " + why};
    };
    if (!event)
      fail("no answer");
    if (const auto error = rd_kafka_event_error(event.get()))
      fail(rd_kafka_err2str(error));
    size_t count = 0;
    const auto results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
    for (size_t i = 0; i < count; ++i) {
      const auto error = rd_kafka_topic_result_error(results[i]);
      // Somebody else may have been faster.
      if (error && error != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        fail(rd_kafka_topic_result_error_string(results[i]));
    }
  }

  kafka_target target_;
  std::unique_ptr<rd_kafka_t, destroy_by<rd_kafka_destroy>> producer_;
  uint64_t put_ = 0, lost_ = 0;
  std::string reason_, last_error_;
};

} // namespace

std::unique_ptr<reading_output> write_to_kafka(const kafka_target& target) {
  return std::make_unique<kafka_output>(target);
}

} // namespace millwright

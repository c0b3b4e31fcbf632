#include "runtime/bench/kafka_topic.hpp"

#include "runtime/bench/load_history.hpp"
#include "runtime/simulation/reading_output.hpp"

#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include <array>
#include <memory>

namespace millwright {

kafka_topic::kafka_topic(std::string brokers)
    : brokers_{std::move(brokers)}, name_{"millwright-bench-" + std::to_string(getpid())} {}

kafka_topic::~kafka_topic() {
  std::array<char, 256> text{};
  auto* settings = rd_kafka_conf_new();
  rd_kafka_conf_set(settings, "bootstrap.servers", brokers_.c_str(), text.data(), text.size());
  std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)> client{
      rd_kafka_new(RD_KAFKA_PRODUCER, settings, text.data(), text.size()), rd_kafka_destroy};
  if (!client) {
    rd_kafka_conf_destroy(settings);
    return;
  }
  std::unique_ptr<rd_kafka_queue_t, decltype(&rd_kafka_queue_destroy)> queue{rd_kafka_queue_new(client.get()),
                                                                             rd_kafka_queue_destroy};
  std::unique_ptr<rd_kafka_DeleteTopic_t, decltype(&rd_kafka_DeleteTopic_destroy)> topic{
      rd_kafka_DeleteTopic_new(name_.c_str()), rd_kafka_DeleteTopic_destroy};
  rd_kafka_DeleteTopic_t* topics[] = {topic.get()};
  rd_kafka_DeleteTopics(client.get(), topics, 1, nullptr, queue.get());
  if (auto* event = rd_kafka_queue_poll(queue.get(), 10'000))
    rd_kafka_event_destroy(event);
}

uint64_t kafka_topic::fill(const load_plant& plant, const load_phase& history, uint64_t readings,
                           event_time start) const {
  load_shape shape;
  shape.start = start;
  shape.phases = {history, {readings, nanoseconds_between(plant.sensors()), 0}};
  load_source source{plant, shape};
  kafka_target target;
  target.brokers = brokers_;
  target.topic = name_;
  const auto output = write_to_kafka(target);
  record_batch batch;
  uint64_t count = 0;
  while (!source.finished()) {
    source.poll(batch, 4096, milliseconds{0});
    for (const auto& record : batch.records) {
      const std::string_view line{record.data, record.size};
      // {"sensor_id":"TI-0000001",...
      constexpr size_t id_at = 14, id_size = 10;
      output->put(line.substr(id_at, id_size), line, *record.arrival);
      ++count;
    }
  }
  output->finish();
  return count;
}

} // namespace millwright

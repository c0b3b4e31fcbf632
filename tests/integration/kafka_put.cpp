// Records for a test's broker: kafka_put BROKERS TOPIC PARTITIONS makes the topic where it is missing, and sends the
// lines of standard input, "PARTITION <tab> TIMESTAMP IN MS, 0 for now <tab> KEY <tab> VALUE"; it ends when all are
// acknowledged.

#include <librdkafka/rdkafka.h>

#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

constexpr int patience_ms = 30'000;
int refused = 0;

void note_outcome(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  refused += message->err != RD_KAFKA_RESP_ERR_NO_ERROR;
}

std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)> producer_for(const std::string& brokers) {
  std::array<char, 512> error{};
  auto* conf = rd_kafka_conf_new();
  if (rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), error.data(), error.size()) != RD_KAFKA_CONF_OK)
    throw std::runtime_error{error.data()};
  rd_kafka_conf_set_dr_msg_cb(conf, note_outcome);
  auto* handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error.data(), error.size());
  if (!handle)
    throw std::runtime_error{error.data()};
  return {handle, rd_kafka_destroy};
}

void make_topic(rd_kafka_t* handle, const std::string& name, int partitions) {
  std::array<char, 512> error{};
  auto* topic = rd_kafka_NewTopic_new(name.c_str(), partitions, 1, error.data(), error.size());
  if (!topic)
    throw std::runtime_error{error.data()};
  auto* answers = rd_kafka_queue_new(handle);
  rd_kafka_CreateTopics(handle, &topic, 1, nullptr, answers);
  rd_kafka_NewTopic_destroy(topic);
  auto* event = rd_kafka_queue_poll(answers, patience_ms);
  std::string problem = event ? "" : "no answer";
  if (event) {
    size_t count = 0;
    const auto* result = rd_kafka_event_CreateTopics_result(event);
    const auto* each = result ? rd_kafka_CreateTopics_result_topics(result, &count) : nullptr;
    const auto code = count > 0 ? rd_kafka_topic_result_error(each[0]) : rd_kafka_event_error(event);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
      problem = rd_kafka_err2str(code);
    rd_kafka_event_destroy(event);
  }
  rd_kafka_queue_destroy(answers);
  if (!problem.empty())
    throw std::runtime_error{"topic " + name + ": " + problem};
}

void put(rd_kafka_t* handle, const std::string& topic, const std::string& line) {
  const auto first = line.find('\t'), second = line.find('\t', first + 1), third = line.find('\t', second + 1);
  if (third == std::string::npos)
    throw std::runtime_error{"not a record: " + line};
  const auto key = line.substr(second + 1, third - second - 1), value = line.substr(third + 1);
  const auto code =
      rd_kafka_producev(handle, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(std::stoi(line.substr(0, first))),
                        RD_KAFKA_V_TIMESTAMP(std::stoll(line.substr(first + 1, second - first - 1))),
                        RD_KAFKA_V_KEY(key.empty() ? nullptr : key.data(), key.size()),
                        RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error{rd_kafka_err2str(code)};
}

} // namespace

int main(int count, char** words) {
  if (count != 4) {
    std::fputs("usage: kafka_put BROKERS TOPIC PARTITIONS < RECORDS\n", stderr);
    return 2;
  }
  try {
    const auto handle = producer_for(words[1]);
    make_topic(handle.get(), words[2], std::stoi(words[3]));
    for (std::string line; std::getline(std::cin, line);)
      put(handle.get(), words[2], line);
    const auto code = rd_kafka_flush(handle.get(), patience_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
      throw std::runtime_error{rd_kafka_err2str(code)};
    if (refused > 0)
      throw std::runtime_error{std::to_string(refused) + " records were not taken"};
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "kafka_put: %s\n", problem.what());
    return 1;
  }
  return 0;
}

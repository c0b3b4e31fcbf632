// What a test does to a topic of a running broker:
//   kafka_put BROKERS TOPIC PARTITIONS             makes it where it is missing, and sends the lines of standard input,
//                                                  "PARTITION <tab> TIMESTAMP IN MS, 0 for now <tab> KEY <tab> VALUE"
//   kafka_put BROKERS TOPIC PARTITIONS FIRST RATE  likewise, the lines being readings: the partition follows from the
//                                                  sensor's id, a record's time is FIRST (ms) and 1/RATE s a line
//   kafka_put BROKERS TOPIC grow TOTAL             adds partitions
//   kafka_put BROKERS TOPIC remove                 with all that is in it
//   kafka_put BROKERS TOPIC abort PARTITION        the lines of standard input in a transaction that is aborted
//   kafka_put BROKERS TOPIC forget PARTITION UPTO  as retention does: records before that position are gone
// It ends when all is acknowledged.

#include "tests/integration/broker/broker.hpp"

#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace millwright;

void put_record(kafka_broker& broker, const std::string& topic, const std::string& line) {
  const auto first = line.find('\t'), second = line.find('\t', first + 1), third = line.find('\t', second + 1);
  if (third == std::string::npos)
    throw std::runtime_error{"not a record: " + line};
  broker.produce(topic, std::stoi(line.substr(0, first)), line.substr(second + 1, third - second - 1),
                 std::string_view{line}.substr(third + 1), std::stoll(line.substr(first + 1, second - first - 1)));
}

/// Empty where the line is so damaged that there is none.
std::string_view sensor_of(std::string_view line) {
  constexpr std::string_view before = "\"sensor_id\":\"";
  const auto begin = line.find(before);
  if (begin == line.npos)
    return {};
  line.remove_prefix(begin + before.size());
  return line.substr(0, line.find('"'));
}

/// FNV-1a, as kafka_topic.py computes it.
int partition_of(std::string_view sensor, int partitions) {
  uint32_t hash = 2166136261u;
  for (const char c : sensor)
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return static_cast<int>(hash % static_cast<uint32_t>(partitions));
}

void put_records(kafka_broker& broker, const std::string& topic) {
  for (std::string line; std::getline(std::cin, line);)
    put_record(broker, topic, line);
}

void put_readings(kafka_broker& broker, const std::string& topic, int partitions, int64_t first, int64_t rate) {
  int64_t number = 0;
  for (std::string line; std::getline(std::cin, line); ++number) {
    const auto sensor = sensor_of(line);
    broker.produce(topic, partition_of(sensor, partitions), sensor, line, first + number * 1000 / rate);
  }
}

bool run(const std::vector<std::string>& words) {
  if (words.size() < 3)
    return false;
  kafka_broker broker{words[0]};
  const auto& topic = words[1];
  if (words[2] == "grow" && words.size() == 4) {
    broker.add_partitions(topic, std::stoi(words[3]));
  } else if (words[2] == "remove" && words.size() == 3) {
    broker.delete_topic(topic);
  } else if (words[2] == "abort" && words.size() == 4) {
    std::vector<std::string> lines;
    for (std::string line; std::getline(std::cin, line);)
      lines.push_back(line);
    broker.produce_transaction(topic, std::stoi(words[3]), lines, false);
  } else if (words[2] == "forget" && words.size() == 5) {
    broker.delete_records(topic, std::stoi(words[3]), std::stoll(words[4]));
  } else if (words.size() == 3 || words.size() == 5) {
    std::ios::sync_with_stdio(false);
    const int partitions = std::stoi(words[2]);
    // A test's readings are of any time: the broker must not take them for old.
    broker.create_topic(topic, partitions, {{"retention.ms", "-1"}});
    if (words.size() == 3)
      put_records(broker, topic);
    else
      put_readings(broker, topic, partitions, std::stoll(words[3]), std::stoll(words[4]));
    broker.flush();
  } else {
    return false;
  }
  return true;
}

} // namespace

int main(int count, char** words) {
  try {
    if (run({words + 1, words + count}))
      return 0;
    std::fputs(
        "usage: kafka_put BROKERS TOPIC PARTITIONS [FIRST RATE] < LINES | grow TOTAL | remove | abort PARTITION | "
        "forget PARTITION UPTO\n",
        stderr);
    return 2;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "kafka_put: %s\n", problem.what());
    return 1;
  }
}

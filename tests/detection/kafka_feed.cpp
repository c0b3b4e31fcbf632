// A broker with one topic of one partition, filled from a file; ends when its standard input does.
//
//   kafka_feed FILE TOPIC     FILE: lines of EVENT-TIME-IN-MS, tab, KEY, tab, READING. Prints host:port.
//   kafka_feed --available    exit 77 where no broker can be run

#include "tests/integration/broker/broker.hpp"

#include <charconv>
#include <fstream>
#include <iostream>

namespace {

int feed(const std::string& path, const std::string& topic) {
  std::ifstream lines{path};
  millwright::kafka_broker broker;
  broker.start();
  broker.create_topic(topic, 1, {{"retention.ms", "-1"}, {"message.timestamp.type", "CreateTime"}});
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find('\t'), second = line.find('\t', first + 1);
    int64_t time = 0;
    std::from_chars(line.data(), line.data() + first, time);
    broker.produce(topic, 0, std::string_view{line}.substr(first + 1, second - first - 1),
                   std::string_view{line}.substr(second + 1), time);
  }
  if (!lines.eof()) {
    std::cerr << "kafka_feed: cannot read " << path << '\n';
    return 1;
  }
  broker.flush();
  std::cout << broker.bootstrap() << std::endl;
  while (std::cin.get() != EOF) {
  }
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  try {
    if (!millwright::kafka_broker::available())
      return 77;
    return argc != 3 ? 0 : feed(argv[1], argv[2]);
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
  }
}

#include "tests/integration/broker/broker.hpp"

#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace millwright {

namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

const std::string script = std::filesystem::path{MILLWRIGHT_FOLDER} / "tests/integration/broker/broker.py";

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error{"test broker: " + what};
}

/// Standard output of the script; nullopt where it failed (it says why on standard error).
bool call(const std::string& arguments, std::string& output) {
  FILE* pipe = popen(("exec python3 '" + script + "' " + arguments).c_str(), "re");
  if (!pipe)
    return false;
  std::array<char, 256> piece{};
  while (const size_t got = fread(piece.data(), 1, piece.size(), pipe))
    output.append(piece.data(), got);
  while (!output.empty() && output.back() == '\n')
    output.pop_back();
  return pclose(pipe) == 0;
}

bool is_ci() {
  const char* ci = std::getenv("CI");
  return ci && std::string_view{ci} == "true";
}

} // namespace

struct kafka_broker::client {
  rd_kafka_t* handle = nullptr;
  std::atomic<int> failed{0};

  /// @param transactional its transactions' name; empty: none.
  explicit client(const std::string& bootstrap, const std::string& transactional = "") {
    auto* conf = rd_kafka_conf_new();
    std::array<char, 512> error{};
    const std::array<std::array<const char*, 2>, 10> properties{{{"bootstrap.servers", bootstrap.c_str()},
                                                                 {"partitioner", "murmur2_random"},
                                                                 {"enable.idempotence", "true"},
                                                                 {"linger.ms", "5"},
                                                                 {"batch.size", "1000000"},
                                                                 {"queue.buffering.max.messages", "1000000"},
                                                                 {"queue.buffering.max.kbytes", "262144"},
                                                                 {"reconnect.backoff.ms", "50"},
                                                                 {"reconnect.backoff.max.ms", "500"},
                                                                 {"message.timeout.ms", "300000"}}};
    for (const auto& each : properties)
      if (rd_kafka_conf_set(conf, each[0], each[1], error.data(), error.size()) != RD_KAFKA_CONF_OK)
        fail(error.data());
    if (!transactional.empty())
      for (const auto& [name, value] :
           {std::pair{"transactional.id", transactional.c_str()}, std::pair{"message.timeout.ms", "60000"}})
        rd_kafka_conf_set(conf, name, value, nullptr, 0);
    rd_kafka_conf_set_opaque(conf, this);
    rd_kafka_conf_set_log_cb(conf, [](const rd_kafka_t*, int, const char*, const char*) {});
    rd_kafka_conf_set_dr_msg_cb(conf, [](rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
      if (message->err)
        ++static_cast<client*>(self)->failed;
    });
    handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error.data(), error.size());
    if (!handle)
      fail(error.data());
  }

  ~client() {
    rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_destroy(handle);
  }

  /// Sends an administrative request until it is granted: a broker that has just started refuses some.
  void administer(const std::string& what,
                  const std::function<void(rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& request,
                  const std::function<const char*(rd_kafka_event_t*)>& error_in) {
    const auto deadline = clock::now() + 30s;
    for (;;) {
      auto* queue = rd_kafka_queue_new(handle);
      auto* options = rd_kafka_AdminOptions_new(handle, RD_KAFKA_ADMIN_OP_ANY);
      request(options, queue);
      auto* event = rd_kafka_queue_poll(queue, 15'000);
      std::string error = "no answer";
      if (event) {
        const char* text = rd_kafka_event_error(event) ? rd_kafka_event_error_string(event) : error_in(event);
        error = text ? text : "";
        rd_kafka_event_destroy(event);
      }
      rd_kafka_AdminOptions_destroy(options);
      rd_kafka_queue_destroy(queue);
      if (error.empty())
        return;
      if (clock::now() > deadline)
        fail(what + ": " + error);
      std::this_thread::sleep_for(100ms);
    }
  }

  void produce(const std::string& topic, int partition, std::string_view key, const std::string_view* value,
               int64_t timestamp) {
    for (;;) {
      const auto error = rd_kafka_producev(
          handle, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key.empty() ? nullptr : key.data(), key.size()),
          RD_KAFKA_V_VALUE(value ? const_cast<char*>(value->data()) : nullptr, value ? value->size() : 0),
          RD_KAFKA_V_TIMESTAMP(timestamp), RD_KAFKA_V_END);
      if (!error)
        return;
      if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL)
        fail(std::string{"produce: "} + rd_kafka_err2str(error));
      rd_kafka_poll(handle, 100);
    }
  }

  bool answers() {
    const struct rd_kafka_metadata* metadata = nullptr;
    if (rd_kafka_metadata(handle, 0, nullptr, &metadata, 1000) != RD_KAFKA_RESP_ERR_NO_ERROR)
      return false;
    const bool here = metadata->broker_cnt > 0;
    rd_kafka_metadata_destroy(metadata);
    return here;
  }

  /// Until the producer knows the partitions with their leaders: before that it refuses the new ones.
  void await_partitions(const std::string& name, int total) {
    auto* topic = rd_kafka_topic_new(handle, name.c_str(), nullptr);
    const auto deadline = clock::now() + 30s;
    bool ready = false;
    while (!ready && clock::now() < deadline) {
      const struct rd_kafka_metadata* metadata = nullptr;
      if (rd_kafka_metadata(handle, 0, topic, &metadata, 1000) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const auto& of = metadata->topics[0];
        int led = 0;
        for (int i = 0; i < of.partition_cnt; ++i)
          led += of.partitions[i].leader >= 0;
        ready = led >= total;
        rd_kafka_metadata_destroy(metadata);
      }
      if (!ready)
        std::this_thread::sleep_for(50ms);
    }
    rd_kafka_topic_destroy(topic);
    if (!ready)
      fail("topic " + name + " did not get its partitions");
  }
};

namespace {

const char* first_error(const rd_kafka_topic_result_t** results, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const auto error = rd_kafka_topic_result_error(results[i]);
    if (error && error != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
      return rd_kafka_topic_result_error_string(results[i]) ? rd_kafka_topic_result_error_string(results[i])
                                                            : rd_kafka_err2str(error);
  }
  return nullptr;
}

} // namespace

bool kafka_broker::available() {
  static const bool here = [] {
    std::string output;
    if (call("prepare", output) && std::system("java -version >/dev/null 2>&1") == 0)
      return true;
    if (is_ci())
      fail("there is none, and CI must have one");
    std::cerr << "skipped: no Kafka broker can be run here (Java and Maven are needed)\n";
    return false;
  }();
  return here;
}

kafka_broker::kafka_broker() {
  std::string pattern = std::filesystem::temp_directory_path() / "millwright-broker-XXXXXX";
  if (!mkdtemp(pattern.data()))
    fail("no temporary directory");
  directory_ = pattern;
  if (!call("format '" + directory_ + "'", bootstrap_))
    fail("it cannot be formatted");
}

kafka_broker::kafka_broker(std::string bootstrap) : bootstrap_{std::move(bootstrap)} {}

kafka_broker::~kafka_broker() {
  client_.reset();
  end(SIGKILL);
  std::error_code ignored;
  if (!directory_.empty())
    std::filesystem::remove_all(directory_, ignored);
}

kafka_broker::client& kafka_broker::connected() {
  if (!client_)
    client_ = std::make_unique<client>(bootstrap_);
  return *client_;
}

void kafka_broker::secure() {
  std::string both;
  if (!call("secure '" + directory_ + "'", both))
    fail("it cannot be secured");
  login_address_ = both.substr(0, both.find('\n'));
  tls_address_ = both.substr(both.find('\n') + 1);
}

void kafka_broker::start() {
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0)
    fail("fork failed");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      _exit(1);
    execlp("python3", "python3", script.c_str(), "run", directory_.c_str(), nullptr);
    _exit(127);
  }
  const auto deadline = clock::now() + 240s;
  while (!connected().answers()) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = 0;
      fail("it ended at once; see " + directory_ + "/broker.log");
    }
    if (clock::now() > deadline)
      fail("it did not answer in 240 s");
  }
}

void kafka_broker::end(int signal) {
  if (pid_ <= 0)
    return;
  ::kill(pid_, signal);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

void kafka_broker::stop() {
  end(SIGTERM);
}

void kafka_broker::kill() {
  end(SIGKILL);
}

void kafka_broker::create_topic(const std::string& name, int partitions,
                                const std::map<std::string, std::string>& config) {
  auto& to = connected();
  to.administer(
      "topic " + name,
      [&](auto* options, auto* queue) {
        std::array<char, 256> error{};
        auto* topic = rd_kafka_NewTopic_new(name.c_str(), partitions, 1, error.data(), error.size());
        if (!topic)
          fail(error.data());
        for (const auto& [key, value] : config)
          rd_kafka_NewTopic_set_config(topic, key.c_str(), value.c_str());
        rd_kafka_CreateTopics(to.handle, &topic, 1, options, queue);
        rd_kafka_NewTopic_destroy(topic);
      },
      [](rd_kafka_event_t* event) {
        size_t count = 0;
        auto* results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
        return first_error(results, count);
      });
  to.await_partitions(name, partitions);
}

void kafka_broker::add_partitions(const std::string& name, int total) {
  auto& to = connected();
  to.administer(
      "partitions of " + name,
      [&](auto* options, auto* queue) {
        std::array<char, 256> error{};
        auto* wanted = rd_kafka_NewPartitions_new(name.c_str(), static_cast<size_t>(total), error.data(), error.size());
        if (!wanted)
          fail(error.data());
        rd_kafka_CreatePartitions(to.handle, &wanted, 1, options, queue);
        rd_kafka_NewPartitions_destroy(wanted);
      },
      [](rd_kafka_event_t* event) {
        size_t count = 0;
        auto* results = rd_kafka_CreatePartitions_result_topics(rd_kafka_event_CreatePartitions_result(event), &count);
        return first_error(results, count);
      });
  to.await_partitions(name, total);
}

void kafka_broker::delete_topic(const std::string& name) {
  auto& to = connected();
  to.administer(
      "deletion of " + name,
      [&](auto* options, auto* queue) {
        auto* wanted = rd_kafka_DeleteTopic_new(name.c_str());
        rd_kafka_DeleteTopics(to.handle, &wanted, 1, options, queue);
        rd_kafka_DeleteTopic_destroy(wanted);
      },
      [](rd_kafka_event_t* event) {
        size_t count = 0;
        auto* results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count);
        return first_error(results, count);
      });
}

void kafka_broker::delete_records(const std::string& topic, int partition, int64_t offset) {
  auto& to = connected();
  to.administer(
      "deletion from " + topic,
      [&](auto* options, auto* queue) {
        auto* list = rd_kafka_topic_partition_list_new(1);
        rd_kafka_topic_partition_list_add(list, topic.c_str(), partition)->offset =
            offset < 0 ? RD_KAFKA_OFFSET_END : offset;
        auto* wanted = rd_kafka_DeleteRecords_new(list);
        rd_kafka_DeleteRecords(to.handle, &wanted, 1, options, queue);
        rd_kafka_DeleteRecords_destroy(wanted);
        rd_kafka_topic_partition_list_destroy(list);
      },
      [](rd_kafka_event_t* event) -> const char* {
        const auto* list = rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event));
        for (int i = 0; i < list->cnt; ++i)
          if (list->elems[i].err)
            return rd_kafka_err2str(list->elems[i].err);
        return nullptr;
      });
}

void kafka_broker::produce(const std::string& topic, int partition, std::string_view key, std::string_view value,
                           int64_t timestamp) {
  connected().produce(topic, partition, key, &value, timestamp);
}

void kafka_broker::produce_tombstone(const std::string& topic, int partition, std::string_view key) {
  connected().produce(topic, partition, key, nullptr, 0);
}

void kafka_broker::produce_transaction(const std::string& topic, int partition, const std::vector<std::string>& values,
                                       bool commit) {
  client writer{bootstrap_, "transactions"};
  const auto must = [](rd_kafka_error_t* error) {
    if (error)
      fail(rd_kafka_error_string(error));
  };
  must(rd_kafka_init_transactions(writer.handle, 60'000));
  must(rd_kafka_begin_transaction(writer.handle));
  for (const std::string_view each : values)
    writer.produce(topic, partition, {}, &each, 0);
  if (rd_kafka_flush(writer.handle, 60'000))
    fail("a transaction was not acknowledged");
  must(commit ? rd_kafka_commit_transaction(writer.handle, 60'000) : rd_kafka_abort_transaction(writer.handle, 60'000));
}

void kafka_broker::flush() {
  auto& to = connected();
  if (rd_kafka_flush(to.handle, 300'000) || to.failed)
    fail("not everything produced was acknowledged");
}

} // namespace millwright

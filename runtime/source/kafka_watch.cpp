#include "runtime/source/kafka_watch.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

namespace millwright {

namespace {

constexpr std::chrono::milliseconds refresh{5000};
constexpr std::chrono::milliseconds retry{200};
/// One blocking call; also how long an end of the program may wait for it.
constexpr int patience_ms = 500;
constexpr milliseconds listener_patience{700}, listener_again{500};
/// Requests that fail for this long mean unreachable, even where librdkafka has not said that all brokers are down.
constexpr std::chrono::milliseconds given_up_after{5000};

} // namespace

kafka_watch::kafka_watch(rd_kafka_t* handle, rd_kafka_topic_t* topic, std::string brokers, std::string protocol)
    : handle_{handle}, topic_{topic}, name_{rd_kafka_topic_name(topic)}, brokers_{std::move(brokers)},
      protocol_{std::move(protocol)} {
  std::transform(protocol_.begin(), protocol_.end(), protocol_.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
}

kafka_watch::~kafka_watch() {
  stop();
}

void kafka_watch::stop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void kafka_watch::start() {
  thread_ = std::thread{[this] { run(); }};
}

int64_t kafka_watch::now_ms() {
  return std::chrono::duration_cast<milliseconds>(clock::now().time_since_epoch()).count();
}

bool kafka_watch::collect(news& into) {
  if (!has_news_.load(std::memory_order_acquire))
    return false;
  std::lock_guard lock{mutex_};
  has_news_.store(false, std::memory_order_relaxed);
  into = std::exchange(news_, news{});
  return true;
}

std::string kafka_watch::cluster() const {
  std::lock_guard lock{mutex_};
  return cluster_;
}

void kafka_watch::suspect() {
  std::lock_guard lock{mutex_};
  suspected_ = probe_now_ = true;
  changed_.notify_all();
}

void kafka_watch::ask_watermarks(int32_t partition) {
  std::lock_guard lock{mutex_};
  asked_.push_back(partition);
  changed_.notify_all();
}

void kafka_watch::wake_fetchers() {
  std::lock_guard lock{mutex_};
  wake_ = true;
  changed_.notify_all();
}

void kafka_watch::note_error(std::string text) {
  std::lock_guard lock{mutex_};
  if (kind_of_trouble(text) >= kind_of_trouble(last_error_))
    last_error_ = std::move(text);
}

void kafka_watch::run() {
  std::vector<int32_t> open;
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    const auto until = open.empty() ? next_probe_ : std::min(next_probe_, clock::now() + retry);
    changed_.wait_until(lock, until, [&] { return stopping_ || probe_now_ || wake_ || !asked_.empty(); });
    if (stopping_)
      return;
    const bool wake = std::exchange(wake_, false);
    const bool probe_due = std::exchange(probe_now_, false) || clock::now() >= next_probe_;
    open.insert(open.end(), asked_.begin(), asked_.end());
    asked_.clear();
    lock.unlock();
    if (wake)
      touch_leaders();
    if (!open.empty())
      query(open);
    if (probe_due)
      probe();
    lock.lock();
  }
}

void kafka_watch::publish(bool reachable, std::string detail) {
  reachable_ = reachable;
  std::lock_guard lock{mutex_};
  news_.reachable = reachable;
  news_.detail = std::move(detail);
  has_news_.store(true, std::memory_order_release);
}

void kafka_watch::probe() {
  const struct rd_kafka_metadata* metadata = nullptr;
  auto error = rd_kafka_metadata(handle_, 0, topic_, &metadata, patience_ms);
  int32_t count = 0;
  if (!error) {
    if (metadata->topic_cnt == 1) {
      const auto& topic = metadata->topics[0];
      error = topic.err;
      count = topic.partition_cnt;
      std::set<int32_t> leaders;
      one_per_leader_.clear();
      for (int i = 0; i < topic.partition_cnt; ++i)
        if (leaders.insert(topic.partitions[i].leader).second)
          one_per_leader_.push_back(topic.partitions[i].id);
    }
    rd_kafka_metadata_destroy(metadata);
    if (!error && count == 0)
      error = RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
    if (error) {
      // The cluster answers, but not with this topic.
      next_probe_ = clock::now() + retry;
      if (reachable_ != 0)
        publish(false, brokers_ + ": topic " + name_ + ": " + rd_kafka_err2str(error));
      return;
    }
    char* id = rd_kafka_clusterid(handle_, 0);
    {
      std::lock_guard lock{mutex_};
      suspected_ = false;
      last_error_.clear();
      cluster_ = id && *id ? id : "unnamed";
      if (count > partitions_) {
        news_.partitions = partitions_ = count;
        has_news_.store(true, std::memory_order_release);
      }
    }
    if (id)
      rd_kafka_mem_free(handle_, id);
    failing_since_ = {};
    told_ = kafka_trouble::unknown;
    next_probe_ = clock::now() + refresh;
    if (reachable_ != 1)
      publish(true, brokers_);
    return;
  }
  next_probe_ = clock::now() + retry;
  if (failing_since_ == clock::time_point{})
    failing_since_ = clock::now();
  // A cluster that is slow to answer while its records flow is not unreachable.
  const bool alive = now_ms() - last_alive_.load(std::memory_order_relaxed) < given_up_after.count();
  {
    std::lock_guard lock{mutex_};
    if (!suspected_ && (alive || clock::now() - failing_since_ < given_up_after))
      return;
  }
  // Told again only when it has become clear that it is the login or TLS.
  if (reachable_ == 0 && (told_ == kafka_trouble::security || clock::now() < next_words_))
    return;
  next_words_ = clock::now() + listener_again;
  const auto words = words_on(error);
  if (!words || (reachable_ == 0 && words->kind != kafka_trouble::security))
    return;
  publish(false, brokers_ + ": " + words->text);
  told_ = words->kind;
}

/// What keeps us out, in words that say what to do, if that can be known. None: it is still being found out.
std::optional<kafka_watch::words> kafka_watch::words_on(rd_kafka_resp_err_t error) {
  std::string said;
  {
    std::lock_guard lock{mutex_};
    said = last_error_;
  }
  const auto kind = kind_of_trouble(said);
  const words usual{kind, said.empty() ? rd_kafka_err2str(error) : words_on_trouble(protocol_, said)};
  // A client that speaks plain to a listener with TLS or a login is hung up on without a word.
  if (kind != kafka_trouble::unknown || protocol_.find("SSL") != protocol_.npos)
    return usual;
  if (!listener_) {
    // On a thread that nobody waits for: a name may take long to be looked up.
    listener_ = std::make_shared<std::atomic<int>>(-1);
    listener_asked_ = clock::now();
    std::thread{[answer = listener_, address = brokers_.substr(0, brokers_.find(','))] {
      *answer = static_cast<int>(probe_listener(address, listener_patience));
    }}.detach();
  }
  if (*listener_ < 0)
    return clock::now() - listener_asked_ < 4 * listener_patience ? std::nullopt : std::optional{usual};
  auto text = words_on_listener(protocol_, static_cast<listener_kind>(listener_->load()));
  listener_.reset();
  return text.empty() ? usual : words{kind_of_trouble(text), std::move(text)};
}

// One that has no leader now takes the whole patience: the others come first, and the rest has its turn again.
void kafka_watch::query(std::vector<int32_t>& open) {
  const auto until = clock::now() + std::chrono::milliseconds{2 * patience_ms};
  for (size_t left = open.size(); left > 0 && clock::now() < until; --left) {
    watermarks found{open.front()};
    open.erase(open.begin());
    if (rd_kafka_query_watermark_offsets(handle_, name_.c_str(), found.partition, &found.low, &found.high, patience_ms))
      open.push_back(found.partition);
    std::lock_guard lock{mutex_};
    if (stopping_)
      return;
    if (open.empty() || open.back() != found.partition) {
      news_.found.push_back(found);
      has_news_.store(true, std::memory_order_release);
    }
  }
}

void kafka_watch::touch_leaders() {
  if (one_per_leader_.empty())
    return;
  auto* list = rd_kafka_topic_partition_list_new(static_cast<int>(one_per_leader_.size()));
  for (const auto partition : one_per_leader_)
    rd_kafka_topic_partition_list_add(list, name_.c_str(), partition)->offset = RD_KAFKA_OFFSET_END;
  rd_kafka_offsets_for_times(handle_, list, 100);
  rd_kafka_topic_partition_list_destroy(list);
}

} // namespace millwright

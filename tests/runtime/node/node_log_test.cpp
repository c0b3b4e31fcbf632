#include "runtime/node/node_log.hpp"

#include "protocol/failure.hpp"
#include "runtime/transport/line_transports.hpp"
#include "tests/actors/alarm/sample_alarms.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <spdlog/details/os.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

namespace node_log_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

/// Lets no line through before it is opened.
class gate {
public:
  bool take(const std::string& line) {
    std::unique_lock guard{mutex_};
    someone_waits_ = true;
    changed_.notify_all();
    changed_.wait(guard, [this] { return open_; });
    lines_.push_back(line);
    changed_.notify_all();
    return true;
  }

  void open() {
    std::lock_guard guard{mutex_};
    open_ = true;
    changed_.notify_all();
  }

  bool someone_waits() {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, 20s, [this] { return someone_waits_; });
  }

  bool lines_are(size_t count) {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, 20s, [&] { return lines_.size() == count; });
  }

  std::vector<std::string> lines() {
    std::lock_guard guard{mutex_};
    return lines_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false, someone_waits_ = false;
  std::vector<std::string> lines_;
};

node_log::print_function through(const std::shared_ptr<gate>& way) {
  return [way](const std::string& line) { return way->take(line); };
}

bool says(const std::string& line, const std::string& text) {
  return line.find(R"("text":")" + text) != std::string::npos;
}

} // namespace

TEST_CASE("nobody who logs waits for what the log goes to, and each line comes, in order, as its thread's") {
  const auto held = std::make_shared<gate>();
  const auto before = spdlog::default_logger();
  size_t thread = 0;
  {
    const node_log log{"info", "", through(held), 30s};
    std::thread{[&thread] {
      thread = spdlog::details::os::thread_id();
      for (int i = 0; i < 100; ++i)
        spdlog::info("line {}", i);
      spdlog::debug("too small for this log");
    }}.join();
    CHECK(held->lines().empty());
    held->open();
  }
  CHECK(spdlog::default_logger() == before);
  const auto lines = held->lines();
  REQUIRE(lines.size() == 100);
  for (size_t i = 0; i < lines.size(); ++i) {
    CHECK(says(lines[i], fmt::format("line {}\"}}", i)));
    CHECK(lines[i].find(fmt::format("\"thread\":{},", thread)) != std::string::npos);
  }
}

TEST_CASE("an end waits for what hangs as long as it is told to, and leaves it then") {
  const auto held = std::make_shared<gate>();
  const auto from = std::chrono::steady_clock::now();
  {
    const node_log log{"info", "", through(held), 200ms};
    spdlog::info("it is held");
  }
  const auto took = std::chrono::steady_clock::now() - from;
  CHECK(took >= 200ms);
  CHECK(took < 10s);
  CHECK(held->lines().empty());
  held->open();
  CHECK(held->lines_are(1));
}

TEST_CASE("of more lines than may wait the oldest are left out, and how many is told") {
  const auto held = std::make_shared<gate>();
  {
    const node_log log{"info", "", through(held), 60s};
    spdlog::info("the first");
    REQUIRE(held->someone_waits());
    for (int i = 0; i < 10'000; ++i)
      spdlog::info("line {}", i);
    held->open();
  }
  const auto lines = held->lines();
  REQUIRE(lines.size() == 1 + 8192 + 1);
  CHECK(says(lines[0], "the first"));
  CHECK(says(lines[1], "line 1808\"}"));
  CHECK(says(lines.back(), "line 9999\"}"));
  size_t told = 0;
  for (const auto& each : lines)
    told += says(each, "1808 lines of the log were left out");
  CHECK(told == 1);
}

TEST_CASE("a line that cannot be written is tried again until it is, once") {
  const auto tries = std::make_shared<std::atomic<int>>(0);
  const auto held = std::make_shared<gate>();
  held->open();
  {
    const node_log log{"info", "", [=](const std::string& line) { return ++*tries > 2 && held->take(line); }, 30s};
    spdlog::info("the first");
    spdlog::info("the second");
    CHECK(held->lines_are(2));
  }
  const auto lines = held->lines();
  REQUIRE(lines.size() == 2);
  CHECK(says(lines[0], "the first"));
  CHECK(says(lines[1], "the second"));
}

TEST_CASE(
    "pages are no lines as others: each is written, whatever the log's level, and whoever has it hears of a failure") {
  std::vector<std::string> lines;
  bool takes = true;
  const node_log log{"off", "",
                     [&](const std::string& line) {
                       if (takes)
                         lines.push_back(line);
                       return takes;
                     },
                     30s};
  spdlog::critical("not for this log");
  log_transport way{log.direct()};
  const page x{{"log"}, page_kind::alert, testing::raise("t1"), false};
  for (int i = 0; i < 2; ++i)
    CHECK(way.deliver(x).what == delivery_result::answer::taken);
  REQUIRE(lines.size() == 2);
  CHECK(says(lines[0], "page key="));
  CHECK(lines[0].find(R"("level":"warning")") != std::string::npos);
  takes = false;
  CHECK(way.deliver(x).what == delivery_result::answer::try_again);
}

TEST_CASE("a log goes to a file in a directory that it makes, and says which file cannot be made") {
  std::string place = std::filesystem::temp_directory_path() / "node-log-XXXXXX";
  REQUIRE(::mkdtemp(place.data()));
  const auto path = place + "/deep/log.ndjson";
  for (int run = 0; run < 2; ++run) {
    const node_log log{"info", path, {}, 30s};
    spdlog::warn("run {}\nof \"two\"", run);
  }
  std::vector<std::string> lines;
  std::ifstream in{path};
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("{\"time\":\"20"));
  CHECK(says(lines[1], R"(run 1\nof \"two\""})"));
  // A file is no directory.
  CHECK_THROWS_AS((node_log{"info", path + "/log.ndjson", {}}), failure);
  std::filesystem::remove_all(place);
}

} // namespace node_log_test

#include "runtime/node/stop_limit.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace stop_limit_test {

using namespace millwright;
using namespace std::chrono_literals;

namespace {

struct ending {
  std::atomic<bool> begun{false};
  std::atomic<uint64_t> progress{0};
  std::atomic<int> over{0};

  stop_limit::watched watched() {
    return {[this] { return begun.load(); }, [this] { return progress.load(); }, [this] { ++over; }};
  }
  bool is_over() {
    for (const auto until = std::chrono::steady_clock::now() + 20s; over == 0;) {
      if (std::chrono::steady_clock::now() > until)
        return false;
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }
};

} // namespace

TEST_CASE("an end that does not come is over after its limit, once, and no sooner than it has begun") {
  ending x;
  stop_limit limit{200ms, x.watched()};
  std::this_thread::sleep_for(600ms);
  CHECK(x.over == 0);
  const auto from = std::chrono::steady_clock::now();
  x.begun = true;
  CHECK(x.is_over());
  CHECK(std::chrono::steady_clock::now() - from >= 200ms);
  std::this_thread::sleep_for(500ms);
  CHECK(x.over == 1);
}

TEST_CASE("while something of it moves an end takes as long as it needs") {
  ending x;
  x.begun = true;
  stop_limit limit{2s, x.watched()};
  for (const auto until = std::chrono::steady_clock::now() + 4s; std::chrono::steady_clock::now() < until;) {
    ++x.progress;
    std::this_thread::sleep_for(10ms);
  }
  CHECK(x.over == 0);
  CHECK(x.is_over());
}

TEST_CASE("what has ended is not waited for") {
  ending x;
  x.begun = true;
  const auto from = std::chrono::steady_clock::now();
  { stop_limit limit{1h, x.watched()}; }
  CHECK(std::chrono::steady_clock::now() - from < 20s);
  CHECK(x.over == 0);
}

} // namespace stop_limit_test

#include "runtime/transport/limited_transport.hpp"

#include "tests/actors/alarm/sample_alarms.hpp"
#include "tests/runtime/transport/receiver.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace limited_transport_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;
using answer = delivery_result::answer;

namespace {

page sample(const std::string& sensor) {
  return {{"log"}, page_kind::alert, raise(sensor), false};
}

/// Takes pages while it does not hang.
class disk final : public transport {
public:
  delivery_result deliver(const page& x) override {
    std::unique_lock guard{mutex_};
    changed_.wait(guard, [this] { return !hangs_; });
    taken_.push_back(x.about.condition.sensor.text);
    return {};
  }
  void hang(bool hangs) {
    const std::lock_guard guard{mutex_};
    hangs_ = hangs;
    changed_.notify_all();
  }
  std::vector<std::string> taken() {
    const std::lock_guard guard{mutex_};
    return taken_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool hangs_ = false;
  std::vector<std::string> taken_;
};

using names = std::vector<std::string>;

} // namespace

TEST_CASE("what hangs is waited for as long as is said; what it took after all is taken, and not written twice") {
  const auto to = std::make_shared<disk>();
  limited_transport way{to, 100ms};
  CHECK(way.deliver(sample("t1")).what == answer::taken);
  to->hang(true);
  const auto from = std::chrono::steady_clock::now();
  const auto late = way.deliver(sample("t2"));
  CHECK(late.what == answer::try_again);
  CHECK(late.detail == "it has not been written for 100 ms");
  CHECK(way.deliver(sample("t2")).detail == "what was written before still hangs");
  CHECK(way.deliver(sample("t3")).what == answer::try_again);
  CHECK(std::chrono::steady_clock::now() - from < 10s);
  to->hang(false);
  REQUIRE(eventually([&] { return to->taken().size() == 2; }));
  CHECK(way.deliver(sample("t3")).what == answer::taken);
  to->hang(true);
  CHECK(way.deliver(sample("t4")).what == answer::try_again);
  to->hang(false);
  REQUIRE(eventually([&] { return to->taken().size() == 4; }));
  for (const auto* each : {"t2", "t4"})
    CHECK(way.deliver(sample(each)).what == answer::taken);
  CHECK(to->taken() == names{"t1", "t2", "t3", "t4"});
  CHECK(way.deliver(sample("t2")).what == answer::taken);
  CHECK(to->taken().size() == 5);
}

TEST_CASE("what was cancelled while it hangs ends at once, and what it hangs in outlives it") {
  const auto to = std::make_shared<disk>();
  to->hang(true);
  {
    limited_transport way{to, 60s};
    std::thread stop{[&] {
      std::this_thread::sleep_for(50ms);
      way.cancel();
    }};
    const auto from = std::chrono::steady_clock::now();
    CHECK(way.deliver(sample("t1")).what == answer::try_again);
    CHECK(way.deliver(sample("t2")).what == answer::try_again);
    CHECK(std::chrono::steady_clock::now() - from < 10s);
    stop.join();
  }
  to->hang(false);
  CHECK(eventually([&] { return to->taken() == names{"t1"}; }));
}

TEST_CASE("a failure is the answer, and so is what is thrown") {
  class broken final : public transport {
  public:
    delivery_result deliver(const page& x) override {
      if (x.shortest)
        throw std::runtime_error{"broken"};
      return {answer::refused_page, "too long", {}};
    }
  };
  limited_transport way{std::make_shared<broken>(), 10s};
  auto x = sample("t1");
  CHECK(way.deliver(x).detail == "too long");
  x.shortest = true;
  CHECK(way.deliver(x).detail == "broken");
}

} // namespace limited_transport_test

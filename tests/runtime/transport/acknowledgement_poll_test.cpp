#include "runtime/transport/pagerduty_source.hpp"

#include "tests/runtime/transport/receiver.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <mutex>

namespace acknowledgement_poll_test {

using namespace millwright;
using namespace millwright::testing;
using namespace std::chrono_literals;

namespace {

uuid id(uint8_t last) {
  uuid out{};
  out.bytes.back() = last;
  return out;
}

std::unique_ptr<acknowledgement_source> pagerduty(const std::string& url, milliseconds timeout) {
  return std::make_unique<pagerduty_source>(pagerduty_api{url, "t"}, http_way{timeout});
}

struct asking {
  std::mutex mutex;
  std::vector<waiting_alarm> all;
  std::vector<std::string> reports;

  acknowledgement_poll::ways ways() {
    return {[this] {
              std::lock_guard guard{mutex};
              return all;
            },
            [](const auto&, const auto&) {},
            [this](bool, const std::string& line) {
              std::lock_guard guard{mutex};
              reports.push_back(line);
            }};
  }
  void wait_for(std::vector<waiting_alarm> alarms) {
    std::lock_guard guard{mutex};
    all = std::move(alarms);
  }
  std::vector<std::string> told() {
    std::lock_guard guard{mutex};
    return reports;
  }
};

std::vector<std::string> asked(const receiver& r) {
  std::vector<std::string> out;
  for (const auto& each : r.requests())
    out.push_back(each.path.substr(each.path.size() - 2));
  return out;
}

} // namespace

TEST_CASE("nothing is asked while nothing waits, and what is no PagerDuty's answer is told once") {
  receiver r;
  asking a;
  std::atomic<int> rounds = 0;
  auto ways = a.ways();
  ways.waiting = [&, inner = ways.waiting] {
    ++rounds;
    return inner();
  };
  const acknowledgement_poll poll{"pd", pagerduty(r.url(""), 5000ms), 5ms, ways};
  REQUIRE(eventually([&] { return rounds > 3; }));
  CHECK(r.requests().empty());
  a.wait_for({{id(1), never}});
  REQUIRE(eventually([&] { return r.requests().size() > 3; }));
  CHECK(a.told() ==
        std::vector<std::string>{"channel pd: PagerDuty does not say who has acknowledged there: what answers "
                                 "is not PagerDuty"});
  CHECK(r.requests()[0].headers.at("Authorization") == "Token token=t");
}

TEST_CASE("a round ends where nobody answers, with what the server says") {
  receiver r;
  asking a;
  a.wait_for({{id(2), never}, {id(1), never}});
  const acknowledgement_poll poll{"pd", pagerduty(r.url("/error"), 5000ms), 5ms, a.ways()};
  REQUIRE(eventually([&] { return r.requests().size() > 3; }));
  const auto all = asked(r);
  CHECK(all[0] == "01");
  CHECK(all[1] == "01");
  REQUIRE(a.told().size() == 1);
  CHECK(a.told()[0].find("HTTP 500") != std::string::npos);
}

TEST_CASE("it ends at once, though a question is under way that nobody answers") {
  receiver r;
  asking a;
  a.wait_for({{id(1), never}});
  const auto begin = std::chrono::steady_clock::now();
  {
    const acknowledgement_poll poll{"pd", pagerduty(r.url("/mute"), 60'000ms), 1ms, a.ways()};
    REQUIRE(eventually([&] { return !r.requests().empty(); }));
  }
  CHECK(std::chrono::steady_clock::now() - begin < 30s);
  CHECK(a.told().empty());
}

} // namespace acknowledgement_poll_test
